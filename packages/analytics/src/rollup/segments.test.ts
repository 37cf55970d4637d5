import { describe, expect, it } from 'vitest';
import { LEVEL_MS, LEVELS } from './cubes.ts';
import { segmentsOf } from './segments.ts';
import { randomFrom } from '../testing/sample-calls.ts';

const { days: DAY, hours: HOUR, minutes: MINUTE } = LEVEL_MS;
const AT = Date.parse('2026-11-24T00:00:00Z');
const all = { levels: LEVELS, until: { days: AT + 9 * DAY, hours: AT + 9 * DAY, minutes: AT + 9 * DAY } };

describe('segmentsOf', () => {
  it('takes whole days, hours and minutes, and records for what is left', () => {
    const period = { fromMs: AT + DAY - HOUR - MINUTE - 5, toMs: AT + 2 * DAY + 7 };
    expect(segmentsOf(period, all, undefined)).toEqual([
      { fromMs: period.fromMs, toMs: AT + DAY - HOUR - MINUTE, from: 'records' },
      { fromMs: AT + DAY - HOUR - MINUTE, toMs: AT + DAY - HOUR, from: 'minutes' },
      { fromMs: AT + DAY - HOUR, toMs: AT + DAY, from: 'hours' },
      { fromMs: AT + DAY, toMs: AT + 2 * DAY, from: 'days' },
      { fromMs: AT + 2 * DAY, toMs: period.toMs, from: 'records' },
    ]);
  });

  it('takes nothing that is longer than a step', () => {
    const found = segmentsOf({ fromMs: AT, toMs: AT + DAY }, all, 5 * MINUTE);
    expect(found).toEqual([{ fromMs: AT, toMs: AT + DAY, from: 'minutes' }]);
  });

  it('takes records behind what is rolled up', () => {
    const until = { days: AT, hours: AT + HOUR, minutes: AT + HOUR + MINUTE };
    expect(segmentsOf({ fromMs: AT, toMs: AT + DAY }, { levels: LEVELS, until }, undefined)).toEqual([
      { fromMs: AT, toMs: AT + HOUR, from: 'hours' },
      { fromMs: AT + HOUR, toMs: AT + HOUR + MINUTE, from: 'minutes' },
      { fromMs: AT + HOUR + MINUTE, toMs: AT + DAY, from: 'records' },
    ]);
  });

  it('covers every period exactly once', () => {
    const random = randomFrom(3);
    for (let round = 0; round < 2000; round++) {
      const fromMs = AT + Math.floor(random() * 3 * DAY);
      const toMs = fromMs + Math.floor(random() * 4 * DAY);
      const until = { days: AT + random() * 3 * DAY, hours: AT + random() * 3 * DAY, minutes: AT + random() * 3 * DAY };
      const levels = LEVELS.filter(() => random() < 0.8);
      const step = [undefined, MINUTE, 7 * MINUTE, HOUR, DAY][Math.floor(random() * 5)];
      const parts = segmentsOf({ fromMs, toMs }, { levels, until }, step);
      expect([fromMs, ...parts.map((part) => part.toMs)]).toEqual([...parts.map((part) => part.fromMs), toMs]);
      expect(
        parts
          .filter(({ from }) => from !== 'records')
          .every(({ from, toMs: end }) => from === 'records' || end <= until[from]),
      ).toBe(true);
    }
  });
});
