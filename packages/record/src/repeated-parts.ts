import type { ExchangeRecord } from './exchange-record.ts';
import { jsonText } from './json-text.ts';

type Route = Pick<ExchangeRecord, 'config' | 'api' | 'version' | 'route'>;
type Caller = Pick<ExchangeRecord, 'application' | 'credential' | 'owner' | 'subscription' | 'plan' | 'team'>;
type Part<T> = T & { readonly text: string };

/** Routes and credentials come from the configuration, so this bound is met only by very large ones. */
const PARTS_MAX = 65_536;
const routes = new Map<string | undefined, Part<Route>>();
const callers = new Map<string | undefined, Part<Caller>>();

/**
 * Where a call went and who made it repeat from call to call: both parts of the line are kept ready-made, which takes
 * a quarter off the cost of a line. Only what the configuration says is kept: a piece of a request would hold its
 * whole head in memory.
 */
export function routePart(record: Route): string {
  const { config, api, version, route } = record;
  const known = routes.get(route);
  if (known !== undefined && known.config === config && known.api === api && known.version === version)
    return known.text;
  const text = fields({ config, api, version, route });
  return keep(routes, route, { config, api, version, route, text });
}

export function callerPart(record: Caller): string {
  const { application, credential, owner, subscription, plan, team } = record;
  const known = callers.get(credential);
  const same =
    known !== undefined &&
    known.application === application &&
    known.owner === owner &&
    known.subscription === subscription &&
    known.plan === plan &&
    known.team === team;
  if (same) return known.text;
  const text = fields({ application, credential, owner, subscription, plan, team });
  return keep(callers, credential, { application, credential, owner, subscription, plan, team, text });
}

function fields(values: Readonly<Record<string, string | undefined>>): string {
  let text = '';
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) text += `,"${name}":"${jsonText(value)}"`;
  }
  return text;
}

/** The text goes through a buffer because a string that was put together is otherwise walked again in every line. */
function keep<T extends { readonly text: string }>(
  parts: Map<string | undefined, T>,
  key: string | undefined,
  part: T,
): string {
  if (parts.size >= PARTS_MAX) parts.clear();
  const text = Buffer.from(part.text, 'latin1').toString('latin1');
  parts.set(key, { ...part, text });
  return text;
}
