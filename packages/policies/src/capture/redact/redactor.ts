import type { Spotter } from '../../policy.ts';
import { applyEdits, CUT, HIDDEN, UNREAD, type Edit } from './edits.ts';
import { JsonWalk, type JsonLeaf } from './json-walk.ts';
import type { NamePaths, Place } from './name-paths.ts';

/** A text that may be read as JSON, also as JSON in a string: not prose such as `[a]` or `{name}`. */
const JSON_START = /\s*(?:\{\s*(?:["}]|$)|\[\s*(?:["[{\]\-\d]|true|false|null|$)|"\s*[{[\\])/y;
/** `token=…`, `"password": "…"`, `secret: …` in texts of whatever form: logs, addresses, what only looks like JSON. */
const NAME_AND_SIGN = /([\w%-]{2,100})["']?\s{0,8}[:=]\s{0,8}/g;
const VALUE = /"[^"\\]*(?:\\[^][^"\\]*)*"?|'[^']*'?|[^\s,;&}\]"'<]+/y;

/** Nothing that begins otherwise is read as JSON. */
const JSON_BEGIN = /^\s*[{["]/;
const KNOWN_CHARS_MAX = 100;
const KNOWN_MAX = 2000;
const NONE: readonly Edit[] = [];

export interface RedactorRules {
  readonly paths: NamePaths;
  readonly spotters: readonly Spotter[];
}

/** Finds what may not be shown of a text. Whatever it is not sure of is not shown. */
export class Redactor {
  readonly paths: NamePaths;
  readonly #spotters: readonly Spotter[];
  /** What was found in short texts: names of members and many values come again and again. */
  readonly #known = new Map<string, readonly Edit[]>();

  constructor({ paths, spotters }: RedactorRules) {
    this.paths = paths;
    this.#spotters = spotters;
  }

  /** A text of any kind that stands at a place of a body; JSON inside of it is read as if it stood there itself. */
  editsOf(text: string, goesOn: boolean, place: Place): readonly Edit[] {
    if (text === '') return NONE;
    if (!JSON_BEGIN.test(text)) return this.#proseEdits(text, goesOn);
    const edits: Edit[] = [];
    const rest = this.#jsonEdits(text, { goesOn, place, edits });
    if (rest >= text.length) return edits;
    for (const { start, end, put } of this.#proseEdits(text.slice(rest), goesOn))
      edits.push({ start: start + rest, end: end + rest, put });
    return edits;
  }

  /** Of a text that may be a part of another: JSON that is not whole may be continued elsewhere. */
  pieceEdits(text: string, place: Place): readonly Edit[] {
    const edits = this.editsOf(text, false, place);
    return edits.some(({ put }) => put === UNREAD) ? this.#proseEdits(text, false) : edits;
  }

  redacted(text: string, goesOn: boolean, place: Place = this.paths.root): string {
    return applyEdits(text, this.editsOf(text, goesOn, place));
  }

  /** Of a body that says it is JSON: what is not is not shown. */
  jsonEdits(text: string, goesOn: boolean): readonly Edit[] {
    const edits: Edit[] = [];
    const rest = this.#jsonEdits(text, { goesOn, place: this.paths.root, edits, strict: true });
    if (rest < text.length && !isBlank(text, rest)) edits.push({ start: rest, end: text.length, put: UNREAD });
    return edits;
  }

  /** Reads one JSON value behind the other. Where that ends; edits reach no further, or to the end of the text. */
  #jsonEdits(
    text: string,
    { goesOn, place, edits, strict = false }: { goesOn: boolean; place: Place; edits: Edit[]; strict?: boolean },
  ): number {
    const listener = {
      paths: this.paths,
      goesOn,
      traces: false,
      hide: (edit: Edit) => edits.push(edit),
      leaf: (leaf: JsonLeaf) => {
        const edit = this.leafEdit(leaf, this.leafEdits(leaf));
        if (edit !== undefined) edits.push(edit);
      },
    };
    for (let at = 0; ;) {
      if (isBlank(text, at)) return text.length;
      if (!strict && !startsJson(text, at)) return at;
      const { is, end } = new JsonWalk(text, at, listener).walk(place);
      if (is === 'broken') edits.push({ start: end, end: text.length, put: UNREAD });
      if (is !== 'whole') return text.length;
      at = end;
    }
  }

  /** Inside of what a leaf says. */
  leafEdits({ text, goesOn, place }: JsonLeaf): readonly Edit[] {
    return this.editsOf(text, goesOn, place);
  }

  /** Of the leaf as a whole, by what was found inside. */
  leafEdit({ start, end, text }: JsonLeaf, inside: readonly Edit[]): Edit | undefined {
    return inside.length === 0 ? undefined : { start, end, put: JSON.stringify(applyEdits(text, inside)) };
  }

  #proseEdits(text: string, goesOn: boolean): readonly Edit[] {
    if (goesOn || text.length > KNOWN_CHARS_MAX) return this.#foundIn(text, goesOn);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found = this.#foundIn(text, goesOn);
    if (this.#known.size < KNOWN_MAX) this.#known.set(text, found);
    return found;
  }

  #foundIn(text: string, goesOn: boolean): readonly Edit[] {
    const edits: Edit[] = [];
    let decided = text.length;
    for (const spotter of this.#spotters) {
      const found = spotter(text, goesOn);
      decided = Math.min(decided, found.decided);
      for (const { kind, start, end } of found.spots) edits.push({ start, end, put: `[${kind}]` });
    }
    this.#namedEdits(text, edits);
    if (decided < text.length) edits.push({ start: decided, end: text.length, put: CUT });
    return edits;
  }

  /** Values of names that are hidden wherever they stand. */
  #namedEdits(text: string, edits: Edit[]): void {
    if (!/[:=]/.test(text)) return;
    NAME_AND_SIGN.lastIndex = 0;
    for (let found = NAME_AND_SIGN.exec(text); found !== null; found = NAME_AND_SIGN.exec(text)) {
      if (this.paths.underField([], decoded(found[1] ?? '')) !== undefined) continue;
      VALUE.lastIndex = NAME_AND_SIGN.lastIndex;
      if (!VALUE.test(text)) continue;
      edits.push({ start: NAME_AND_SIGN.lastIndex, end: VALUE.lastIndex, put: HIDDEN });
      NAME_AND_SIGN.lastIndex = VALUE.lastIndex;
    }
  }
}

/** Percent-decoded as far as it can be. */
export function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
      Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
    );
  }
}

export function startsJson(text: string, at = 0): boolean {
  JSON_START.lastIndex = at;
  return JSON_START.test(text);
}

function isBlank(text: string, from: number): boolean {
  return /^[ \t\r\n]*$/.test(text.slice(from));
}
