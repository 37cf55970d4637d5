import type { Entity } from '@gatehouse/store';

/** Who had a hand in it: nobody approves what is their own. */
export function handsIn({ data }: Entity): ReadonlySet<string> {
  const { author, editors, requestedBy } = data;
  const all = [author, requestedBy, ...(Array.isArray(editors) ? editors : [])];
  return new Set(all.filter((each) => typeof each === 'string'));
}
