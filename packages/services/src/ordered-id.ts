import { newRequestId } from '@gatehouse/kernel';

/** Of the 18 characters behind the time, so many count what was made in the same millisecond; the rest is random. */
const COUNT_CHARS = 5;
const TIME_CHARS = 9;

let lastMs = -1;
let count = 0;

/** An id that sorts behind all that this process has made before, as pages and lists expect. */
export function orderedId(nowMs: number): string {
  count = nowMs === lastMs ? count + 1 : 0;
  lastMs = nowMs;
  const id = newRequestId(nowMs);
  const counted = (count % 16 ** COUNT_CHARS).toString(16).padStart(COUNT_CHARS, '0');
  return `${id.slice(0, TIME_CHARS)}${counted}${id.slice(TIME_CHARS + COUNT_CHARS)}`;
}
