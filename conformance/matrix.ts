import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canAsk } from './asked.ts';
import { play, vendorOf, type Cell, type Played } from './cell.ts';
import { checkOutcomes } from './check-outcome.ts';
import { CLIENTS } from './clients/client-table.ts';
import { exceptionFor, GAPS, REFUSED } from './exceptions.ts';
import { Fixture } from './fixture.ts';
import { goldenFile, goldenText, unstreamed } from './golden.ts';
import { Ledger } from './ledger.ts';
import { SCENARIOS } from './scenarios/scenarios.ts';
import type { SeenCall } from './vendors/fake-vendors.ts';
import type { Vendor } from './vendors/vendor.ts';

/** All clients and scenarios, plain and streamed, before one vendor. */
export function describeVendor(vendor: Vendor): void {
  const runs = new Map<string, Promise<Played>>();
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.start();
  });
  afterAll(async () => fixture.stop());
  const ledger = new Ledger();
  const played = async (cell: Cell): Promise<Played> => {
    const key = `${cell.client.name}/${cell.scenario.name}/${cell.stream}`;
    const known = runs.get(key);
    if (known !== undefined) return known;
    const run = play(fixture, cell);
    runs.set(key, run);
    ledger.note(cell, await run);
    return run;
  };

  const possible = SCENARIOS.filter(({ name }) => vendor.cannot?.includes(name) !== true);
  describe.each(possible)('$name', (scenario) => {
    const able = CLIENTS.filter((client) => canAsk(client, vendor, scenario));
    for (const client of able) {
      for (const stream of [false, true]) {
        const cell = { client, vendor, scenario, stream };
        const place = { client: client.name, vendor: vendor.name, scenario: scenario.name, stream };
        const run = exceptionFor(GAPS, place) === undefined ? it : it.fails;
        run(`${client.name}, ${stream ? 'streamed' : 'plain'}`, async () => {
          if (exceptionFor(REFUSED, place) !== undefined) checkRefused(await played(cell));
          else {
            checkPlayed(cell, await played(cell));
            if (stream) checkSame(cell, await played({ ...cell, stream: false }), await played(cell));
          }
        });
      }
    }

    it('reaches the vendor as the golden file says', async () => {
      const all: [string, Played][] = [];
      for (const client of able) all.push([client.name, await played({ client, vendor, scenario, stream: false })]);
      await expect(goldenText(vendor.name, all)).toMatchFileSnapshot(goldenFile(vendor.name, scenario.name));
    });
  });

  it('has one record a call, with its usage', async () => {
    expect(ledger.differences(await fixture.records())).toEqual([]);
  });
}

function checkRefused({ calls, replies, error }: Played): void {
  expect(calls).toEqual([]);
  expect(error).toBeDefined();
  expect(replies.map(({ status }) => status)).toEqual([400]);
}

function checkPlayed(cell: Cell, played: Played): void {
  checkOutcomes(cell, played);
  for (const call of played.calls) checkCall(cell, call);
}

function checkCall({ stream }: Cell, call: SeenCall): void {
  expect(call.complaint).toBe('');
  expect(call.stream).toBe(stream);
  expect(JSON.stringify([call.headers, call.body])).not.toContain('caller-key');
}

/** A stream, put together, is the plain answer, and was asked for with the same words. */
function checkSame({ client, vendor, scenario }: Cell, plain: Played, streamed: Played): void {
  // From what passes untouched on, requests hold what the SDK remembers of a stream, which differs a little.
  const untouched = scenario.steps.map((step) => vendorOf(step, vendor).dialects.includes(client.dialect));
  const known = Math.max(1, untouched.includes(true) ? untouched.indexOf(true) : untouched.length);
  const silent = client.hides.includes('stream-usage');
  const said = ({ outcomes }: Played): unknown =>
    outcomes.map((outcome) => ({
      ...outcome,
      usage: silent ? {} : outcome.usage,
      calls: outcome.calls.map(({ name, args }) => ({ name, args })),
    }));
  expect(said(streamed)).toEqual(said(plain));
  const asked = ({ calls }: Played): string =>
    JSON.stringify(calls.slice(0, known).map(({ body }) => unstreamed(body))).replace(/[0-9a-f]{24}/g, 'id');
  expect(asked(streamed)).toBe(asked(plain));
}
