import type { Fields } from '../../loose-json.ts';

/** Where an event belongs: what all events of one item, or of one of its parts, say alike. */
export type Place = Fields;

/** Writes events of the stream and numbers them. */
export class EventLines {
  #next = 0;

  event(type: string, members: Fields): string {
    const data = JSON.stringify({ type, sequence_number: this.#next++, ...members });
    return `event: ${type}\ndata: ${data}\n\n`;
  }

  /** Prepares the event of which there are thousands: all but the number and the text is written once. */
  deltas(type: string, place: Place, rest: Fields = {}): DeltaLine {
    const head = `event: ${type}\ndata: {"type":${JSON.stringify(type)},"sequence_number":`;
    const middle = `,${JSON.stringify(place).slice(1, -1)},"delta":`;
    const tail = Object.keys(rest).length === 0 ? '' : `,${JSON.stringify(rest).slice(1, -1)}`;
    return (text, said) => {
      const end = said === undefined ? tail : `,${JSON.stringify(said).slice(1, -1)}`;
      return `${head}${this.#next++}${middle}${JSON.stringify(text)}${end}}\n\n`;
    };
  }
}

/** `said` stands in place of the prepared rest. */
export type DeltaLine = (text: string, said?: Fields) => string;

/**
 * Text that is cut between the halves of a character, such as an emoji, goes on only when the other half is there:
 * callers' parsers do not all put halves together (reference T26).
 */
export class WholeCharacters {
  #half = '';

  /** What can be sent; '' for nothing yet. */
  add(text: string): string {
    const joined = this.#half + text;
    const last = joined.charCodeAt(joined.length - 1);
    const cut = last >= 0xd800 && last <= 0xdbff;
    this.#half = cut ? joined.slice(-1) : '';
    return cut ? joined.slice(0, -1) : joined;
  }

  /** A half whose other half never came. */
  end(): string {
    const half = this.#half;
    this.#half = '';
    return half;
  }
}
