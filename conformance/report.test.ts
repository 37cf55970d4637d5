import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { report, REPORT_FILE } from './report.ts';
import { SCENARIOS } from './scenarios/scenarios.ts';
import { VENDORS } from './vendors/vendor-table.ts';

describe('docs/conformance.md', () => {
  it('is as the tables and the golden files have it; otherwise run npm run conformance', () => {
    expect(readFileSync(REPORT_FILE, 'utf8')).toBe(report());
  });
});

describe('conformance/golden', () => {
  it('holds a file for each vendor and scenario, and nothing else', () => {
    const golden = path.join(import.meta.dirname, 'golden');
    const files = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
    const wanted = VENDORS.flatMap(({ name, cannot }) =>
      SCENARIOS.filter((scenario) => cannot?.includes(scenario.name) !== true).map(
        (scenario) => `${name}/${scenario.name}.json`,
      ),
    );
    expect(files.map((file) => file.replaceAll('\\', '/')).toSorted()).toEqual(wanted.toSorted());
  });
});
