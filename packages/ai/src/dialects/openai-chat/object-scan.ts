/** Watches the text of a JSON object come in fragments, and knows when it is whole without parsing it again each time. */
export class ObjectScan {
  #depth = 0;
  #begun = false;
  #inString = false;
  #escaped = false;
  #closed = false;
  /** It began with something else, or went on behind its end. */
  #broken = false;

  get whole(): boolean {
    return this.#closed && !this.#broken;
  }

  push(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#inString) this.#inside(code);
      else if (!isBlank(code)) this.#between(code);
    }
  }

  #inside(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#inString = false;
  }

  #between(code: number): void {
    if (this.#closed || (!this.#begun && code !== BRACE_OPEN)) this.#broken = true;
    this.#begun = true;
    if (code === QUOTE) this.#inString = true;
    else if (code === BRACE_OPEN || code === BRACKET_OPEN) this.#depth++;
    else if (code === BRACE_CLOSE || code === BRACKET_CLOSE) this.#closed = --this.#depth === 0;
  }
}

const QUOTE = 0x22;
const BRACKET_OPEN = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
