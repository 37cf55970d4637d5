import { readPartHead, type PartHead } from './part-head.ts';

/** One part of a form: its head, and where its value lies in the body. */
export interface FormPart extends PartHead {
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The longest form that SDKs send has some thirty: sixteen images, names of speakers, options. */
export const FORM_PARTS_MAX = 128;
const HEAD_BYTES_MAX = 4096;

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
  if (strayBoundary(body, boundary)) return { problem: 'has a boundary that does not stand on a line of its own' };
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: FormPart[] = [];
  let at = delimiter.length - 2;
  while (!startsWith(body, at, '--')) {
    if (!startsWith(body, at, '\r\n')) return { problem: 'has something behind a boundary' };
    if (parts.length === FORM_PARTS_MAX) return { problem: `has more than ${FORM_PARTS_MAX} parts` };
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
    if (head.length !== undefined && head.length !== String(valueEnd - valueStart)) {
      return { problem: "has a part with a 'content-length' that is not its own" };
    }
    parts.push({ ...head, valueStart, valueEnd });
    at = valueEnd + delimiter.length;
  }
  const end = at + 2;
  const rest = body.length - end;
  return rest === 0 || (rest === 2 && startsWith(body, end, '\r\n'))
    ? { parts }
    : { problem: 'has something behind its last boundary' };
}

/** One that only a parser which takes a bare CR or LF for the end of a line would see. */
function strayBoundary(body: Buffer, boundary: string): boolean {
  if (body.includes(`\r--${boundary}`)) return true;
  const bare = Buffer.from(`\n--${boundary}`);
  for (let at = body.indexOf(bare); at >= 0; at = body.indexOf(bare, at + bare.length)) {
    if (body[at - 1] !== 0x0d) return true;
  }
  return false;
}

function startsWith(body: Buffer, at: number, text: string): boolean {
  return body.toString('latin1', at, at + text.length) === text;
}
