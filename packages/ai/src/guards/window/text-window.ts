import type { EntityScan } from '../entities/entity-scan.ts';
import { isDigit } from '../entities/characters.ts';
import type { Span } from '../entities/entity.ts';
import { CONTEXT_CHARS } from '../entities/left-context.ts';
import type { WordHit, WordScan } from '../words/word-scan.ts';
import { JsonView } from './json-view.ts';
import { OffsetEdits } from './offset-edits.ts';
import { beginsJson, FlatJsonView, isFlatJson, PlainView, spelt, type TextView } from './text-view.ts';

/** What becomes of something that was found: another text takes its place, or nothing passes any more. */
export type Outcome = 'keep' | 'block' | { readonly put: string };

/** Decides about what a window finds, and keeps count of it. */
export interface WindowHost {
  /** `literal`: a number of JSON, so that text in its place needs quotes. */
  found(kind: Span['kind'], text: string, literal: boolean): Outcome;
  word(owner: number, text: string): Outcome;
}

export interface WindowParts {
  readonly host: WindowHost;
  readonly entities?: EntityScan | undefined;
  readonly words?: WordScan | undefined;
  /** Words are held back until it is certain that they are none of those looked for. */
  readonly holdsWords: boolean;
  /** Nothing is ever changed, so that nothing needs to be held back. */
  readonly onlyLooks: boolean;
  /** It is JSON, whatever it begins with. */
  readonly json?: boolean;
}

type Match = Span | WordHit;

/** The first two characters that are no blanks. */
const HEAD = /^\s*(\S)\s*(\S)/;

/** So much may have left before it is forgotten. */
const KEPT_CHARS = 512;

/**
 * One text on its way through the guards. It holds back what may still become part of a match and lets the rest go;
 * whatever the cuts between the pieces, what comes out is the same.
 */
export class TextWindow {
  /** Something was found that must not pass: no more comes out. */
  blocked = false;
  readonly #parts: WindowParts;
  #view: TextView | undefined;
  /** What came before there was a view. */
  #lead = '';
  /** Places in the view: where the text begins, where to go on looking, and what has left. */
  #from = 0;
  #scanned = 0;
  #released = 0;
  /** Found and not yet decided, in the order of their starts. */
  #matches: Match[] = [];
  readonly edits = new OffsetEdits();

  constructor(parts: WindowParts) {
    this.#parts = parts;
  }

