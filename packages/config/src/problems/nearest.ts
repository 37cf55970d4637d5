import { slot } from '@gatehouse/kernel';

/** The candidate that `name` was most probably meant to be: differs in case only, or by at most a third of its characters. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let least = Math.max(wanted.length < 3 ? 0 : 1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), least);
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** What would be right instead of `name`: the nearest of the candidates, or what there is to choose from. */
export function suggestion(name: string, candidates: readonly string[]): string {
  // Between numbers a small distance means nothing.
  const found = /\p{L}/u.test(name) ? nearest(name, candidates) : undefined;
  if (found !== undefined) return `did you mean ${quote(found)}?`;
  if (candidates.length === 0) return 'there is none';
  const shown = candidates.slice(0, SHOWN_MAX).map(quote).join(', ');
  return `write ${candidates.length === 1 ? '' : 'one of '}${shown}${candidates.length > SHOWN_MAX ? ', …' : ''}`;
}

const SHOWN_MAX = 12;
const QUOTED_CHARS_MAX = 80;

/** On one line and bounded, whatever it holds. */
export function quote(text: string): string {
  const shown = text.length > QUOTED_CHARS_MAX ? `${text.slice(0, QUOTED_CHARS_MAX)}…` : text;
  return `\`${shown.replaceAll(/\p{Cc}/gu, ' ').replaceAll('`', "'")}\``;
}

/** Insertions, deletions, replacements and swaps of neighbours; gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  let before = new Uint16Array(b.length + 1);
  let above = Uint16Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = new Uint16Array(b.length + 1);
    row[0] = i;
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(slot(above, j) + 1, slot(row, j - 1) + 1, slot(above, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, slot(before, j - 2) + 1);
      row[j] = value;
      least = Math.min(least, value);
    }
    if (least >= limit) return limit;
    before = above;
    above = row;
  }
  return slot(above, b.length);
}
