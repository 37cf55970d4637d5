import { unambiguousJson } from '../json-scan.ts';

const scan = unambiguousJson();

/** A JSON text as every reader takes it, or the predicate of a sentence that says why there is none. */
export function jsonValue(bytes: Buffer): { readonly value: unknown } | { readonly wrong: string } {
  const problem = scan.scan(bytes);
  if (problem !== undefined) return { wrong: `${problem.what}, at byte ${problem.at}` };
  return { value: JSON.parse(bytes.toString('utf8')) };
}
