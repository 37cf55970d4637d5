import type { RouteSpec } from '@gatehouse/config';
import { item } from '@gatehouse/kernel';
import { conditionsOf, type Condition } from './condition.ts';
import type { PathScan } from './path-scan.ts';
import type { PathPattern } from './pattern.ts';
import type { MatchInput, Params, RouteResult } from './route-result.ts';

/** Keeps `params.constructor` and the like undefined without the cost of a dictionary, which a null prototype would be. */
const BARE_PROTOTYPE: object = Object.freeze(Object.create(null));

function bareRecord(): Record<string, string> {
  /* oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a fresh object without any property is an empty record */
  return Object.create(BARE_PROTOTYPE) as Record<string, string>;
}

const NO_PARAMS: Params = Object.freeze(bareRecord());

/** One route as the router keeps it: its condition, and how its parameters are cut out of a path. */
export class RouteEntry {
  readonly route: RouteSpec;
  readonly method: string;
  readonly #conditions: readonly Condition[] | undefined;
  readonly #names: readonly string[];
  readonly #indices: readonly number[];
  /** Index of the segment that the rest starts at; -1 without one. */
  readonly #restIndex: number;
  /** Made once for a route without parameters. */
  readonly #plain: RouteResult | undefined;

  constructor(route: RouteSpec, pattern: PathPattern) {
    const params = pattern.segments.flatMap((segment, index) =>
      segment.kind === 'param' ? [{ name: segment.name, index }] : [],
    );
    this.route = route;
    this.method = route.method;
    this.#conditions = conditionsOf(route.when);
    this.#names = params.map((param) => param.name);
    this.#indices = params.map((param) => param.index);
    this.#restIndex = pattern.rest ? pattern.segments.length : -1;
    const plain = { kind: 'match', match: Object.freeze({ route, params: NO_PARAMS }) } as const;
    this.#plain = pattern.literal === undefined ? undefined : Object.freeze(plain);
  }

  get conditionCount(): number {
    return this.#conditions?.length ?? 0;
  }

  holds(input: MatchInput): boolean {
    return this.#conditions === undefined || this.#conditions.every((condition) => condition(input));
  }

  /** `scan` has read the path that this route's pattern matches; it is not looked at when nothing in the pattern varies. */
  match(scan: PathScan): RouteResult {
    if (this.#plain !== undefined) return this.#plain;
    const names = this.#names;
    const params = bareRecord();
    for (let i = 0; i < names.length; i++) params[item(names, i)] = scan.segment(item(this.#indices, i));
    if (this.#restIndex >= 0) params['*'] = scan.rest(this.#restIndex);
    return { kind: 'match', match: { route: this.route, params } };
  }
}
