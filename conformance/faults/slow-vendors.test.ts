import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fixture } from '../fixture.ts';
import { TOKENS } from '../scenarios/samples.ts';
import { everybody } from './everybody.ts';

const TEXT = 'Word by word, and each of them takes its time.';
const ANSWER = { text: TEXT, stop: 'end', usage: TOKENS } as const;

describe('vendors', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.start('  timeouts: { connect: 2s, firstByte: 2s, idle: 2s }\n');
  });
  afterAll(async () => fixture.stop());

  it('who are slow are waited for', async () => {
    fixture.vendors.play([ANSWER], { kind: 'slow' });
    const all = await everybody(fixture, { stream: true });
    const texts = all.map(({ name, result }) => [
      name,
      result.status === 'fulfilled' ? result.value.text : result.reason,
    ]);
    expect(texts).toEqual(all.map(({ name }) => [name, TEXT]));
  });

  it('who fall silent are given up, and every SDK throws', async () => {
    fixture.vendors.play([ANSWER], { kind: 'silent' });
    const asked = [true, false].map(async (stream) => everybody(fixture, { stream }));
    const all = (await Promise.all(asked)).flat();
    expect(all.filter(({ result }) => result.status === 'fulfilled').map(({ name }) => name)).toEqual([]);
    expect(await Promise.all(fixture.vendors.seen.map(async ({ whole }) => whole))).not.toContain(true);
  });
});
