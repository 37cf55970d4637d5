import type { Balance } from '@gatehouse/config';

export interface PickFacts {
  readonly endpoints: number;
  readonly candidates: number;
  readonly panic: boolean;
}

/** Why one endpoint and no other was picked, as the record says it: `peak-ewma:2-of-5` looked at two of five. */
export function pickReason(balance: Balance, { endpoints, candidates, panic }: PickFacts): string {
  const how = endpoints === 1 ? 'only' : `${NAMES[balance]}-of-${candidates}`;
  return panic ? `panic ${how}` : how;
}

const NAMES: Readonly<Record<Balance, string>> = {
  'round-robin': 'round-robin:1',
  random: 'random:1',
  'least-requests': 'least-requests:2',
  'peak-ewma': 'peak-ewma:2',
  'consistent-hash': 'hash:1',
};
