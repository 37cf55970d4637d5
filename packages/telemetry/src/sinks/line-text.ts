import type { SinkItem } from '../sink.ts';

/** An item as JSON on one line, without its newline. */
export type LineText = (item: SinkItem) => string;

/** The line as it was written; of a record only some fields, where fields were chosen. */
export function lineText(fields: readonly string[] | undefined): LineText {
  if (fields === undefined) return ({ line }) => line;
  return (item) => {
    if (item.kind === 'gap') return item.line;
    const values = new Map<string, unknown>(Object.entries(item.record));
    return asciiJson(Object.fromEntries(fields.map((name) => [name, values.get(name)])));
  };
}

/** Lines of the spool are ASCII, and so are these: no receiver can take a byte of them for something else. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
