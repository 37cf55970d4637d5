import { describe, expect, it } from 'vitest';
import { LineIndex } from './line-index.ts';
import { formatProblem } from './problem.ts';
import { Report } from './report.ts';

const TEXT = 'first\nsecond\nthird\n';
const at = (offset: number) => ({ offset, path: `at[${offset}]` });
const report = (): Report => new Report('gatehouse.yaml', new LineIndex(TEXT));

describe('Report', () => {
  it('tells problems in the order of the file', () => {
    const found = report();
    found.problem(at(13), 'three');
    found.problem(at(2), 'one b');
    found.problem(at(0), 'one a');
    expect(found.problems().map(formatProblem)).toEqual([
      'gatehouse.yaml:1:1: one a',
      'gatehouse.yaml:1:3: one b',
      'gatehouse.yaml:3:1: three',
    ]);
  });

  it('keeps the order in which problems of one place were found', () => {
    const found = report();
    found.problem(at(0), 'z');
    found.problem(at(0), 'a');
    expect(found.problems().map(({ message }) => message)).toEqual(['z', 'a']);
  });

  it('tells the same at the same place once', () => {
    const found = report();
    found.problem(at(6), 'twice');
    found.problem(at(6), 'twice');
    found.problem(at(7), 'twice');
    expect(found.problems().map(({ column }) => column)).toEqual([1, 2]);
  });

  it('says where in the tree', () => {
    const found = report();
    found.problem(at(6), 'wrong');
    expect(found.problems()).toEqual([{ file: 'gatehouse.yaml', line: 2, column: 1, message: 'wrong', path: 'at[6]' }]);
    expect(found.line(at(6))).toBe(2);
  });

  it('forgets what a failed attempt found', () => {
    const found = report();
    found.problem(at(0), 'stays');
    const { count } = found;
    found.problem(at(1), 'goes');
    found.rewind(count);
    expect(found.problems().map(({ message }) => message)).toEqual(['stays']);
  });

  it('keeps warnings apart', () => {
    const found = report();
    found.warning(at(6), 'later');
    found.warning(at(0), 'sooner');
    expect(found.problems()).toEqual([]);
    expect(found.warnings().map(({ message }) => message)).toEqual(['sooner', 'later']);
  });

  it('stops at a thousand and looks for no more words', () => {
    const found = report();
    let asked = 0;
    for (let index = 0; index < 1500; index++) {
      found.problem(at(index % TEXT.length), () => `problem ${(asked += 1)}`);
    }
    expect(found.problems()).toHaveLength(1000);
    expect(asked).toBe(1000);
  });
});
