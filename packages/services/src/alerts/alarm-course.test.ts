import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, FLAP_CALM, FLAPS, tellOf, type Alarm, type CourseRules } from './alarm-course.ts';
import type { Reading } from './reading.ts';

const MINUTE_MS = 60_000;
const HOUR = 60;
const labels = { application: 'mobile' };

interface Course {
  readonly rules?: Partial<CourseRules>;
  readonly repeatMinutes?: number;
}

/**
 * Each letter is a minute: `b` breached, `c` not, `-` the key is not there; upper case: it is silenced. Of each the status
 * (`.` for none), and what is told.
 */
function run(
  minutes: string,
  { rules, repeatMinutes = 0 }: Course = {},
): { readonly states: string; readonly told: readonly string[] } {
  let alarm: Alarm | undefined;
  let states = '';
  const told: string[] = [];
  for (const [index, letter] of minutes.split('').entries()) {
    const nowMs = index * MINUTE_MS;
    const isBreached = letter.toLowerCase() === 'b';
    const reading: Reading | undefined =
      letter === '-' ? undefined : { labels, value: index, isBreached, note: letter };
    const next = advance(alarm, reading, { rules: { evaluations: 1, clearEvaluations: 1, ...rules }, nowMs });
    alarm = undefined;
    if (next !== undefined) {
      const silencedBy = letter === letter.toUpperCase() && letter !== '-' ? 'night' : undefined;
      const outcome = tellOf(next, { repeatMs: repeatMinutes * MINUTE_MS, silencedBy, nowMs });
      alarm = outcome.alarm;
      if (outcome.told !== undefined) told.push(`${index} ${outcome.told}`);
    }
    states += alarm === undefined ? '.' : alarm.status.charAt(0);
  }
  return { states, told };
}

const CASES: readonly (readonly [
  name: string,
  minutes: string,
  course: Course,
  states: string,
  told: readonly string[],
])[] = [
  ['nothing is remembered of what is well', 'cc-c', {}, '....', []],
  ['fires at once, is told once and is over', 'bbbcc', {}, 'fffrr', ['0 fired', '3 resolved']],
  ['a key that is no longer there is not breached', 'bb--', {}, 'ffrr', ['0 fired', '2 resolved']],
  ['waits for as many looks in a row as are wanted', 'bbb', { rules: { evaluations: 3 } }, 'ppf', ['2 fired']],
  ['a look in between begins the row anew', 'bbcbbb', { rules: { evaluations: 3 } }, 'pp.ppf', ['5 fired']],
  ['what was only pending is forgotten without a word', 'bc', { rules: { evaluations: 2 } }, 'p.', []],
  [
    'is over after as many looks in a row as are wanted',
    'bccbccc',
    { rules: { clearEvaluations: 3 } },
    'ffffffr',
    ['0 fired', '6 resolved'],
  ],
  ['is told again after a time', 'bbbbbbb', { repeatMinutes: 3 }, 'fffffff', ['0 fired', '3 repeated', '6 repeated']],
  ['fires again after it was over', 'bcbc', {}, 'frfr', ['0 fired', '1 resolved', '2 fired', '3 resolved']],
  ['what is silenced is seen and not told', 'BBBC', {}, 'fffr', []],
  ['what goes on behind a silence is told then', 'BBb', {}, 'fff', ['2 fired']],
  ['whoever was told of the beginning is told of the end, silence or not', 'bBC', {}, 'ffr', ['0 fired', '2 resolved']],
  ['a silence keeps from repeating', 'bBBBb', { repeatMinutes: 2 }, 'fffff', ['0 fired', '4 repeated']],
];

describe('an alarm', () => {
  it.each(CASES)('%s', (_, minutes, course, states, told) => {
    expect(run(minutes, course)).toEqual({ states, told });
  });

  it('that comes and goes is over only after a longer calm', () => {
    const flapping = 'bc'.repeat(FLAPS - 1);
    const { told } = run(`${flapping}b${'c'.repeat(FLAP_CALM + 1)}`);
    expect(told.slice(-2)).toEqual([`${flapping.length} fired`, `${flapping.length + FLAP_CALM} resolved`]);
  });

  it('that has been calm for an hour is forgotten', () => {
    const { states } = run(`b${'c'.repeat(HOUR + 1)}`);
    expect([states.charAt(HOUR - 1), states.charAt(HOUR), states.at(-1)]).toEqual(['r', '.', '.']);
  });

  it('is told of in turns: it fires, perhaps again, and it is over', () => {
    const letters = fc.constantFrom('b', 'c', '-', 'B', 'C');
    const counts = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 200 }), counts, counts, (minutes, evaluations, clearEvaluations) => {
        const rules = { evaluations, clearEvaluations };
        const { told } = run(minutes.join(''), { rules, repeatMinutes: 5 });
        const FOLLOWS: Readonly<Record<string, readonly string[]>> = {
          '': ['fired'],
          fired: ['repeated', 'resolved'],
          repeated: ['repeated', 'resolved'],
          resolved: ['fired'],
        };
        let before = '';
        for (const what of told.map((each) => each.split(' ')[1] ?? '')) {
          expect(FOLLOWS[before]).toContain(what);
          before = what;
        }
        const breached = minutes.filter((letter) => letter.toLowerCase() === 'b').length;
        if (breached < evaluations) expect(told).toEqual([]);
      }),
    );
  });
});
