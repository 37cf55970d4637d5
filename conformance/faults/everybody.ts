import { CLIENTS } from '../clients/client-table.ts';
import type { Client, How, Outcome } from '../clients/client.ts';
import { exceptionFor, GAPS } from '../exceptions.ts';
import type { Fixture } from '../fixture.ts';
import { VENDORS } from '../vendors/vendor-table.ts';

export interface Asked {
  /** Which client of which vendor. */
  readonly name: string;
  readonly result: PromiseSettledResult<Outcome>;
}

/** Every client asks every vendor at the same time; `able` says which of them can. */
export async function everybody(
  { origin }: Fixture,
  how: Omit<How, 'model'>,
  able: (client: Client) => boolean = () => true,
): Promise<readonly Asked[]> {
  const pairs = CLIENTS.filter(able).flatMap((client) =>
    VENDORS.map((vendor) => ({ client, vendor })).filter(({ vendor }) => {
      const place = { client: client.name, vendor: vendor.name, scenario: 'text', stream: how.stream };
      return exceptionFor(GAPS, place) === undefined;
    }),
  );
  const hello = [{ user: [{ text: 'Hello?' }] }];
  const asked = pairs.map(async ({ client, vendor }) =>
    client.open(origin, {}).say(hello, { ...how, model: vendor.name }),
  );
  const settled = await Promise.allSettled(asked);
  return settled.map((result, at) => {
    const { client, vendor } = pairs[at] ?? {};
    return { name: `${client?.name ?? ''} of ${vendor?.name ?? ''}`, result };
  });
}

export function countOf(able: (client: Client) => boolean): number {
  return CLIENTS.filter(able).length * VENDORS.length;
}
