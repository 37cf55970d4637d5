import type { Citation } from '../../canonical/chat-request.ts';

interface Edit {
  readonly start: number;
  readonly end: number;
  /** By how much the text became longer: with this edit, and, once it is kept, with all before it. */
  readonly grown: number;
}

/** Where parts of a text were replaced, so that places in it can be found again: citations tell where they belong. */
export class OffsetEdits {
  /** In the order of the text. */
  readonly #edits: Edit[] = [];
  #base = 0;

  /** Where in the whole text that begins which is looked at. */
  get base(): number {
    return this.#base;
  }

  /** It begins so much later. */
  skip(chars: number): void {
    this.#base += chars;
  }

  add({ start, end, grown }: Edit): void {
    const before = this.#edits.at(-1)?.grown ?? 0;
    this.#edits.push({ start: start + this.#base, end: end + this.#base, grown: before + grown });
  }

  get any(): boolean {
    return this.#edits.length > 0;
  }

  /** A place in the text that came, in the text that left; inside of what was replaced it is its begin. */
  placeOf(offset: number): number {
    let low = 0;
    let high = this.#edits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#edits[middle]?.end ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const next = this.#edits[low];
    return Math.min(offset, next?.start ?? offset) + (this.#edits[low - 1]?.grown ?? 0);
  }

  /** A citation with its place in the text that left. */
  moved(citation: Citation): Citation {
    const { start, end } = citation;
    if (!this.any || (start === undefined && end === undefined)) return citation;
    return {
      ...citation,
      ...(start !== undefined && { start: this.placeOf(start) }),
      ...(end !== undefined && { end: this.placeOf(end) }),
    };
  }
}
