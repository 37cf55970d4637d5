import { Composer, Lexer, Parser, type CST, type Document, type YAMLError } from 'yaml';
import type { Report } from '../problems/report.ts';
import { buildSourceTree } from './build-source-tree.ts';
import { parseJson } from './parse-json.ts';
import type { SourceNode } from './source-node.ts';

export interface SourceDocument {
  readonly root: SourceNode;
  /** Nodes as written; a walk that meets many more follows aliases of aliases. */
  readonly size: number;
}

const TEXT_BYTES_MAX = 10_000_000;
/** Everything behind the tokens recurses; and a file of brackets alone would keep the thread busy for long. */
const DEPTH_MAX = 200;

/** YAML 1.2, and so JSON. `undefined` when the text cannot be read as a tree at all; why is in the report. */
export function parseSource(text: string, report: Report): SourceDocument | undefined {
  if (Buffer.byteLength(text) > TEXT_BYTES_MAX) {
    report.problem({ offset: 0, path: '' }, 'the file is larger than 10 MB, split what it holds');
    return undefined;
  }
  return parseJson(text, DEPTH_MAX) ?? parseYaml(text, report);
}

/** Also of what is JSON. */
export function parseYaml(text: string, report: Report): SourceDocument | undefined {
  const tokens = new BoundedTokens(text);
  const document = compose(tokens, text, report);
  if (document === undefined) return undefined;
  const told = new Set<number>();
  for (const error of [...untilLost(document.errors), ...document.warnings]) {
    const place = { offset: Math.min(error.pos[0], text.length), path: '' };
    // One mistake makes the parser stumble several times in its line.
    if (told.size === told.add(report.line(place)).size) continue;
    // It stumbles over a quote that is not closed at the end of its text, which may be the end of the file.
    const opens = isOpenQuote(error) ? tokens.quoteBefore(place.offset) : undefined;
    report.problem({ ...place, offset: opens ?? place.offset }, wording(error, text));
  }
  if (document.errors.some(({ code }) => !HARMLESS.has(code))) return undefined;
  return buildSourceTree(document.contents, report);
}

function compose(tokens: BoundedTokens, text: string, report: Report): Document.Parsed | undefined {
  const composer = new Composer({
    prettyErrors: false,
    stringKeys: true,
    // Ours is linear and tells of both places.
    uniqueKeys: false,
    // `!!set`, `!!omap` and the like have no use here and no JSON form.
    resolveKnownTags: false,
  });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (tokens.tooDeepAt !== undefined) {
    const message = `lists and maps are nested more than ${DEPTH_MAX} deep, write them flatter`;
    report.problem({ offset: tokens.tooDeepAt, path: '' }, message);
    return undefined;
  }
  if (second !== undefined) {
    report.problem({ offset: second.range[0], path: '' }, 'a second document begins here, keep one document a file');
  }
  return document;
}

/** The tokens of a text, up to where they are nested too deep. */
class BoundedTokens implements Iterable<CST.Token> {
  tooDeepAt: number | undefined;
  readonly #text: string;
  /** Where texts in quotes begin. */
  readonly #quotes: number[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  *[Symbol.iterator](): Generator<CST.Token> {
    const parser = new Parser();
    for (const lexeme of new Lexer().lex(this.#text)) {
      if (lexeme.startsWith('"') || lexeme.startsWith("'")) this.#quotes.push(parser.offset);
      yield* parser.next(lexeme);
      if (parser.stack.length <= DEPTH_MAX) continue;
      this.tooDeepAt = Math.min(parser.offset, this.#text.length);
      return;
    }
    yield* parser.end();
  }

  quoteBefore(offset: number): number | undefined {
    return this.#quotes.findLast((start) => start < offset);
  }
}

function isOpenQuote({ code, message }: YAMLError): boolean {
  return code === 'MISSING_CHAR' && message.startsWith('Missing closing') && message.endsWith('quote');
}

/** Behind the first token that fits nowhere everything fits nowhere. */
function untilLost(errors: readonly YAMLError[]): readonly YAMLError[] {
  const first = errors.findIndex(({ message }) => message.includes('in YAML stream'));
  return first < 0 ? errors : errors.slice(0, Math.max(first, 1));
}

/** The tree is whole in spite of these, so that what else is wrong can be told too. */
const HARMLESS: ReadonlySet<string> = new Set(['NON_STRING_KEY', 'TAG_RESOLVE_FAILED']);

const WORDING: ReadonlyMap<string, string> = new Map([
  ['NON_STRING_KEY', 'this key is not a text, write a plain name'],
  ['TAG_RESOLVE_FAILED', 'this tag has no meaning here, leave it out'],
  ['TAB_AS_INDENT', 'a tab is used as indentation, write spaces'],
  ['MULTILINE_IMPLICIT_KEY', 'a key goes over several lines, check indentation and colons'],
]);

function wording(error: YAMLError, text: string): string {
  const { code, message, pos } = error;
  if (isOpenQuote(error)) return 'the quote that opens here is not closed in its place, close it';
  const known = WORDING.get(code);
  if (known !== undefined) return known;
  if (text.startsWith('${', pos[0] - 1)) return 'a `${…}` stands bare between brackets, put it in quotes';
  if (/flow-(?:map|seq)-start at node end/.test(message))
    return 'a bracket stands inside a text, put the text in quotes';
  return `this is not YAML, mend it: ${message.replace(/\s+/g, ' ').trim()}`;
}
