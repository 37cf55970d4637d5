import type { ExchangeRecord } from '@gatehouse/record';
import type { Dimension } from './dimensions.ts';
import type { Condition, Scope } from './query.ts';

export interface KeptRecord extends ExchangeRecord {
  readonly node: string;
}

/** Whether a record is asked for, as stores find it out in their own ways. */
export function matches(
  record: KeptRecord,
  { where, scope }: { readonly where: readonly Condition[]; readonly scope?: Scope | undefined },
): boolean {
  const holds = where.every(
    ({ dimension, values, not = false }) => values.includes(dimensionOf(record, dimension)) !== not,
  );
  return holds && (scope === undefined || isWithin(record, scope));
}

function isWithin({ api = '', application = '' }: KeptRecord, scope: Scope): boolean {
  const { apis, applications, prefixes, except = [] } = scope;
  const begins = (prefix: string): boolean => api.startsWith(prefix) || application.startsWith(prefix);
  const isIn = apis.includes(api) || applications.includes(application) || prefixes.some(begins);
  return isIn && !except.some(begins);
}

export function dimensionOf(record: KeptRecord, name: Dimension): string {
  return OF_RECORD[name](record) ?? '';
}

const OF_RECORD: Readonly<Record<Dimension, (record: KeptRecord) => string | undefined>> = {
  api: ({ api }) => api,
  version: ({ version }) => version,
  route: ({ route }) => route,
  method: ({ method }) => method,
  status: ({ status }) => `${status}`,
  statusClass: ({ status }) => `${Math.floor(status / 100)}xx`,
  code: ({ code }) => code,
  plan: ({ plan }) => plan,
  team: ({ team }) => team,
  application: ({ application }) => application,
  credential: ({ credential }) => credential,
  subscription: ({ subscription }) => subscription,
  provider: ({ aiProvider }) => aiProvider,
  model: ({ aiModel, aiModelAsked }) => aiModel ?? aiModelAsked,
  cache: ({ cacheStatus }) => cacheOf(cacheStatus),
  upstream: ({ upstream }) => upstream,
  limitedBy: ({ limit }) => limit,
  config: ({ config }) => config,
  node: ({ node }) => node,
};

/** Model calls have a whole `Cache-Status` (RFC 9211), all others one word. */
function cacheOf(text: string | undefined): string {
  if (text === undefined || !text.includes(';')) return text ?? '';
  return text.includes('; hit') ? 'hit' : 'miss';
}
