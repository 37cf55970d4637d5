interface Segment {
  /** As `plainName` has it; undefined: any name or item. */
  readonly name: string | undefined;
  /** At any depth. */
  readonly deep: boolean;
}

/** Where a value stands, as far as paths go: places in the table of `NamePaths`. */
export type Place = readonly number[];

const STEP = /(\.\.?)(?:\*|([^.[\]*]+))|\[(?:\*|(\d+)|'([^']+)'|"([^"]+)")\]/y;

/**
 * One name, however it is spelled: `client-secret`, `client_secret` and `ClientSecret` are the same. It is better to hide
 * a field too many than one too few.
 */
export function plainName(name: string): string {
  const lower = name.toLowerCase();
  return /[_\-\s]/.test(lower) ? lower.replaceAll(/[_\-\s]/g, '') : lower;
}

/** `$.a.b`, `$..b`, `$.a[*]`, `$.a[0]`, `$['a b']`. Undefined for what is none. */
export function parsePath(path: string): readonly Segment[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const segments: Segment[] = [];
  let deep = false;
  for (STEP.lastIndex = 1; STEP.lastIndex < path.length;) {
    // `$..[0]`
    if (path.startsWith('..[', STEP.lastIndex)) {
      deep = true;
      STEP.lastIndex += 2;
    }
    const [, dots, name, index, single, double] = STEP.exec(path) ?? [];
    if (STEP.lastIndex === 0) return undefined;
    const named = name ?? index ?? single ?? double;
    segments.push({ name: named === undefined ? undefined : plainName(named), deep: deep || dots === '..' });
    deep = false;
  }
  return segments.length === 0 ? undefined : segments;
}

/** Which values of a body are hidden, by the names that lead to them. */
export class NamePaths {
  /** The whole of a body. */
  readonly root: Place;
  readonly #segments: (Segment & { readonly last: boolean })[] = [];
  /** Names that hide at any depth: most rules are of this kind, and cost one look-up. */
  readonly #anywhere: Set<string>;

  /** Of paths that `parsePath` knows; `names` hide wherever they stand. */
  constructor(paths: readonly string[], names: Iterable<string>) {
    this.#anywhere = new Set(Array.from(names, plainName));
    const starts: number[] = [];
    for (const path of paths) {
      const segments = parsePath(path) ?? [];
      const [first] = segments;
      if (segments.length === 1 && first?.deep === true && first.name !== undefined) this.#anywhere.add(first.name);
      else if (segments.length > 0) {
        starts.push(this.#segments.length);
        this.#segments.push(...segments.map((each, at) => ({ ...each, last: at === segments.length - 1 })));
      }
    }
    this.root = starts;
  }

  /** Of the member or item under that name; undefined: it is hidden. */
  under(place: Place, name: string): Place | undefined {
    const plain = plainName(name);
    if (this.#anywhere.has(plain)) return undefined;
    if (place.length === 0) return place;
    const next = new Set<number>();
    for (const at of place) {
      const segment = this.#segments[at];
      if (segment === undefined) continue;
      if (segment.deep) next.add(at);
      if (segment.name !== undefined && segment.name !== plain) continue;
      if (segment.last) return undefined;
      next.add(at + 1);
    }
    return [...next];
  }

  /** The same for the name of a form field, which may say a way: `user[card][number]`, `user.card`. */
  underField(place: Place, name: string): Place | undefined {
    let at = this.under(place, name);
    if (at === undefined || !/[[.]/.test(name)) return at;
    at = place;
    for (const part of name.split(/[[\].]+/)) {
      if (part === '') continue;
      const next = this.under(at, part);
      if (next === undefined) return undefined;
      at = next;
    }
    return at;
  }
}
