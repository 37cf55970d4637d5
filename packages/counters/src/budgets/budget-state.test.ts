import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { budgetSpan } from './budget-period.ts';
import { readBudgetState, writeBudgetState, type BudgetState } from './budget-state.ts';

const { kind } = budgetSpan('total', 0);
const STATE: BudgetState = {
  lastFile: 17,
  folded: [3, 17],
  rows: [
    { high: -(2 ** 31), low: 2 ** 31 - 1, kind, open: -5, spent: 2 ** 53 },
    { high: 1, low: 2, kind, open: 0, spent: 7 },
  ],
};

function folder(): string {
  const dir = temporaryFolder();
  mkdirSync(dir);
  return dir;
}

describe('the state of budgets', () => {
  it('is read as it was written, from one file', () => {
    const dir = folder();
    expect(readBudgetState(dir)).toBeUndefined();
    writeBudgetState(dir, { ...STATE, rows: [] });
    writeBudgetState(dir, STATE);
    expect(readBudgetState(dir)).toEqual(STATE);
    expect(readdirSync(dir)).toEqual(['budgets.json']);
  });

  it('stays as it was when a new one was only half written', () => {
    const dir = folder();
    writeBudgetState(dir, STATE);
    writeFileSync(path.join(dir, 'budgets.json.new'), '00');
    expect(readBudgetState(dir)).toEqual(STATE);
  });

  it('is not read when any of its bytes is another', () => {
    const dir = folder();
    writeBudgetState(dir, STATE);
    const file = path.join(dir, 'budgets.json');
    const text = readFileSync(file);
    for (let at = 0; at < text.length; at++) {
      const other = Buffer.from(text);
      other[at] = (other[at] ?? 0) ^ 1;
      writeFileSync(file, other);
      expect(() => readBudgetState(dir)).toThrow(/budgets\.json is damaged/);
      writeFileSync(file, text.subarray(0, at));
      expect(() => readBudgetState(dir)).toThrow(/remove it/);
    }
  });

  it.each([
    '[]',
    'null',
    '{"version":2,"lastFile":1,"folded":[],"rows":[]}',
    '{"version":1,"lastFile":1.5,"folded":[],"rows":[]}',
    '{"version":1,"lastFile":1,"folded":["1"],"rows":[]}',
    '{"version":1,"lastFile":1,"folded":[]}',
    '{"version":1,"lastFile":1,"folded":[],"rows":[[1,2]]}',
    '{"version":1,"lastFile":1,"folded":[],"rows":[[1,2,0,0,0]]}',
    `{"version":1,"lastFile":1,"folded":[],"rows":[[4294967296,2,${kind},0,0]]}`,
  ])('is not read when it says what cannot be: %s', (body) => {
    const dir = folder();
    writeFileSync(path.join(dir, 'budgets.json'), `${crc32(body).toString(16).padStart(8, '0')} ${body}\n`);
    expect(() => readBudgetState(dir)).toThrow(/damaged/);
  });
});
