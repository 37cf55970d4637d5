import { isIP } from 'node:net';
import type { Spot, Spots } from '../../policy.ts';

export const ADDRESS_KINDS = ['ipv4', 'ipv6'] as const;
type AddressKind = (typeof ADDRESS_KINDS)[number];

/** A run of what addresses are made of; the longest IPv6 address has 45 characters. */
const RUN = /[0-9A-Fa-f:.]+/g;
const LONGEST = 64;

/** Finds addresses of machines. */
export function addressSpotter(kinds: readonly string[]): ((text: string, goesOn: boolean) => Spots) | undefined {
  const wanted = ADDRESS_KINDS.filter((kind) => kinds.includes(kind));
  if (wanted.length === 0) return undefined;
  return (text, goesOn) => {
    const spots: Spot[] = [];
    let decided = text.length;
    for (const { 0: run, index } of text.matchAll(RUN)) {
      if (goesOn && index + run.length === text.length) decided = index;
      else spotIn(run, { index, wanted }, spots);
    }
    return { spots, decided };
  };
}

/** The end of a sentence or the colon in front of a port may stand close to it. */
function spotIn(
  run: string,
  { index, wanted }: { readonly index: number; readonly wanted: readonly AddressKind[] },
  spots: Spot[],
): void {
  if (run.length > LONGEST) return;
  for (const part of [run, run.replace(/[.:]+$/, ''), run.replace(/^:+/, ''), run.split(':')[0] ?? '']) {
    const version = isIP(part);
    const kind = version === 4 ? 'ipv4' : 'ipv6';
    if (version === 0 || !wanted.includes(kind)) continue;
    const start = index + run.indexOf(part);
    spots.push({ kind, start, end: start + part.length });
    return;
  }
}
