import { readJson } from './json-reader.ts';
import type { Mark } from './mark.ts';
import { readAnyYaml } from './slow-yaml.ts';
import type { Tree } from './tree.ts';
import { UnreadableAt, UnreadableDocument, type Place } from './unreadable-document.ts';
import { readPlainYaml } from './yaml-reader.ts';
import { UNSURE } from './yaml-text.ts';

export { UnreadableDocument, type Place };

export type Step = string | number;

/** A document as plain data that knows where its parts are written. */
export interface SpecDocument {
  /** What findings call it. */
  readonly file: string;
  readonly text: string;
  /** Has no cycle and at most 500 levels. Aliases of YAML make it share parts. */
  readonly root: unknown;
  /** Of a key, or of an item of a list; of what is not there, its nearest parent. */
  placeOf(path: readonly Step[]): Place;
  /** The text of a value, and of the key before it, as offsets; undefined for what is not there. */
  spanOf(path: readonly Step[]): Span | undefined;
}

export interface Span {
  /** Equal to `start` in lists. */
  readonly keyStart: number;
  readonly start: number;
  readonly end: number;
}

/** Larger documents are not read at all. */
export const DOCUMENT_CHARS_MAX = 64 * 1024 * 1024;
/** What only the complete reader of YAML understands takes it a second or more a megabyte. */
const SLOW_CHARS_MAX = 8 * 1024 * 1024;

/** YAML 1.2, and so JSON; merge keys (`<<`) are followed. Throws `UnreadableDocument`. */
export function parseSpec(text: string, file: string): SpecDocument {
  const lines = new Lines(text);
  const { value, mark } = readAt(text, file, lines);
  const markOf = (path: readonly Step[]): Mark | undefined => {
    let found: Mark | undefined = mark;
    for (const step of path) found = found?.child(step);
    return found;
  };
  return {
    file,
    text,
    root: value,
    placeOf: (path) => lines.placeOf(nearest(mark, path).keyAt),
    spanOf: (path) => {
      const found = markOf(path);
      return found && { keyStart: found.keyAt, start: found.at, end: found.end };
    },
  };
}

function readAt(text: string, file: string, lines: Lines): Tree {
  try {
    return read(text, file);
  } catch (error) {
    if (error instanceof UnreadableAt) throw new UnreadableDocument(error.message, lines.placeOf(error.offset));
    throw error;
  }
}

function read(text: string, file: string): Tree {
  if (text.length > DOCUMENT_CHARS_MAX) throw new UnreadableAt('is larger than 64 million characters', 0);
  if (/\.json$/i.test(file)) return readJson(text);
  try {
    if (/^\u{feff}?\s*[{[]/u.test(text)) return readJson(text);
  } catch (error) {
    if (!(error instanceof UnreadableAt) || error.message.startsWith('nests deeper')) throw error;
    // It may be YAML that begins with a bracket.
  }
  try {
    return readPlainYaml(text);
  } catch (error) {
    if (error !== UNSURE) throw error;
  }
  if (text.length > SLOW_CHARS_MAX) {
    throw new UnreadableAt('has mistakes, or YAML (tags, merge keys) that is only read in documents up to 8 MB', 0);
  }
  return readAnyYaml(text);
}

function nearest(root: Mark, path: readonly Step[]): Mark {
  let mark = root;
  for (const step of path) {
    const found = mark.child(step);
    if (found === undefined) break;
    mark = found;
  }
  return mark;
}

/** Where lines begin, found when first asked for. */
class Lines {
  readonly #text: string;
  #starts: readonly number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  placeOf(offset: number): Place {
    const starts = (this.#starts ??= startsOf(this.#text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(offset - (starts[low] ?? 0), 0) + 1 };
  }
}

function startsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
