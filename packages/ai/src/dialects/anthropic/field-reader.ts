import { restOf } from '../../canonical/collect-ext.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';

/** Members of an object in a request: null is absent, and what has the wrong type is refused by its path. */
export class FieldReader {
  readonly raw: JsonFields;
  readonly #path: string;

  constructor(raw: JsonFields, path = '') {
    this.raw = raw;
    this.#path = path;
  }

  /** `messages.0.content`, as the dialect's own errors name places. */
  pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  value(name: string): Json | undefined {
    return (Object.hasOwn(this.raw, name) ? this.raw[name] : undefined) ?? undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === 'string' ? value : this.refuse(name, 'must be a string');
  }

  needText(name: string): string {
    const text = this.text(name);
    return text === undefined || text === '' ? this.refuse(name, 'is required') : text;
  }

  flag(name: string): boolean | undefined {
    const value = this.value(name);
    return value === undefined || typeof value === 'boolean' ? value : this.refuse(name, 'must be true or false');
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const number = isJsonFields(value) ? Number(value['rawJSON']) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : this.refuse(name, 'must be a number');
  }

  count(name: string): number | undefined {
    const value = this.number(name);
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
    return this.refuse(name, 'must be a whole number from 0');
  }

  list(name: string): readonly Json[] | undefined {
    const value = this.value(name);
    return value === undefined || isList(value) ? value : this.refuse(name, 'must be an array');
  }

  texts(name: string): readonly string[] | undefined {
    const list = this.list(name);
    return list?.map((value) => (typeof value === 'string' ? value : this.refuse(name, 'must be an array of strings')));
  }

  fields(name: string): FieldReader | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!isJsonFields(value)) return this.refuse(name, 'must be an object');
    return new FieldReader(value, this.pathOf(name));
  }

  /** The objects of a list, which may hold nothing else. */
  each(name: string): readonly FieldReader[] {
    return readersOf(this.list(name) ?? [], this.pathOf(name));
  }

  /** What is there beside the members that are named. */
  rest(known: readonly string[]): JsonFields | undefined {
    return restOf(this.raw, new Set(known));
  }

  refuse(name: string, what: string): never {
    const path = this.pathOf(name);
    throw new Untranslatable(`'${path}' ${what}.`, path);
  }
}

export function readersOf(list: readonly Json[], path: string): readonly FieldReader[] {
  return list.map((value, index) => {
    const place = `${path}.${index}`;
    if (isJsonFields(value)) return new FieldReader(value, place);
    throw new Untranslatable(`'${place}' must be an object.`, place);
  });
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
