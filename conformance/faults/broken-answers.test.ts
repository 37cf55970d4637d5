import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS } from '../clients/client-table.ts';
import type { Client } from '../clients/client.ts';
import { Fixture } from '../fixture.ts';
import type { Answer } from '../scenario.ts';
import { CLOCK, TOKENS, WEATHER } from '../scenarios/samples.ts';
import type { Fault } from '../vendors/fault.ts';
import type { Vendor } from '../vendors/vendor.ts';
import { VENDORS } from '../vendors/vendor-table.ts';

const TEXT: Answer = { text: 'Half of this text is all that comes.', stop: 'end', usage: TOKENS };
const CALLS: Answer = {
  calls: [
    { name: 'get_weather', args: { city: 'Zürich' } },
    { name: 'get_time', args: { zone: 'Europe/Zurich' } },
  ],
  stop: 'tool_calls',
  usage: TOKENS,
};
const BROKEN: Answer = { ...TEXT, reasoning: 'Hm, hm, hm.', usage: { ...TOKENS, reasoning: 9 } };

const MESSAGE = 'at 10.1.2.3: oops';

const BREAKS: readonly (readonly [string, Answer, Fault])[] = [
  ['ends in the middle of a text', TEXT, { kind: 'ends' }],
  ['ends in the middle of calls', CALLS, { kind: 'ends' }],
  ['ends between thoughts and text', BROKEN, { kind: 'ends' }],
  ['is cut in the middle of a text', TEXT, { kind: 'cut' }],
  ['is cut in the middle of calls', CALLS, { kind: 'cut' }],
  ['tells of a failure in the middle', TEXT, { kind: 'error-event', message: MESSAGE }],
];

/** Mistral's calls come with the reason to stop, and then a stream without its last line is whole all the same. */
function breaksOf({ name }: Vendor): typeof BREAKS {
  return BREAKS.filter(([, answer]) => name !== 'mistral' || answer !== CALLS);
}

interface Asking {
  readonly client: Client;
  readonly vendor: Vendor;
  readonly answer: Answer;
  readonly fault: Fault;
  readonly stream: boolean;
}

describe('an answer that breaks', () => {
  let fixture: Fixture;
  let shown = 0;
  let unseen = 0;
  beforeAll(async () => {
    fixture = await Fixture.start();
  });
  afterAll(async () => fixture.stop());

  /** What the SDK throws; undefined when it takes what it got for an answer. */
  const ask = async ({ client, vendor, answer, fault, stream }: Asking): Promise<unknown> => {
    fixture.vendors.play([answer], fault);
    fixture.tap.take();
    return client
      .open(fixture.origin, { tools: [WEATHER, CLOCK] })
      .say([{ user: [{ text: 'Hello?' }] }], { model: vendor.name, stream })
      .then(() => undefined)
      .catch((thrown: unknown) => thrown);
  };

  describe.each(VENDORS)('of $name', (vendor) => {
    describe.each(CLIENTS)('to $name', (client) => {
      it.each(breaksOf(vendor))('%s never looks complete', async (_, answer, fault) => {
        const error = await ask({ client, vendor, answer, fault, stream: true });
        shown++;
        expect(error).toBeInstanceOf(Error);
        expect(String(error)).not.toContain(MESSAGE);
        expect(fixture.tap.take().map(({ status }) => status)).toEqual([200]);
      });

      it('before its first word is a failure like any other', async () => {
        const faults: readonly Fault[] = [{ kind: 'error-first', message: MESSAGE }, { kind: 'empty' }];
        for (const fault of faults) {
          const error = await ask({ client, vendor, answer: TEXT, fault, stream: true });
          unseen++;
          expect(error).toBeInstanceOf(Error);
          const [reply] = fixture.tap.take();
          expect(reply?.status).toBeGreaterThanOrEqual(500);
        }
      });

      it('without having been streamed is a failure like any other', async () => {
        const error = await ask({ client, vendor, answer: TEXT, fault: { kind: 'cut' }, stream: false });
        unseen++;
        expect(error).toBeInstanceOf(Error);
        const [reply] = fixture.tap.take();
        expect(reply?.status).toBeGreaterThanOrEqual(500);
      });
    });
  });

  it('leaves one record a call, which says that it broke', async () => {
    const records = await fixture.records();
    const cut = records.filter(({ status }) => status === 200);
    expect(cut).toHaveLength(shown);
    expect(records).toHaveLength(shown + unseen);
    expect(new Set(cut.map(({ code }) => code))).toEqual(new Set(['provider.truncated']));
    expect(cut.filter(({ aiUsageState }) => aiUsageState === 'measured')).toEqual([]);
    expect(records.every(({ code }) => code?.startsWith('provider.'))).toBe(true);
  });
});
