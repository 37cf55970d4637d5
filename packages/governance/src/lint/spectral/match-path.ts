import { isObject, type Path } from '../../document/json-value.ts';
import type { References } from '../references.ts';
import type { JsonPath, JsonPathStep, Select } from './json-path.ts';

export interface Match {
  readonly value: unknown;
  readonly path: Path;
  /** By which its parent knows it; its path may end otherwise, behind a reference. */
  readonly name: string | number;
  readonly parent: Match | undefined;
}

/** Bounds the work of one run: a ruleset may come from anybody. */
export class Budget {
  #left: number;

  constructor(nodes: number) {
    this.#left = nodes;
  }

  spend(): void {
    if (--this.#left < 0) throw new BudgetSpent('the ruleset looks at more values than one run may');
  }
}

export class BudgetSpent extends Error {}

export interface Surroundings {
  readonly root: unknown;
  /** Undefined where references are left as they are. */
  readonly references: References | undefined;
  readonly budget: Budget;
}

/** Everything that a path leads to, with the place where it is written. */
export function matchesOf(path: JsonPath, around: Surroundings): readonly Match[] {
  let found: readonly Match[] = [{ value: around.root, path: [], name: '', parent: undefined }];
  for (const step of path) found = distinct(found.flatMap((match) => stepFrom(match, step, around)));
  return found;
}

function stepFrom(match: Match, { deep, select }: JsonPathStep, around: Surroundings): readonly Match[] {
  const starts = deep ? belowOf(match, around) : [match];
  return starts.flatMap((start) => selected(start, select, around));
}

/** Itself and all below, each once: references may lead in circles. */
function belowOf(top: Match, around: Surroundings): readonly Match[] {
  const all: Match[] = [];
  const seen = new Set<unknown>();
  const waiting = [top];
  for (let match = waiting.pop(); match !== undefined; match = waiting.pop()) {
    if (typeof match.value !== 'object' || match.value === null || seen.has(match.value)) continue;
    seen.add(match.value);
    all.push(match);
    for (const child of childrenOf(match, around).toReversed()) waiting.push(child);
  }
  return all;
}

function selected(match: Match, select: Select, around: Surroundings): readonly Match[] {
  if (select.kind === 'parent') return match.parent === undefined ? [] : [match.parent];
  if (select.kind === 'keys') {
    return match.path.length === 0 ? [] : [{ ...match, value: String(match.name), parent: match }];
  }
  if (select.kind === 'names') {
    return select.names.flatMap((name) => {
      const child = childOf(match, name, around);
      return child === undefined ? [] : [child];
    });
  }
  const children = childrenOf(match, around);
  if (select.kind === 'all') return children;
  return children.filter(({ value, name }) => select.filter({ value, property: name, parent: match.value }));
}

function childrenOf(match: Match, around: Surroundings): readonly Match[] {
  const { value } = match;
  const names = Array.isArray(value) ? value.map((_, i) => i) : isObject(value) ? Object.keys(value) : [];
  return names.flatMap((name) => {
    const child = childOf(match, name, around);
    return child === undefined ? [] : [child];
  });
}

function childOf(match: Match, name: string | number, { references, budget }: Surroundings): Match | undefined {
  budget.spend();
  const { value } = match;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  const child: unknown = Reflect.get(value, name);
  const site = references?.siteOf(child, [...match.path, name]);
  if (site === undefined || site.node === child)
    return { value: child, path: [...match.path, name], name, parent: match };
  return { value: site.node, path: site.path, name, parent: match };
}

function distinct(matches: readonly Match[]): readonly Match[] {
  const seen = new Set<string>();
  return matches.filter(({ path, value }) => {
    const key = `${typeof value === 'string' ? 's' : 'o'}${JSON.stringify(path)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
