/** How a place in a text is written. */
export interface Place {
  /** How often what stands there is escaped as a JSON string. */
  readonly layers: number;
  /** Inside a JSON string, rather than between the values. */
  readonly quoted: boolean;
}

/** A text as it is sent, piece by piece, and as it reads. Offsets are those of `text`. */
export interface TextView {
  /** What it says: the escapes of JSON strings resolved, those of JSON inside of strings too. */
  readonly text: string;
  readonly isJson: boolean;
  push(raw: string): void;
  /** A part as it was sent. */
  raw(from: number, to: number): string;
  /** What was sent behind `text` and says nothing yet: half an escape. */
  rest(): string;
  placeAt(at: number): Place;
  /** Forgets the first characters; all offsets move. */
  drop(chars: number): void;
}

export class PlainView implements TextView {
  readonly isJson: boolean = false;
  text = '';

  push(raw: string): void {
    this.text += raw;
  }

  raw(from: number, to: number): string {
    return this.text.slice(from, to);
  }

  rest(): string {
    return '';
  }

  placeAt(_at: number): Place {
    return PLAIN;
  }

  drop(chars: number): void {
    this.text = this.text.slice(chars);
  }
}

/** Whether nothing in a JSON text is escaped, and no string in it begins as JSON does. */
export function isFlatJson(raw: string): boolean {
  return !raw.includes('\\') && !/"\s*[[{]/.test(raw);
}

/** A whole JSON text of that kind: it reads as it is written, and quotes tell what stands in strings. */
export class FlatJsonView extends PlainView implements TextView {
  override readonly isJson = true;
  /** Quotes in front of `#counted`. */
  #quotes = 0;
  #counted = 0;

  override placeAt(at: number): Place {
    if (at < this.#counted) this.#quotes = this.#counted = 0;
    for (
      let quote = this.text.indexOf('"', this.#counted);
      quote >= 0 && quote < at;
      quote = this.text.indexOf('"', quote + 1)
    ) {
      this.#quotes++;
      this.#counted = quote + 1;
    }
    // The quote that ends a string stands outside of it.
    const inside = this.#quotes % 2 === 1 && this.text.charCodeAt(at) !== 0x22;
    return inside ? IN_STRING : PLAIN;
  }
}

const IN_STRING: Place = { layers: 1, quoted: true };
const PLAIN: Place = { layers: 0, quoted: false };

/** Whether a text that begins so is JSON: an object or a list, by its first two characters that are no blanks. */
export function beginsJson(first: string, second: string): boolean {
  return first === '{' ? second === '"' || second === '}' : first === '[' && /^["{[\]\d-]$/.test(second);
}

/** Writes a text so that it stands at a place. */
export function spelt(text: string, { layers }: Place): string {
  let written = text;
  for (let layer = 0; layer < layers; layer++) written = JSON.stringify(written).slice(1, -1);
  return written;
}
