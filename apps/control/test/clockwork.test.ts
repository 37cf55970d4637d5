import { createLogger } from '@gatehouse/kernel';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Clockwork } from '../src/clockwork.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('runs again in time, never twice at once, and goes on after a failure', async () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'error', write: (line) => lines.push(line), now: () => 0 });
  const ends: (() => void)[] = [];
  let failed = 0;
  const slow = { name: 'slow', everyMs: 10, run: async () => new Promise<void>((resolve) => ends.push(resolve)) };
  const bad = {
    name: 'bad',
    everyMs: 10,
    run: async () => {
      failed += 1;
      return Promise.reject(new Error('no luck'));
    },
  };
  const clockwork = new Clockwork([slow, bad], log);
  await vi.advanceTimersByTimeAsync(35);
  expect(ends).toHaveLength(1);
  expect(failed).toBe(3);
  expect(lines.join('')).toContain('bad failed');
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(10);
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await clockwork.stop();
  await vi.advanceTimersByTimeAsync(100);
  expect(ends).toHaveLength(2);
});
