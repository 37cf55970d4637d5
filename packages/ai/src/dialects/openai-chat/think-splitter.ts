/**
 * Tells reasoning from the answer where a server leaves the model's own tags in the content (reference T25). Only what
 * begins with the tag is reasoning: an answer may well speak of tags. A tag may be split anywhere.
 */
export class ThinkSplitter {
  readonly #say: (kind: 'reasoning' | 'text', text: string) => void;
  #state: 'start' | 'thinking' | 'behind' | 'text' = 'start';
  #held = '';

  constructor(say: (kind: 'reasoning' | 'text', text: string) => void) {
    this.#say = say;
  }

  push(text: string): void {
    this.#held += text;
    if (this.#state === 'start') this.#begin();
    if (this.#state === 'thinking') this.#think();
    if (this.#state === 'behind') this.#skipBlank();
    if (this.#state === 'text') this.#pass('text', this.#held.length);
  }

  end(): void {
    this.#pass(this.#state === 'thinking' ? 'reasoning' : 'text', this.#held.length);
  }

  #begin(): void {
    const text = this.#held.trimStart();
    if (text.startsWith(OPEN)) {
      this.#held = text.slice(OPEN.length);
      this.#state = 'thinking';
    } else if (!OPEN.startsWith(text)) this.#state = 'text';
  }

  #think(): void {
    const end = this.#held.indexOf(CLOSE);
    if (end < 0) {
      this.#pass('reasoning', this.#held.length - begunChars(this.#held));
      return;
    }
    this.#pass('reasoning', end);
    this.#held = this.#held.slice(CLOSE.length);
    this.#state = 'behind';
  }

  /** The blank lines between reasoning and answer belong to neither. */
  #skipBlank(): void {
    this.#held = this.#held.trimStart();
    if (this.#held !== '') this.#state = 'text';
  }

  #pass(kind: 'reasoning' | 'text', chars: number): void {
    if (chars > 0) this.#say(kind, this.#held.slice(0, chars));
    this.#held = this.#held.slice(chars);
  }
}

const OPEN = '<think>';
const CLOSE = '</think>';

/** How many characters at the end may be the beginning of the closing tag. */
function begunChars(text: string): number {
  for (let chars = Math.min(CLOSE.length - 1, text.length); chars > 0; chars--) {
    if (CLOSE.startsWith(text.slice(-chars))) return chars;
  }
  return 0;
}
