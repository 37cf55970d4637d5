import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS } from '../clients/client-table.ts';
import type { Client } from '../clients/client.ts';
import { exceptionFor, FAILURE_GAPS } from '../exceptions.ts';
import { Fixture } from '../fixture.ts';
import type { Answer } from '../scenario.ts';
import type { Vendor } from '../vendors/vendor.ts';
import { VENDORS } from '../vendors/vendor-table.ts';
import type { TappedReply } from '../wire-tap.ts';
import { FAILURES, shownBy, statusFor, waitFor, wordFor, type VendorFailure } from './expected-failures.ts';

const NOTHING: Answer = { stop: 'end', usage: { input: 0, cached: 0, output: 0, reasoning: 0 } };

interface Failing {
  readonly client: Client;
  readonly vendor: Vendor;
  readonly failure: VendorFailure;
  readonly stream: boolean;
}

interface Failed {
  readonly reply: TappedReply | undefined;
  readonly error: unknown;
}

describe('a vendor who fails', () => {
  let fixture: Fixture;
  let failures = 0;
  beforeAll(async () => {
    fixture = await Fixture.start();
  });
  afterAll(async () => fixture.stop());

  const fail = async ({ client, vendor, failure, stream }: Failing): Promise<Failed> => {
    const { retryAfter, message } = failure;
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    fixture.vendors.play([NOTHING], { status: failure.status(vendor), message, headers });
    fixture.tap.take();
    const error: unknown = await client
      .open(fixture.origin, {})
      .say([{ user: [{ text: 'Hello?' }] }], { model: vendor.name, stream })
      .then(() => undefined)
      .catch((thrown: unknown) => thrown);
    failures++;
    return { reply: fixture.tap.take()[0], error };
  };

  describe.each(VENDORS)('$name', (vendor) => {
    describe.each(CLIENTS)('$name', (client) => {
      it.each(FAILURES)(
        '$name: the SDK throws, with its status and without what is not for callers',
        async (failure) => {
          for (const stream of [false, true]) {
            const { reply, error } = await fail({ client, vendor, failure, stream });
            expect(error).toBeInstanceOf(Error);
            expect(reply?.status).toBe(statusFor(client, failure.kind));
            expect(reply?.header('retry-after')).toBe(failure.retryAfter);
            expect(shownBy(error).includes(failure.message)).toBe(failure.shown);
            expect(shownBy(error)).toMatch(waitFor(client, failure) ?? '');
            expect(fixture.vendors.seen).toHaveLength(1);
          }
        },
      );

      const place = { client: client.name, vendor: vendor.name, scenario: 'words', stream: false };
      const run = exceptionFor(FAILURE_GAPS, place) === undefined ? it : it.fails;
      run("is told of in the words of the client's dialect", async () => {
        for (const failure of FAILURES) {
          const { error } = await fail({ client, vendor, failure, stream: false });
          expect(shownBy(error)).toContain(wordFor(client, failure.kind));
        }
      });
    });
  });

  it('leaves one record a call, with the status that the caller saw', async () => {
    const records = await fixture.records();
    expect(records).toHaveLength(failures);
    expect(new Set(records.map(({ id }) => id)).size).toBe(failures);
    expect(records.every(({ status, code }) => status >= 400 && code !== undefined)).toBe(true);
  });
});
