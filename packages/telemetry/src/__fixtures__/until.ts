import { setTimeout as wait } from 'node:timers/promises';

/** Waits until it is true, for at most ten seconds. */
export async function until(isTrue: () => boolean, what = isTrue.toString()): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`never came true: ${what}`);
    await wait(5);
  }
}
