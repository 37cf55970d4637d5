import { expect, it } from 'vitest';
import { playSuite } from './run.ts';
import { count, score } from './score.ts';

it('of the public suite of HTTP caches passes 145 required cases and nine in ten of the optimal ones', async () => {
  const scored = await playSuite();
  expect(count(scored, 'required', 'pass')).toBeGreaterThanOrEqual(145);
  // Two more can only be asked of browsers.
  expect(count(scored, 'optimal', 'pass')).toBeGreaterThanOrEqual(0.9 * (count(scored, 'optimal') + 2));
}, 120_000);

it('counts a case only when all that it depends on have passed', () => {
  const suite = {
    id: 's',
    name: 's',
    tests: [
      { id: 'a', name: 'a' },
      { id: 'b', name: 'b', depends_on: ['a'] },
      { id: 'c', name: 'c', depends_on: ['b'] },
      { id: 'd', name: 'd', browser_only: true },
    ],
  };
  const verdicts = (a: true | [string, string]): string[] =>
    score([suite], { a, b: true, c: true }).map(({ verdict }) => verdict);
  expect(verdicts(true)).toEqual(['pass', 'pass', 'pass']);
  expect(verdicts(['Assertion', 'no'])).toEqual(['fail', 'dependency failed', 'dependency failed']);
  expect(verdicts(['Setup', 'no'])).toEqual(['setup failed', 'dependency failed', 'dependency failed']);
});
