import { mapOf, memberOf, stepsOf, type JsonMap } from '../tree/json-tree.ts';
import type { Losses } from './losses.ts';

/** Where Swagger 2.0 keeps what is referred to, and where OpenAPI does. */
export const SECTIONS = { definitions: 'schemas', parameters: 'parameters', responses: 'responses' } as const;
export type Section = keyof typeof SECTIONS;

const CHAIN_MAX = 32;

/** The shared parts of a document, and what they are called afterwards: not every name may stay. */
export class ComponentNames {
  readonly #root: JsonMap;
  readonly #found = new Map<unknown, JsonMap | undefined>();
  readonly #names: Readonly<Record<Section, ReadonlyMap<string, string>>>;

  constructor(root: JsonMap, losses: Losses) {
    this.#root = root;
    const of = (section: Section) => renamed(Object.keys(mapOf(root[section]) ?? {}), section, losses);
    this.#names = { definitions: of('definitions'), parameters: of('parameters'), responses: of('responses') };
  }

  nameOf(section: Section, name: string): string {
    return this.#names[section].get(name) ?? name;
  }

  /** What a reference is called now; undefined: it leads into a part that is arranged differently. */
  reference(written: string): string | undefined {
    if (!written.startsWith('#')) return written;
    const [section = '', name = '', ...rest] = stepsOf(written.slice(1));
    if (section !== 'definitions' && (rest.length > 0 || !isSection(section))) return undefined;
    if (!isSection(section)) return undefined;
    const [, , , ...tail] = written.split('/');
    return ['#/components', SECTIONS[section], encoded(this.nameOf(section, name)), ...tail].join('/');
  }

  /** A shared parameter or response, and by which name; undefined: there is none, or it leads to itself. */
  followed(value: unknown, section: 'parameters' | 'responses'): JsonMap | undefined {
    let found = mapOf(value);
    for (let i = 0; i < CHAIN_MAX && found !== undefined; i++) {
      const reference = found['$ref'];
      if (typeof reference !== 'string') return found;
      const [where, name = '', ...rest] = reference.startsWith('#') ? stepsOf(reference.slice(1)) : [];
      found = where === section && rest.length === 0 ? this.#map(memberOf(this.#root[section], name)) : undefined;
    }
    return undefined;
  }

  /** The same for all who refer to it. */
  #map(value: unknown): JsonMap | undefined {
    const found = this.#found.get(value) ?? mapOf(value);
    this.#found.set(value, found);
    return found;
  }
}

function isSection(text: string): text is Section {
  return Object.hasOwn(SECTIONS, text);
}

function encoded(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function renamed(names: readonly string[], section: Section, losses: Losses): ReadonlyMap<string, string> {
  const free = new FreeNames(names.filter(isFit));
  const found = new Map<string, string>();
  for (const name of names) {
    if (isFit(name)) continue;
    const fit = free.take(name.replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(0, 200));
    found.set(name, fit);
    losses.name(
      `/${section}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      `is called ${fit} now: names are letters, digits, \`.\`, \`_\` and \`-\``,
    );
  }
  return found;
}

function isFit(name: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(name) && name !== '__proto__';
}

/** Goes on counting where it stopped at the same name before. */
class FreeNames {
  readonly #taken: Set<string>;
  readonly #counted = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  take(wanted: string): string {
    const base = isFit(wanted) ? wanted : '_';
    let number = this.#counted.get(base) ?? 1;
    let name = number === 1 ? base : `${base}_${number}`;
    while (this.#taken.has(name)) name = `${base}_${++number}`;
    this.#counted.set(base, number);
    this.#taken.add(name);
    return name;
  }
}
