import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Timer, TimerWheel } from './timer-wheel.ts';

let nowMs = 0;
let wheel: TimerWheel;
let fired: number[];

beforeEach(() => {
  nowMs = 1_000_000;
  fired = [];
  wheel = new TimerWheel({ tickMs: 50, monotonic: () => nowMs });
});
afterEach(() => wheel.close());

function timer(): Timer {
  return new Timer(() => fired.push(nowMs - 1_000_000));
}

function pass(ms: number): void {
  for (const end = nowMs + ms; nowMs < end;) {
    nowMs += 10;
    wheel.tick();
  }
}

describe('the timer wheel', () => {
  it.each([10, 50, 999, 30_000, 300_000])('fires after %d ms, never early and at most three ticks late', (ms) => {
    wheel.arm(timer(), ms);
    pass(ms + 200);
    expect(fired).toHaveLength(1);
    expect(fired[0]).toBeGreaterThanOrEqual(ms);
    expect(fired[0]).toBeLessThanOrEqual(ms + 150);
  });

  it('does not fire what was disarmed', () => {
    const it0 = timer();
    wheel.arm(it0, 100);
    wheel.disarm(it0);
    pass(1000);
    expect(fired).toEqual([]);
  });

  it('follows a deadline that moves back with every message', () => {
    const moving = timer();
    for (let i = 0; i < 20; i++) {
      wheel.arm(moving, 300);
      pass(100);
    }
    expect(fired).toEqual([]);
    expect(wheel.size).toBeLessThanOrEqual(1);
    pass(500);
    expect(fired).toHaveLength(1);
  });

  it('follows a deadline that moves forward', () => {
    const moving = timer();
    wheel.arm(moving, 20_000);
    wheel.arm(moving, 100);
    pass(300);
    expect(fired).toHaveLength(1);
    pass(30_000);
    expect(fired).toHaveLength(1);
  });

  it('can be armed again from its own expiry', () => {
    const again: Timer = new Timer(() => fired.push(fired.length < 2 ? (wheel.arm(again, 100), 1) : 0));
    wheel.arm(again, 100);
    pass(2000);
    expect(fired).toHaveLength(3);
  });
});
