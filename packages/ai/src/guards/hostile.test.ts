import { describe, expect, it } from 'vitest';
import { hostileTexts } from './__fixtures__/hostile-texts.ts';
import { readLabelled } from './__fixtures__/read-labelled.ts';
import { PII_TUNING } from './__fixtures__/labelled-pii.ts';
import { replyOf, streamOf } from './__fixtures__/replies.ts';
import { requestOf } from './__fixtures__/requests.ts';
import { compileGuards, type GuardSet } from './guard-set.ts';

const GUARDS = compileGuards([
  { kind: 'pii', action: 'mask' },
  { kind: 'secrets', action: 'mask' },
  { kind: 'injection', action: 'flag' },
  { kind: 'topics', deny: ['casino', 'sports betting', 'gambl*'], action: 'mask' },
  { kind: 'length', maxChars: 10_000_000 },
]);

/** CPU time of this thread, so that a busy machine does not count. */
function cpuMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

const MEGABYTE = 1012 * 1024;

describe('guards on hostile texts', () => {
  // Ten times what they take: anything that is not linear takes minutes.
  it('need less than 12 s for a megabyte, whatever it is', { timeout: 120_000 }, () => {
    const chars = MEGABYTE / 32;
    for (const [name, text] of hostileTexts(chars)) {
      const ms = cpuMs(() => GUARDS.begin().checkRequest(requestOf(text)));
      expect({ name, slow: ms > 12_000 / 32 }).toEqual({ name, slow: false });
    }
  });

  it('take a megabyte of the worst in linear time', { timeout: 120_000 }, () => {
    for (const seed of [
      '4111 1111 1111 1112 ',
      'password:',
      'a@a.',
      '0049 ',
      'sk-a1b2c3d4e5f6g7h8i9j0',
      '-----BEGIN PRIVATE KEY-----',
      '{"a":"\\"',
      'ignore ',
      'casino ',
    ]) {
      const ms = cpuMs(() => GUARDS.begin().checkRequest(requestOf(seed.repeat(MEGABYTE / seed.length))));
      expect({ seed, slow: ms > 12_000 }).toEqual({ seed, slow: false });
    }
  });

  it('stream them without getting slower', { timeout: 120_000 }, () => {
    for (const [name, text] of hostileTexts(12 * 1024)) {
      const session = GUARDS.begin();
      session.checkRequest(requestOf('I am ann@example.com, 4111111111111111'));
      const filter = session.streamFilter();
      const events = streamOf(replyOf(text), () => 3);
      const ms = cpuMs(() => events.forEach((event) => filter.push(event)));
      expect({ name, slow: ms > 600 }).toEqual({ name, slow: false });
    }
  });
});

describe('cost of guards', () => {
  const guards: GuardSet = compileGuards([
    { kind: 'pii', action: 'mask' },
    { kind: 'secrets', action: 'mask' },
  ]);
  const prose =
    'The quick brown fox, at 10:30 on 2026-11-26, jumps over 3 lazy dogs: "why not?" (see page 12). '.repeat(3000);

  // About 20 µs outside of vitest, whose modules are slower by a factor of five; see __fixtures__/measure-guards.ts.
  it('is below 600 µs a kilobyte of prose', () => {
    const run = (): void => void guards.begin().checkRequest(requestOf(prose));
    const ms = Math.min(...Array.from({ length: 8 }, () => cpuMs(run)));
    expect((ms * 1000) / (prose.length / 1024)).toBeLessThan(600);
  });

  it('is below 20 µs a delta', () => {
    const text = PII_TUNING.map((marked) => readLabelled(marked).text)
      .join('\n')
      .repeat(10);
    const events = streamOf(replyOf(text), () => 5);
    const run = (): void => {
      const filter = guards.begin().streamFilter();
      for (const event of events) filter.push(event);
    };
    run();
    expect((Math.min(cpuMs(run), cpuMs(run)) * 1000) / events.length).toBeLessThan(20);
  });
});
