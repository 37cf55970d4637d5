import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sceneWith } from './__fixtures__/scene.ts';
import { CHECKS, examine } from './checks.ts';

const GUIDE = path.join(import.meta.dirname, '../../../../docs/doctor.md');

describe('checks', () => {
  it('are those that the guide names, in its order', () => {
    const [, table = ''] = readFileSync(GUIDE, 'utf8').split('## What is looked at');
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) => Array.from((row.split('|')[1] ?? '').matchAll(/`(\w+)`/g), ([, name]) => name));
    expect(CHECKS.map(({ name }) => name)).toEqual(named);
  });

  it('have names that fit their column', () => {
    for (const { name } of CHECKS) expect(name).toMatch(/^[a-z]{1,7}$/);
  });

  it('that fail by themselves say so, and the others are told', async () => {
    const failing = {
      name: 'odd',
      look: () => {
        throw new Error('a defect');
      },
    };
    const findings = await examine(sceneWith(), [failing, ...CHECKS.slice(0, 1)]);
    expect(findings).toEqual([
      { name: 'odd', level: 'failed', detail: 'could not be looked at: Error: a defect' },
      { name: 'node', level: 'ok', detail: 'v26.1.0' },
    ]);
  });
});
