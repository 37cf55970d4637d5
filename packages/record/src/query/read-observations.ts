import { setImmediate } from 'node:timers/promises';
import type { Observation } from '@gatehouse/kernel';
import { OBSERVED_START } from '../observed-line.ts';
import { parseLine } from '../parse-line.ts';
import { readBackwards } from '../spool/read-backwards.ts';

export interface ReadObservationsOptions {
  /** Older ones are left out. */
  readonly sinceMs?: number | undefined;
  /** The newest so many. */
  readonly last?: number;
  /** Lines of any kind that are looked at; so that an answer comes in time. */
  readonly linesMax?: number;
}

const BATCHES_PER_TURN = 64;

/** What was observed, the newest batches first. */
export async function* readObservations(
  dir: string,
  { sinceMs = 0, last = Infinity, linesMax = Infinity }: ReadObservationsOptions = {},
): AsyncGenerator<Observation, void> {
  let found = 0;
  let lines = 0;
  let batches = 0;
  for (const batch of readBackwards(dir, sinceMs)) {
    for (const line of batch.lines.toReversed()) {
      if (found >= last || ++lines > linesMax) return;
      if (!line.startsWith(OBSERVED_START)) continue;
      const item = parseLine(line);
      if (item?.kind !== 'observed' || item.observation.time < sinceMs) continue;
      found++;
      yield item.observation;
    }
    if (++batches % BATCHES_PER_TURN === 0) await setImmediate();
  }
}
