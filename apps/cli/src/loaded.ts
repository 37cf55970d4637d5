import type { Snapshot } from '@gatehouse/config';
import { CommandFailure } from './failure.ts';

export interface Loaded {
  readonly snapshot: Snapshot;
  /** Ready to print. */
  readonly warnings: readonly string[];
}

/** What became of a gatehouse.yaml: something to serve, or its problems, ready to print. */
export type LoadOutcome = Loaded | { readonly problems: readonly string[] };

/** The problems of a file that cannot be served, one a line, as the failure of the command. */
export function requireLoaded(outcome: LoadOutcome): Loaded {
  if ('problems' in outcome) throw new CommandFailure(outcome.problems.join('\n'));
  return outcome;
}
