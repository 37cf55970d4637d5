import { TimerWheel } from '@gatehouse/http';
import { describe, expect, it } from 'vitest';
import { Alarm } from './alarm.ts';

function clocked() {
  let now = 0;
  const wheel = new TimerWheel({ tickMs: 50, monotonic: () => now });
  const seen: unknown[] = [];
  const owner = { onFault: (error: unknown) => seen.push(error) };
  const pass = (ms: number): void => {
    now += ms;
    wheel.tick();
  };
  return { alarm: new Alarm(wheel), seen, owner, pass };
}

describe('an alarm', () => {
  it('rings once, when its time has come', () => {
    const { alarm, seen, owner, pass } = clocked();
    alarm.set(1000, owner, () => seen.push('rings'));
    pass(900);
    expect(seen).toEqual([]);
    pass(300);
    pass(5000);
    expect(seen).toEqual(['rings']);
  });

  it('does not ring when it is off, and rings for what it was set for last', () => {
    const { alarm, seen, owner, pass } = clocked();
    alarm.set(1000, owner, () => seen.push('first'));
    alarm.off();
    pass(5000);
    alarm.set(1000, owner, () => seen.push('second'));
    alarm.set(2000, owner, () => seen.push('third'));
    pass(5000);
    expect(seen).toEqual(['third']);
  });

  it('tells its owner of what was thrown', () => {
    const { alarm, seen, owner, pass } = clocked();
    const error = new Error('x');
    alarm.set(1000, owner, () => {
      throw error;
    });
    pass(5000);
    expect(seen).toEqual([error]);
  });
});
