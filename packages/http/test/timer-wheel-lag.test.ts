import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Timer, TimerWheel } from '../src/index.ts';

const TICK_MS = 50;

/** Steps of time between two looks of the wheel: mostly one tick, now and then a stall of the whole thread. */
const steps = fc.array(fc.oneof(fc.constant(TICK_MS), fc.integer({ min: 60, max: 40_000 })), { maxLength: 40 });

function virtual() {
  const clock = { nowMs: 1_000_000 };
  const wheel = new TimerWheel({ tickMs: TICK_MS, monotonic: () => clock.nowMs });
  const pass = (ms: number) => {
    clock.nowMs += ms;
    wheel.tick();
  };
  return { wheel, pass };
}

it('a timer that is far ahead survives a stall of the thread', () => {
  const { wheel, pass } = virtual();
  let fired = 0;
  wheel.arm(new Timer(() => fired++), 75_000);
  for (let ms = 0; ms < 25_400; ms += TICK_MS) pass(TICK_MS);
  pass(1_000);
  for (let ms = 0; ms < 60_000; ms += TICK_MS) pass(TICK_MS);
  wheel.close();
  expect(fired).toBe(1);
});

it('every timer fires once and never early, whatever stalls come between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 5 }),
      steps,
      (delays, stalls) => {
        const { wheel, pass } = virtual();
        const fired = delays.map(() => 0);
        let nowMs = 0;
        delays.forEach((ms, index) => {
          wheel.arm(
            new Timer(() => {
              fired[index] = (fired[index] ?? 0) + 1;
              expect(nowMs).toBeGreaterThanOrEqual(ms);
            }),
            ms,
          );
        });
        for (const ms of [...stalls, ...Array.from({ length: 40 }, () => 2_500)]) {
          nowMs += ms;
          pass(ms);
        }
        wheel.close();
        expect(fired).toEqual(delays.map(() => 1));
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});
