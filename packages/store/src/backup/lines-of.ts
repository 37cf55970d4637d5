import { BackupProblem } from './backup-format.ts';

/** The largest row that there can be is a document of 10 MB of which every character is escaped twice. */
const LINE_BYTES_MAX = 256 * 1024 * 1024;
const LINE_FEED = 10;

/** Lines without their ends. What follows the last end is a line, too. */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
  lineBytesMax = LINE_BYTES_MAX,
): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    let from = 0;
    for (let at = piece.indexOf(LINE_FEED); at !== -1; at = piece.indexOf(LINE_FEED, from)) {
      yield Buffer.concat([...parts, piece.subarray(from, at)]);
      parts = [];
      length = 0;
      from = at + 1;
    }
    const rest = piece.subarray(from);
    length += rest.length;
    if (length > lineBytesMax) throw new BackupProblem('a line of it is longer than any of a backup');
    if (rest.length > 0) parts.push(rest);
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}
