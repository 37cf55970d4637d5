import { existsSync } from 'node:fs';
import { DriftLedger } from '@gatehouse/governance';
import { readObservations } from '@gatehouse/record/spool';
import type { Observed } from '@gatehouse/services';

/** The newest; more are not looked at, so that an answer comes in time. */
const LINES_MAX = 500_000;

/** What the gate beside us has observed, by its records. */
export function recordedDrift(folder: string): Observed {
  return {
    of: async ({ entry, sinceMs }) => {
      const ledger = new DriftLedger();
      if (existsSync(folder)) {
        for await (const observation of readObservations(folder, { sinceMs, linesMax: LINES_MAX }))
          if (observation.api === entry) ledger.add(observation);
      }
      return ledger.toJSON();
    },
  };
}
