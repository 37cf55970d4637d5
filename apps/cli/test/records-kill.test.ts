import { expect, it } from 'vitest';
import { killRounds } from './kill-rounds.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a worker gathers before it hands it over, and what the recorder has not written yet. */
const LOST_MS_MAX = 100;

it(
  'every answered call is in the store once, but for the last 100 ms before a kill',
  { timeout: 120_000 },
  async () => {
    const { answered, stored, duplicates, missing } = await killRounds({
      rounds: 4,
      folder: temporaryFolder(),
      random: Math.random,
    });
    expect(answered).toBeGreaterThan(100);
    expect(duplicates).toEqual([]);
    expect(stored).toBeGreaterThanOrEqual(answered - missing.length);
    expect(missing.filter(({ beforeMs }) => beforeMs > LOST_MS_MAX)).toEqual([]);
  },
);
