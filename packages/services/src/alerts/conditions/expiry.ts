import { X509Certificate } from 'node:crypto';
import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { dataOf } from '../../json-data.ts';
import type { AlertRule } from '../rule.ts';
import type { Labels, Reading, Readings } from '../reading.ts';
import type { Look } from './look.ts';

export type Expiry = NonNullable<AlertRule['condition']['expiry']>;
type Ending = Expiry['of'][number];

/** Something that ends by itself. */
export interface End {
  readonly labels: Labels;
  readonly atMs: number;
}

const DAY_MS = 86_400_000;
const MANY = 100_000;
/** What has ended longer ago is nobody's alert any more. */
const PAST_MS = 7 * DAY_MS;

export async function readExpiry({ house, tenant, rule, toMs }: Look, { of, days }: Expiry): Promise<Readings> {
  const ends = await house.database.read(async (sql) => endsOf(sql, { workspace: tenant.id, of, rule }));
  const items = ends
    .filter(({ atMs }) => atMs > toMs - PAST_MS)
    .map(({ labels, atMs }): Reading => {
      const left = Math.floor((atMs - toMs) / DAY_MS);
      const at = new Date(atMs).toISOString().slice(0, 10);
      const note = atMs <= toMs ? `has ended on ${at}` : `ends on ${at}, in ${left} days`;
      return { labels, value: left, isBreached: atMs - toMs <= days * DAY_MS, note };
    });
  return { items, isCut: false };
}

export interface EndsAsked {
  readonly workspace: string;
  readonly of: readonly Ending[];
  /** Only what belongs to these. */
  readonly rule: Pick<AlertRule, 'api' | 'version' | 'plan' | 'application'>;
}

/** What ends by itself, of these kinds. */
export async function endsOf(sql: Statements, asked: EndsAsked): Promise<readonly End[]> {
  const found: End[] = [];
  for (const kind of new Set(asked.of)) found.push(...(await ENDS[kind](sql, asked)));
  return found;
}

const ENDS: Readonly<Record<Ending, (sql: Statements, asked: EndsAsked) => Promise<readonly End[]>>> = {
  certificate: certificates,
  credential: async (sql, asked) => ofApplications(sql, asked, { kind: 'credential', states: ['active', 'rotating'] }),
  subscription: async (sql, asked) => ofApplications(sql, asked, { kind: 'subscription', states: ['active'] }),
  version: async (sql, asked) =>
    (await versions(sql, asked)).flatMap(({ api, version }) => {
      const sunset = dataOf(version.data['lifecycle'])['sunset'];
      return version.state === 'retired' || version.state === 'archived'
        ? []
        : end({ version: version.name, api }, sunset);
    }),
  waiver: async (sql, asked) => {
    const found: End[] = [];
    for (const { api, version } of await versions(sql, asked)) {
      const query = { workspace: asked.workspace, kind: 'waiver', parent: version.id, state: 'approved', limit: MANY };
      for (const { data } of await listEntities(sql, query))
        found.push(...end({ waiver: String(data['rule']), version: version.name, api }, data['expiresAt']));
    }
    return found;
  },
};

function end(labels: Labels, at: unknown): readonly End[] {
  const atMs = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return Number.isFinite(atMs) ? [{ labels, atMs }] : [];
}

async function versions(
  sql: Statements,
  { workspace, rule }: EndsAsked,
): Promise<readonly { readonly api: string; readonly version: Entity }[]> {
  if (rule.application !== undefined && rule.api === undefined) return [];
  const all = await listEntities(sql, { workspace, kind: 'version', limit: MANY });
  const apis = new Map<string, string>();
  for (const { id, name } of await listEntities(sql, { workspace, kind: 'api', limit: MANY })) apis.set(id, name);
  return all
    .map((version) => ({ api: apis.get(version.parent) ?? version.parent, version }))
    .filter(({ api, version }) => isWanted(api, rule.api) && isWanted(version.name, rule.version));
}

function isWanted(name: unknown, wanted: string | undefined): boolean {
  return wanted === undefined || name === wanted;
}

async function ofApplications(
  sql: Statements,
  { workspace, rule }: EndsAsked,
  { kind, states }: { readonly kind: 'credential' | 'subscription'; readonly states: readonly string[] },
): Promise<readonly End[]> {
  const found: End[] = [];
  for (const state of states) {
    for (const entity of await listEntities(sql, { workspace, kind, state, limit: MANY })) {
      const { expiresAt, retiresAt, api, plan } = entity.data;
      if (kind === 'subscription' && !(isWanted(api, rule.api) && isWanted(plan, rule.plan))) continue;
      // A key is of no api: a rule about one is not about keys.
      if (kind === 'credential' && rule.api !== undefined && rule.application === undefined) continue;
      const first = [expiresAt, retiresAt].filter((at) => typeof at === 'string').toSorted()[0];
      if (first === undefined) continue;
      const application = await findEntity(sql, { workspace, kind: 'application', id: entity.parent });
      const owner = application?.name ?? entity.parent;
      if (isWanted(owner, rule.application)) found.push(...end({ [kind]: nameOf(entity), application: owner }, first));
    }
  }
  return found;
}

/** Subscriptions are called by their ids: people know the api and the plan. */
function nameOf({ kind, name, data }: Entity): string {
  return kind === 'subscription' ? [data['api'] ?? 'models', data['plan']].map(String).join(' ') : name;
}

/** What callers are shown, and what upstreams are. */
async function certificates(sql: Statements, { workspace, rule }: EndsAsked): Promise<readonly End[]> {
  if (rule.api !== undefined || rule.application !== undefined) return [];
  const found: End[] = [];
  for (const { name, data } of await listEntities(sql, { workspace, kind: 'certificate', limit: MANY }))
    found.push(...ofPem({ certificate: name }, data['cert']));
  for (const { name, data } of await listEntities(sql, { workspace, kind: 'upstream', limit: MANY })) {
    const { cert, ca } = dataOf(dataOf(data['spec'])['tls']);
    found.push(
      ...ofPem({ upstream: name, certificate: 'cert' }, cert),
      ...ofPem({ upstream: name, certificate: 'ca' }, ca),
    );
  }
  return found;
}

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The first of a chain to end. What cannot be read as one has no end that we know. */
function ofPem(labels: Labels, text: unknown): readonly End[] {
  const blocks = typeof text === 'string' ? (text.match(PEM) ?? []) : [];
  const ends = blocks.flatMap((block) => validTo(block) ?? []);
  return ends.length === 0 ? [] : [{ labels, atMs: Math.min(...ends) }];
}

function validTo(block: string): number | undefined {
  try {
    return new X509Certificate(block).validToDate.getTime();
  } catch {
    return undefined;
  }
}
