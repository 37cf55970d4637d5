import { asFields, asList } from '../loose-json.ts';

/** What of a value is left out of its text. */
export interface TextRule {
  /** Members that say nothing, wherever they stand. */
  readonly silent: ReadonlySet<string>;
  /** Below these members nothing is left out: a null there may mean something, as in a JSON Schema. */
  readonly verbatim: ReadonlySet<string>;
  /** A text that is written as if it were any. */
  readonly blank?: string;
}

/**
 * One line of text that is the same however the members of a JSON value were ordered, and differs when anything else
 * does. A member that is null is absent (reference T42). Undefined for what is nested deeper than any call needs.
 */
export function sortedText(value: unknown, rule: TextRule = EVERYTHING): string | undefined {
  const writer = new SortedText(rule);
  writer.write(value, { depth: 0, verbatim: rule === EVERYTHING });
  return writer.tooDeep ? undefined : writer.text;
}

const EVERYTHING: TextRule = { silent: new Set(), verbatim: new Set() };
const DEPTH_MAX = 200;
/** Stands where no JSON can. */
const BLANK = '?';

interface Place {
  readonly depth: number;
  readonly verbatim: boolean;
}

class SortedText {
  text = '';
  tooDeep = false;
  readonly #rule: TextRule;

  constructor(rule: TextRule) {
    this.#rule = rule;
  }

  write(value: unknown, place: Place): void {
    if (typeof value === 'string') this.text += value === this.#rule.blank ? BLANK : JSON.stringify(value);
    // JSON.stringify would make null of what is too large for a double.
    else if (typeof value === 'number') this.text += String(value);
    else if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) this.text += plain(value);
    else if (place.depth >= DEPTH_MAX) this.tooDeep = true;
    else this.#writeInside(value, { depth: place.depth + 1, verbatim: place.verbatim });
  }

  #writeInside(value: object, place: Place): void {
    const list = asList(value);
    if (list === undefined) return this.#writeFields(value, place);
    this.text += '[';
    for (const [at, one] of list.entries()) {
      if (at > 0) this.text += ',';
      this.write(one, place);
    }
    this.text += ']';
  }

  #writeFields(value: object, place: Place): void {
    const { silent, verbatim } = this.#rule;
    const fields = asFields(value) ?? {};
    let comma = '';
    this.text += '{';
    for (const name of Object.keys(fields).toSorted()) {
      const member = fields[name];
      if (member === undefined) continue;
      if (!place.verbatim && (member === null || silent.has(name))) continue;
      this.text += `${comma}${JSON.stringify(name)}:`;
      comma = ',';
      this.write(member, place.verbatim || !verbatim.has(name) ? place : { depth: place.depth, verbatim: true });
    }
    this.text += '}';
  }
}

function plain(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}
