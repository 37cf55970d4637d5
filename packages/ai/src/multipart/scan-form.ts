import { readPartHead, type PartHead } from './part-head.ts';

/** One part of a form: its head, and where its value lies in the body; so does the length that it has told. */
export interface FormPart extends PartHead {
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The longest form that SDKs send has some thirty: sixteen images, names of speakers, options. */
export const FORM_PARTS_MAX = 128;
const HEAD_BYTES_MAX = 4096;
const TOO_MANY = `has more than ${FORM_PARTS_MAX} parts`;

/**
 * Finds the parts of a `multipart/form-data` body (RFC 7578) without copying them.
 *
 * What it accepts has one reading. Parsers differ on preambles and epilogues, padding behind a boundary, bare LF and CR,
 * folded or escaped heads: with any of these a provider could find a part that the gate has not seen, such as a second
 * `model`. None of the known clients sends them, so they are refused.
 */
export function scanForm(
  body: Buffer,
  boundary: string,
): { readonly parts: FormPart[] } | { readonly problem: string } {
  if (!startsWith(body, 0, `--${boundary}`)) return { problem: 'does not begin with its boundary' };
  const odd = boundaryProblem(body, boundary);
  if (odd !== undefined) return { problem: odd };
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: FormPart[] = [];
  let at = delimiter.length - 2;
  while (!startsWith(body, at, '--')) {
    if (!startsWith(body, at, '\r\n')) return { problem: 'has something behind a boundary' };
    if (parts.length === FORM_PARTS_MAX) return { problem: TOO_MANY };
    const headEnd = body.subarray(0, at + HEAD_BYTES_MAX).indexOf('\r\n\r\n', at);
    if (headEnd < 0) return { problem: 'has a part whose head is too long or does not end' };
    const head = readPartHead(body.toString('latin1', at + 2, headEnd));
    if ('problem' in head) return head;
    const valueStart = headEnd + 4;
    // A part without a value: its head ends with what begins the next boundary.
    const valueEnd = body.indexOf(delimiter, valueStart - 2);
    if (valueEnd < 0) return { problem: 'ends inside a part' };
    if (valueEnd < valueStart) return { problem: 'has a part without an end of its head' };
    // Some parsers, as aiohttp's once did, end a part by what it says and not by its boundary.
    if (head.length !== undefined && head.length.digits !== String(valueEnd - valueStart)) {
      return { problem: "has a part with a 'content-length' that is not its own" };
    }
    const length = head.length && { ...head.length, at: at + 2 + head.length.at };
    parts.push({ ...head, length, valueStart, valueEnd });
    at = valueEnd + delimiter.length;
  }
  const end = at + 2;
  const rest = body.length - end;
  return rest === 0 || (rest === 2 && startsWith(body, end, '\r\n'))
    ? { parts }
    : { problem: 'has something behind its last boundary' };
}

/** One that only a parser which takes a bare CR or LF for the end of a line would see, or more than are ever read. */
function boundaryProblem(body: Buffer, boundary: string): string | undefined {
  const stray = 'has a boundary that does not stand on a line of its own';
  if (body.includes(`\r--${boundary}`)) return stray;
  const bare = Buffer.from(`\n--${boundary}`);
  let count = 0;
  for (let at = body.indexOf(bare); at >= 0; at = body.indexOf(bare, at + bare.length)) {
    if (body[at - 1] !== 0x0d) return stray;
    // Behind the first one, each begins a part or is the last.
    if (++count > FORM_PARTS_MAX) return TOO_MANY;
  }
  return undefined;
}

function startsWith(body: Buffer, at: number, text: string): boolean {
  return body.toString('latin1', at, at + text.length) === text;
}
