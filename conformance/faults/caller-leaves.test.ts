import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../clients/client.ts';
import { Fixture } from '../fixture.ts';
import { TOKENS } from '../scenarios/samples.ts';
import { countOf, everybody } from './everybody.ts';

const ANSWER = { text: 'Half of this text is all that anybody waits for.', stop: 'end', usage: TOKENS } as const;

describe('callers who leave', () => {
  let fixture: Fixture;
  let left = 0;
  beforeAll(async () => {
    fixture = await Fixture.start();
  });
  afterAll(async () => fixture.stop());

  /** Lets all SDKs give up once the vendors are at it; those to whom something came of it, and how many vendors stopped. */
  const leave = async (stream: boolean, able: (client: Client) => boolean) => {
    const { vendors, tap } = fixture;
    vendors.play([ANSWER], { kind: 'silent' });
    tap.take();
    const leaving = new AbortController();
    const all = countOf(able);
    const asked = everybody(fixture, { stream, signal: leaving.signal }, able);
    let begun = 0;
    while (begun < all) {
      begun = stream ? begun + tap.take().length : vendors.seen.length;
      await turn();
    }
    leaving.abort();
    left += all;
    const answered = (await asked).filter(({ result }) => result.status === 'fulfilled').map(({ name }) => name);
    const whole = await Promise.all(vendors.seen.map(async (call) => call.whole));
    return { answered, stopped: whole.filter((one) => !one).length, all };
  };

  it('in the middle of a stream stop every vendor', async () => {
    const { answered, stopped, all } = await leave(true, ({ staysFor }) => staysFor !== 'all');
    expect(answered).toEqual([]);
    expect(stopped).toBe(all);
  });

  it('before the answer stop every vendor', async () => {
    const { answered, stopped, all } = await leave(false, ({ staysFor }) => staysFor === undefined);
    expect(answered).toEqual([]);
    expect(stopped).toBe(all);
  });

  it('leave one record a call, which says so', async () => {
    const records = await fixture.records();
    expect(records).toHaveLength(left);
    expect(new Set(records.map(({ code }) => code))).toEqual(new Set(['request.cancelled']));
  });
});
