import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { play } from './play.ts';
import { playAll, report, REPORT_FILE } from './report.ts';
import { SCENARIOS } from './scenarios.ts';

const rows = playAll();

describe('peak-ewma', () => {
  for (const { scenario, played } of rows.filter((row) => row.scenario.name !== 'all are well')) {
    it(`beats round-robin when ${scenario.name}`, () => {
      const ours = played.get('peak-ewma');
      const theirs = played.get('round-robin');
      if (ours === undefined || theirs === undefined) throw new Error('not played');
      expect(ours.errors).toBeLessThanOrEqual(theirs.errors);
      // Latencies of requests that succeed alike differ by chance.
      expect(ours.p99Ms).toBeLessThan(theirs.p99Ms + 1);
      expect(ours.errors < theirs.errors || ours.p99Ms < theirs.p99Ms / 2).toBe(true);
    });
  }
});

describe('the simulation', () => {
  it('comes to the same every time', () => {
    const [scenario] = SCENARIOS.slice(3);
    if (scenario === undefined) throw new Error('no scenario');
    expect(play('peak-ewma', scenario)).toEqual(play('peak-ewma', scenario));
  });

  it('lets nobody do badly when all are well', () => {
    for (const played of rows[0]?.played.values() ?? []) {
      expect(played.errors).toBe(0);
      expect(played.p99Ms).toBeLessThan(13);
    }
  });

  it('is what docs/balancers.md says: run `npm run balancers`', () => {
    expect(readFileSync(REPORT_FILE, 'utf8')).toBe(report(rows));
  });
});
