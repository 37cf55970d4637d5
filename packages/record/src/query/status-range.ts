/** Statuses from `min` to `max`, both included. */
export interface StatusRange {
  readonly min: number;
  readonly max: number;
}

const HIGHEST = 999;
const EXACT = /^[1-9]\d\d$/;
const CLASS = /^([1-9])xx$/i;
const COMPARED = /^(>=|<=|>|<)([1-9]\d\d)$/;
const COMPARISONS: Readonly<Record<string, (bound: number) => StatusRange>> = {
  '>=': (bound) => ({ min: bound, max: HIGHEST }),
  '>': (bound) => ({ min: bound + 1, max: HIGHEST }),
  '<=': (bound) => ({ min: 0, max: bound }),
  '<': (bound) => ({ min: 0, max: bound - 1 }),
};

/** `404`, `5xx`, `>=400`, or several with commas; `undefined` for anything else. */
export function parseStatuses(text: string): readonly StatusRange[] | undefined {
  const ranges: StatusRange[] = [];
  for (const part of text.split(',')) {
    const range = parseRange(part.trim());
    if (range === undefined) return undefined;
    ranges.push(range);
  }
  return ranges;
}

function parseRange(text: string): StatusRange | undefined {
  if (EXACT.test(text)) return { min: Number(text), max: Number(text) };
  const hundred = CLASS.exec(text)?.[1];
  if (hundred !== undefined) return { min: Number(hundred) * 100, max: Number(hundred) * 100 + 99 };
  const [, sign, bound] = COMPARED.exec(text) ?? [];
  return sign === undefined ? undefined : COMPARISONS[sign]?.(Number(bound));
}
