import type { RouteSpec } from '@gatehouse/config';
import { claimText } from './claim-text.ts';
import type { Exchange, Reply } from './policy.ts';

/** As the schema part `callCost` gives it. */
export type CostSpec =
  | number
  | {
      readonly default: number;
      readonly max: number;
      readonly header?: string;
      readonly claim?: string;
      readonly methods: Readonly<Record<string, number>>;
      readonly routes: Readonly<Record<string, number>>;
    };

/** What one call uses, or what is wrong with what the caller says of it. */
export type CostOf = (exchange: Exchange) => number | Reply;

/** The first that says something: the route, the method, the caller's field, its token, the default. */
export function callCost(spec: CostSpec, route: RouteSpec): CostOf {
  if (typeof spec === 'number') return () => spec;
  const ofRoute = weightOf(spec.routes, route);
  if (ofRoute !== undefined) return () => ofRoute;
  const field = spec.header?.toLowerCase();
  const wrong: Reply = {
    code: 'request.malformed',
    detail: `the field ${field ?? ''} says what the call costs: a whole number from 1 to ${spec.max}`,
  };
  return ({ request, principal }) => {
    if (Object.hasOwn(spec.methods, request.method)) return spec.methods[request.method] ?? spec.default;
    const said = field === undefined ? undefined : request.header(field);
    if (said !== undefined) return costIn(said, spec.max) ?? wrong;
    if (spec.claim === undefined || principal === undefined) return spec.default;
    return costIn(claimText(principal, spec.claim) ?? '', spec.max) ?? spec.default;
  };
}

function costIn(text: string, max: number): number | undefined {
  const cost = /^\d{1,12}$/.test(text) ? Number(text) : 0;
  return cost >= 1 && cost <= max ? cost : undefined;
}

/** `GET /users/{id}` names a route by its path with or without the base path of its API. */
function weightOf(weights: Readonly<Record<string, number>>, { method, path, strip }: RouteSpec): number | undefined {
  for (const name of [`${method} ${path}`, `${method} ${path.slice(strip.length) || '/'}`])
    if (Object.hasOwn(weights, name)) return weights[name];
  return undefined;
}
