import type { Data } from '../json-data.ts';
import { unique } from './unique.ts';

/** What is to be there, as a file says it. */
export interface Desired {
  readonly kind: string;
  readonly name: string;
  /** The name of what it belongs to; undefined for what stands by itself. */
  readonly parent: string | undefined;
  /** Exactly what a gatehouse.yaml can say of it; what is undefined, it does not say. */
  readonly data: Data;
  /** Of a credential: the SHA-256 of its key. */
  readonly lookup?: string;
  /** Where the file says it: `apis.users`. */
  readonly at: string;
  /** What people are told of it when it is made or changed. */
  readonly note?: string;
}

export interface DesiredProblem {
  readonly at: string;
  readonly message: string;
}

/** A gatehouse.yaml on its way into the store, with what of it cannot be kept there. */
export class Reading {
  readonly entities: Desired[] = [];
  readonly problems: DesiredProblem[] = [];
  readonly sections = new Map<string, unknown>();
  /** What an api of the file is in the store: a version of a product. */
  readonly versions = new Map<string, { readonly api: string; readonly version: string }>();
  /** Whose subscriptions follow when all applications are there. */
  readonly modelRules: { readonly application: string; readonly plan: string; readonly at: string }[] = [];
  readonly documents: Readonly<Record<string, string>>;
  /** Where each is said first. */
  readonly #places = new Map<string, string>();

  constructor(documents: Readonly<Record<string, string>>) {
    this.documents = documents;
  }

  problem(at: string, message: string): void {
    this.problems.push({ at, message });
  }

  add(entity: Omit<Desired, 'parent'> & { readonly parent?: string }): void {
    const { kind, name, parent = '', at } = entity;
    const key = JSON.stringify([kind, parent, name]);
    const first = this.#places.get(key);
    if (first !== undefined) return this.problem(at, `it would be the ${kind} ${name}, which ${first} is already`);
    this.#places.set(key, at);
    this.entities.push({ parent: undefined, ...entity });
  }

  has(kind: string, name: string): boolean {
    return this.#places.has(JSON.stringify([kind, '', name]));
  }

  /** The name, or with a number behind it where the file says such a one already. */
  free(kind: string, name: string): string {
    const used = new Set(this.entities.filter((each) => each.kind === kind).map((each) => each.name));
    return unique(name, { used, charsMax: NAME_CHARS_MAX });
  }

  members(value: unknown, at: string): Data {
    if (isData(value)) return value;
    if (value !== undefined && value !== null) this.problem(at, 'this is no map of names');
    return {};
  }

  /** A text, such as a name; a plain number is one, as people write `version: 2`. */
  text(value: unknown, at: string): string | undefined {
    const isText = typeof value === 'string' || typeof value === 'number';
    if (isText && !/\p{Cc}/u.test(String(value))) return String(value);
    if (value !== undefined) this.problem(at, isText ? 'this is no text of one line' : 'this is no text');
    return undefined;
  }

  /** Whatever is there besides is not lost in silence. */
  nothingElse(rest: Data, at: string, known: readonly string[] = []): void {
    for (const name of Object.keys(rest).filter((each) => !known.includes(each)))
      this.problem(`${at}.${name}`, `\`${name}\` is nothing that the store keeps`);
  }

  list(value: unknown, at: string): readonly unknown[] {
    if (Array.isArray(value)) return value;
    if (value !== undefined) this.problem(at, 'this is no list');
    return [];
  }
}

export const NAME_CHARS_MAX = 64;

export function nameOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, NAME_CHARS_MAX);
}

export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
