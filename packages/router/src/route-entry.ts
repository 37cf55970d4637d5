import type { RouteSpec } from '@gatehouse/config';
import { item } from '@gatehouse/kernel';
import { Condition } from './condition.ts';
import type { PathScan } from './path-scan.ts';
import type { PathPattern } from './pattern.ts';
import type { Params, RouteMatch } from './route-result.ts';

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
  readonly condition: Condition;
  readonly #names: readonly string[];
  readonly #indices: readonly number[];
  /** Index of the segment that the rest starts at; -1 without one. */
  readonly #restIndex: number;
  readonly #plain: RouteMatch;

  constructor(route: RouteSpec, pattern: PathPattern) {
    const params = pattern.segments.flatMap((segment, index) =>
      segment.kind === 'param' ? [{ name: segment.name, index }] : [],
    );
    this.route = route;
    this.condition = new Condition(route.when);
    this.#names = params.map((param) => param.name);
    this.#indices = params.map((param) => param.index);
    this.#restIndex = pattern.rest ? pattern.segments.length : -1;
    this.#plain = Object.freeze({ kind: 'match', route, params: NO_PARAMS });
  }

  /** `scan` has read the path that this route's pattern matches; it is not looked at when nothing in the pattern varies. */
  match(scan: PathScan): RouteMatch {
    const names = this.#names;
    if (names.length === 0 && this.#restIndex < 0) return this.#plain;
    const params = bareRecord();
    for (let i = 0; i < names.length; i++) params[item(names, i)] = scan.segment(item(this.#indices, i));
    if (this.#restIndex >= 0) params['*'] = scan.rest(this.#restIndex);
    return { kind: 'match', route: this.route, params };
  }
}
