import type { MockMedia } from './mocked.ts';

/** By `Accept` (RFC 9110 §12.5.1): the one with the highest weight, of equals the one that the document has first. */
export function chosenMedia(media: readonly MockMedia[], accept: string | undefined): MockMedia | undefined {
  if (accept === undefined || accept.trim() === '') return media[0];
  const ranges = accept.split(',').map(rangeOf);
  let best: MockMedia | undefined;
  let bestWeight = 0;
  for (const each of media) {
    const weight = weightOf(bare(each.type), ranges);
    if (weight > bestWeight) [best, bestWeight] = [each, weight];
  }
  return best;
}

interface Range {
  readonly type: string;
  readonly weight: number;
}

function rangeOf(text: string): Range {
  const weight = /;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)/i.exec(text)?.[1];
  return { type: bare(text), weight: weight === undefined ? 1 : Number(weight) };
}

function bare(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** The narrowest range that fits decides. */
function weightOf(type: string, ranges: readonly Range[]): number {
  const wanted = [type, `${type.split('/', 1)[0] ?? ''}/*`, '*/*'];
  for (const name of wanted) {
    const found = ranges.find((range) => range.type === name);
    if (found !== undefined) return found.weight;
  }
  return 0;
}
