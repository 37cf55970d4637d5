import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import type { MapText, TextSource } from './text-source.ts';

/** Deeper JSON than readers let through is not worth a walk: it is cut off. */
const DEPTH_MAX = 500;

/** Ids, sound and images: strings of these members are not text as long as they look like none. */
const CODED_MEMBERS = /^(?:(?:.*_)?id|.*[a-z]Id|conversation|data|bytes|file_data)$/i;
const CODED = /^(?:data:[^,]*,)?[\w+/=.:~\r\n-]*$/;
/** What a vendor has signed or encrypted, and credentials that a caller gives it for tools. */
const CLOSED_MEMBERS =
  /^(?:signature|thought_?signature|encrypted_(?:content|index)|redacted_?content|authorization(?:_token)?|headers|cache_control)$/i;

function isText(name: string, value: Json): boolean {
  if (CLOSED_MEMBERS.test(name)) return false;
  if (!CODED_MEMBERS.test(name)) return true;
  if (typeof value === 'string') return !CODED.test(value);
  return typeof value === 'object' && value !== null && !JSON.isRawJSON(value);
}

/** What stands in these is named by callers and their tools, whatever the names mean to a vendor. */
const OWN_MEMBERS = /^(?:variables|promptVariables|input|args|input_examples)$/;

/** The members of a dialect with their texts mapped; the same object when none changed. */
export function mapFields(fields: JsonFields, source: TextSource, map: MapText): JsonFields {
  const mapped = new JsonMapper(source, map, false).value(fields, '', 0);
  return isJsonFields(mapped) ? mapped : fields;
}

/** The same for JSON of callers and tools, all of which is text: no name in it means anything to a vendor. */
export function mapOwnJson(value: Json, source: TextSource, map: MapText): Json {
  return new JsonMapper(source, map, true).value(value, '', 0);
}

export function mapOwnFields(fields: JsonFields, source: TextSource, map: MapText): JsonFields {
  const mapped = mapOwnJson(fields, source, map);
  return isJsonFields(mapped) ? mapped : fields;
}

class JsonMapper {
  readonly #source: TextSource;
  readonly #map: MapText;
  /** Names are text too, and none of them stands before something that is no text. */
  readonly #own: boolean;

  constructor(source: TextSource, map: MapText, own: boolean) {
    this.#source = source;
    this.#map = map;
    this.#own = own;
  }

  value(value: Json, name: string, depth: number): Json {
    if (typeof value === 'string') return this.#text(value, name);
    if (typeof value === 'number') return this.#number(value, name);
    if (typeof value !== 'object' || value === null) return value;
    if (JSON.isRawJSON(value)) return this.#rawNumber(value, name);
    if (depth === DEPTH_MAX) return null;
    if (isJsonFields(value)) return this.#fields(value, depth);
    const mapped = value.map((each) => this.value(each, name, depth + 1));
    return mapped.some((each, at) => each !== value[at]) ? mapped : value;
  }

  #fields(fields: JsonFields, depth: number): JsonFields {
    let changed = false;
    const entries = Object.entries(fields).map(([name, value]): [string, Json] => {
      if (!this.#own && !isText(name, value)) return [name, value];
      const key = this.#own ? this.#map(name, { source: this.#source, label: true }) : name;
      const mapped = this.#inside(name).value(value, name, depth + 1);
      changed ||= mapped !== value || key !== name;
      return [key, mapped];
    });
    return changed ? Object.fromEntries(entries) : fields;
  }

  #inside(name: string): JsonMapper {
    return !this.#own && OWN_MEMBERS.test(name) ? new JsonMapper(this.#source, this.#map, true) : this;
  }

  #text(text: string, name: string): string {
    return this.#map(text, { source: this.#source, context: name === '' ? '' : `${name}: ` });
  }

  /** Numbers of cards and telephones may be numbers of JSON. */
  #number(value: number, name: string): Json {
    if (!Number.isSafeInteger(value) || value < NUMBER_MIN) return value;
    const text = String(value);
    const mapped = this.#text(text, name);
    return mapped === text ? value : mapped;
  }

  /** One with more digits than a double holds. */
  #rawNumber(value: Json, name: string): Json {
    const text = JSON.stringify(value);
    const mapped = this.#text(text, name);
    return mapped === text ? value : mapped;
  }
}

const NUMBER_MIN = 1_000_000;
