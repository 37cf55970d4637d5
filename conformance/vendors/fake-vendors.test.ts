import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canAsk } from '../asked.ts';
import { play, type Stage } from '../cell.ts';
import { checkOutcomes } from '../check-outcome.ts';
import { CLIENTS } from '../clients/client-table.ts';
import type { Client } from '../clients/client.ts';
import { SCENARIOS } from '../scenarios/scenarios.ts';
import { WireTap } from '../wire-tap.ts';
import { FakeVendors } from './fake-vendors.ts';
import type { Vendor } from './vendor.ts';
import { VENDORS } from './vendor-table.ts';

/** Mistral's SDK is made for Mistral, though the gate has no door of that dialect. */
function isMadeFor({ name, dialect }: Client, vendor: Vendor): boolean {
  return vendor.name === 'mistral' ? name === 'mistral' : name !== 'mistral' && vendor.dialects.includes(dialect);
}

describe('without a gate between them', () => {
  const vendors = new FakeVendors();
  const tap = new WireTap();
  let origin = '';
  beforeAll(async () => {
    origin = await vendors.start();
    tap.open();
  });
  afterAll(async () => {
    tap.close();
    await vendors.stop();
  });

  describe.each(VENDORS)("$name's own SDK", (vendor) => {
    const scenarios = SCENARIOS.filter(({ steps }) => steps.every(({ elsewhere }) => elsewhere === undefined));
    describe.each(CLIENTS.filter((client) => isMadeFor(client, vendor)))('$name', (client) => {
      it.each(scenarios.filter((scenario) => canAsk(client, vendor, scenario)))(
        'understands it: $name',
        async (scenario) => {
          const stage: Stage = { vendors, tap, origin: `${origin}/${vendor.name}` };
          for (const stream of [false, true]) {
            const cell = { client, vendor, scenario, stream };
            checkOutcomes(cell, await play(stage, cell));
            expect(vendors.seen.map((call) => call.vendor)).toEqual(scenario.steps.map(() => vendor.name));
          }
        },
      );
    });
  });
});