  /** What may leave after this piece has come. */
  push(raw: string): string {
    if (this.blocked) return '';
    if (this.#view !== undefined) return this.#advance(this.#view, raw, false);
    // The first characters that are no blanks tell whether it is JSON; blanks in front are no part of anything.
    const came = this.#lead + raw;
    const start = /\S/.exec(came)?.index ?? came.length;
    this.edits.skip(start);
    const blanks = came.slice(0, start);
    this.#lead = came.slice(start);
    if (!this.#isTelling(this.#lead)) return blanks;
    return blanks + this.#advance(this.#begin(this.#lead), this.#lead, false);
  }

  /** The rest, once nothing more comes. */
  end(): string {
    if (this.blocked) return '';
    if (this.#view === undefined) return this.#advance(this.#begin(this.#lead), this.#lead, true);
    return this.#advance(this.#view, '', true);
  }

  /** A whole text at once. What stands in front, such as the name of a member, may tell what it is. */
  whole(raw: string, context = ''): string {
    const begun = this.#begin(raw);
    const view = begun.isJson && isFlatJson(raw) ? (this.#view = new FlatJsonView()) : begun;
    if (!view.isJson) {
      view.push(context);
      this.#scanned = this.#released = this.#from = context.length;
      this.#parts.entities?.begin(this.#from);
    }
    return this.#advance(view, raw, true);
  }

  /** How much of the text has come. */
  get received(): number {
    return this.edits.base + (this.#view?.text.length ?? this.#lead.length);
  }

  /** How much of what has come has left, in its old form or a new one. */
  get released(): number {
    return this.edits.base + this.#released;
  }

  #begin(text: string): TextView {
    const [, first = '', second = ''] = HEAD.exec(text) ?? [];
    this.#view = this.#parts.json === true || beginsJson(first, second) ? new JsonView() : new PlainView();
    return this.#view;
  }

  /** Enough of a text is there to tell what it is. */
  #isTelling(text: string): boolean {
    if (text === '') return false;
    return this.#parts.json === true || !'{['.includes(text.charAt(0)) || HEAD.test(text);
  }

  #advance(view: TextView, raw: string, final: boolean): string {
    view.push(raw);
    const limit = this.#look(view, final);
    let out = '';
    let decided = 0;
    for (const match of this.#matches) {
      if (match.end > limit && !this.#parts.onlyLooks) break;
      decided++;
      out += this.#settle(view, match);
      if (this.blocked) return out;
    }
    this.#matches = this.#matches.slice(decided);
    if (this.#parts.onlyLooks) {
      this.#released = view.text.length;
      out = raw;
    } else out += this.#release(view, Math.min(limit, this.#matches[0]?.start ?? limit)) + (final ? view.rest() : '');
    if (!final) this.#forget(view);
    return out;
  }

  /** Answers the place up to which everything is known. */
  #look(view: TextView, final: boolean): number {
    const { entities, words, holdsWords, host } = this.#parts;
    const reading = { text: view.text, final };
    const spans: Span[] = [];
    this.#scanned = entities === undefined ? view.text.length : entities.scan(reading, spans);
    let found: readonly Match[] = spans;
    let limit = this.#scanned;
    if (words !== undefined) {
      const hits: WordHit[] = [];
      const safe = words.scan(reading, hits);
      const own = hits.filter(({ start }) => start >= this.#from);
      if (holdsWords) {
        limit = Math.min(limit, safe);
        found = [...spans, ...own];
      } else for (const { owner, start, end } of own) host.word(owner, view.text.slice(start, end));
    }
    if (found.length > 0) this.#matches = [...this.#matches, ...found].toSorted(byStart);
    const last = view.text.charCodeAt(limit - 1);
    return !final && last >= 0xd800 && last < 0xdc00 ? limit - 1 : limit;
  }

  /** What leaves because of a match: the text in front of it, and what takes its place. */
  #settle(view: TextView, match: Match): string {
    const { start, end } = match;
    const text = view.text.slice(start, end);
    const outcome = this.#judge(view, match, text);
    if (outcome === 'keep') return '';
    const before = this.#release(view, start);
    if (outcome === 'block') {
      this.blocked = true;
      return before;
    }
    // Inside what has been replaced already.
    if (start < this.#released) return before;
    const put = spelt(outcome.put, view.placeAt(start));
    this.edits.add({ start, end, grown: put.length - (end - start) });
    this.#released = end;
    return before + put;
  }

  #judge(view: TextView, match: Match, text: string): Outcome {
    const { host } = this.#parts;
    if ('owner' in match) return host.word(match.owner, text);
    return host.found(match.kind, text, view.isJson && isLiteral(view, match));
  }

  #release(view: TextView, until: number): string {
    if (until <= this.#released) return '';
    const out = view.raw(this.#released, until);
    this.#released = until;
    return out;
  }

  /** Drops what has left, but for what detectors may look back at. */
  #forget(view: TextView): void {
    const chars = Math.min(this.#released, this.#scanned, this.#matches[0]?.start ?? this.#scanned) - CONTEXT_CHARS;
    if (chars < KEPT_CHARS) return;
    view.drop(chars);
    this.#scanned -= chars;
    this.#released -= chars;
    this.#matches = this.#matches.map((match) => ({ ...match, start: match.start - chars, end: match.end - chars }));
    this.#parts.entities?.shift(chars);
    this.#parts.words?.shift(chars);
    this.edits.skip(chars);
  }
}

/** Of two that begin together the entity comes first. */
function byStart(a: Match, b: Match): number {
  return a.start - b.start || Number('owner' in a) - Number('owner' in b);
}

/** A whole number between the strings of JSON. */
function isLiteral(view: TextView, { start, end }: Span): boolean {
  const { text } = view;
  if (view.placeAt(start).quoted) return false;
  for (let at = start; at < end; at++) if (!isDigit(text.charCodeAt(at))) return false;
  return (
    /(?:^|[:[,])\s{0,16}$/.test(text.slice(Math.max(0, start - 17), start)) && /^[,}\]\s]?$/.test(text.charAt(end))
  );
}
