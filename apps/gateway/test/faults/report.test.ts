import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SCENARIOS } from './fault.ts';
import { FAULTS } from './fault-table.ts';
import { report, REPORT_FILE } from './report.ts';

describe('docs/faults.md', () => {
  it('is as the table has it; otherwise run npm run faults', () => {
    expect(readFileSync(REPORT_FILE, 'utf8')).toBe(report());
  });

  it('has a row for each scenario', () => {
    expect(new Set(FAULTS.map(({ scenario }) => scenario))).toEqual(new Set(SCENARIOS));
  });
});
