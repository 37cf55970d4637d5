import { listOf, namedOf, shownOf } from '../document/json-value.ts';

/** Ways in that callers of some operations have, to tell whether they open others as well. */
export class Ways {
  readonly #seen = new Set<string>();
  readonly #answers = new Map<string, number | undefined>();
  /** What callers hold on each way; by each thing held, the ways that it is held on. */
  readonly #holding = new Map<string, Set<ReadonlySet<string>>>();

  /** A list of security requirements, as documents write it. Nothing, or an empty list, is a way without any. */
  add(security: unknown): void {
    const key = keyOf(security);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    for (const way of waysIn(security)) {
      const held = new Set(way);
      for (const thing of way) {
        const ways = this.#holding.get(thing);
        if (ways === undefined) this.#holding.set(thing, new Set([held]));
        else ways.add(held);
      }
    }
  }

  /** The first way here that somebody who came in on another can take; undefined where there is none. */
  opening(security: unknown): number | undefined {
    const key = keyOf(security);
    if (!this.#answers.has(key)) {
      const at = this.#seen.size > 0 ? waysIn(security).findIndex((way) => this.#isHeld(way)) : -1;
      this.#answers.set(key, at < 0 ? undefined : at);
    }
    return this.#answers.get(key);
  }

  #isHeld(way: readonly string[]): boolean {
    if (way.length === 0) return true;
    const candidates = way.map((thing) => this.#holding.get(thing) ?? NONE);
    const fewest = candidates.reduce((least, some) => (some.size < least.size ? some : least));
    for (const held of fewest) if (way.every((thing) => held.has(thing))) return true;
    return false;
  }
}

const NONE: ReadonlySet<ReadonlySet<string>> = new Set();

function keyOf(security: unknown): string {
  return JSON.stringify(security ?? []);
}

/** Each as its schemes and their scopes, one text for each. */
function waysIn(security: unknown): readonly (readonly string[])[] {
  const ways = listOf(security);
  if (ways.length === 0) return [[]];
  return ways.map((way) =>
    namedOf(way).flatMap(([scheme, scopes]) => [
      scheme,
      ...listOf(scopes).map((scope) => `${scheme} ${shownOf(scope)}`),
    ]),
  );
}
