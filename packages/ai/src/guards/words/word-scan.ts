import { slot } from '@gatehouse/kernel';
import { ALPHANUMERIC } from '../entities/characters.ts';
import type { Reading } from '../entities/entity.ts';
import { foldCharacter, foldText, isFoldedWord, runsTogether } from './fold-character.ts';
import type { Pattern, WordAutomaton } from './word-automaton.ts';

/** A word that was found, by offsets in the text as it is. */
export interface WordHit {
  readonly owner: number;
  readonly start: number;
  readonly end: number;
}

/** Looks for whole words and phrases in a text that may come in pieces; each character is looked at once. */
export class WordScan {
  readonly #automaton: WordAutomaton;
  /** Where the last folded characters stand in the text, and whether each may begin a word; by their number. */
  readonly #starts: Float64Array;
  readonly #begins: Uint8Array;
  #node = 0;
  #count = 0;
  #last = SPACE;
  /** Being looked at, and next to look at. */
  #from = 0;
  #at = 0;
  /** Patterns that have ended and wait to see whether, or where to, the word goes on. */
  #waiting: (WordHit & { readonly open: boolean })[] = [];

  constructor(automaton: WordAutomaton) {
    this.#automaton = automaton;
    this.#starts = new Float64Array(automaton.longest + 1);
    this.#begins = new Uint8Array(automaton.longest + 1);
  }

  /** Answers the place in front of which no word can be found any more. */
  scan({ text, final }: Reading, hits: WordHit[]): number {
    while (this.#at < text.length) {
      const unit = text.charCodeAt(this.#at);
      if (unit < 128) {
        if (this.#isInside(unit)) this.#skipWord(text);
        else {
          this.#from = this.#at++;
          this.#take(ASCII_FOLD.charCodeAt(unit), hits);
        }
        continue;
      }
      const codePoint = text.codePointAt(this.#at) ?? 0;
      const width = codePoint > 0xffff ? 2 : 1;
      // Half a character: the other half is still to come.
      if (!final && this.#at + width === text.length && codePoint >= 0xd800 && codePoint < 0xdc00) break;
      const folded = foldCharacter(codePoint);
      this.#from = this.#at;
      this.#at += width;
      for (let at = 0; at < folded.length; at++) this.#take(folded.charCodeAt(at), hits);
    }
    if (final) this.#settle(SPACE, text.length, hits);
    return final ? text.length : this.#safe();
  }

  /** A character in the middle of a word in which nothing has begun: nothing will begin before it is over. */
  #isInside(unit: number): boolean {
    return this.#node === 0 && this.#waiting.length === 0 && ASCII_WORD.has(unit) && ASCII_WORD.has(this.#last);
  }

  #skipWord(text: string): void {
    let at = this.#at;
    while (at < text.length && ASCII_WORD.has(text.charCodeAt(at))) at++;
    this.#last = ASCII_FOLD.charCodeAt(text.charCodeAt(at - 1));
    this.#at = at;
  }

  /** All places move to the left. */
  shift(chars: number): void {
    this.#at -= chars;
    for (let at = 0; at < this.#starts.length; at++) this.#starts[at] = slot(this.#starts, at) - chars;
    this.#waiting = this.#waiting.map((hit) => ({ ...hit, start: hit.start - chars, end: hit.end - chars }));
  }

  /** Takes what the character between `#from` and `#at` became. */
  #take(folded: number, hits: WordHit[]): void {
    const code = folded === DASH ? SPACE : folded;
    if (code === SPACE && this.#last === SPACE) return;
    if (this.#waiting.length > 0) this.#settle(code, this.#at, hits);
    const place = this.#count % this.#starts.length;
    this.#starts[place] = this.#from;
    this.#begins[place] = !isFoldedWord(this.#last) || runsTogether(this.#last) || runsTogether(code) ? 1 : 0;
    this.#count++;
    this.#last = code;
    this.#node = this.#automaton.step(this.#node, code);
    for (const found of this.#automaton.ends(this.#node)) this.#end(this.#automaton.patterns[found], this.#at);
  }

  #end(pattern: Pattern | undefined, end: number): void {
    if (pattern === undefined) return;
    const { text, open, owner } = pattern;
    const place = (this.#count - text.length) % this.#starts.length;
    if (slot(this.#begins, place) === 1 || !isFoldedWord(text.charCodeAt(0))) {
      this.#waiting.push({ owner, start: slot(this.#starts, place), end, open });
    }
  }

  /** Decides, by the character that follows and ends at `place`, whether what waits was a whole word. */
  #settle(code: number, place: number, hits: WordHit[]): void {
    const goesOn = isFoldedWord(code) && isFoldedWord(this.#last) && !runsTogether(code) && !runsTogether(this.#last);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { open, owner, start, end } of waiting) {
      if (!goesOn || (open && end - start > ENDING_CHARS_MAX)) hits.push({ owner, start, end });
      else if (open) this.#waiting.push({ open, owner, start, end: place });
    }
  }

  #safe(): number {
    const depth = this.#automaton.depth(this.#node);
    const begun = depth === 0 ? this.#at : slot(this.#starts, (this.#count - depth) % this.#starts.length);
    return this.#waiting.reduce((least, { start }) => Math.min(least, start), begun);
  }
}

const SPACE = 0x20;
const DASH = 0x2d;
const ASCII_WORD = ALPHANUMERIC;
/** The folded form of each character of ASCII; dashes are as good as blanks. */
const ASCII_FOLD = Array.from({ length: 128 }, (_, code) => foldCharacter(code).replace(/[-_]/, ' ')).join('');
/** Words that go on behind a `word*` are followed so far. */
const ENDING_CHARS_MAX = 96;

/** A word or phrase of a configuration as it is looked for; dashes are as good as blanks. */
export function patternOf(phrase: string, owner: number): Pattern {
  const open = phrase.endsWith('*');
  const text = foldText(open ? phrase.slice(0, -1) : phrase)
    .replaceAll(/[-_\s]+/g, ' ')
    .trim();
  return { text, open, owner };
}
