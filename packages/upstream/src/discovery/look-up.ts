import type { NameResolver, ServiceRecord } from './name-resolver.ts';

/** One thing to ask DNS again and again. */
export interface Question {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV';
}

/** Where a name leads to. */
export interface Address {
  readonly host: string;
  /** Undefined where the record does not say. */
  readonly port: number | undefined;
  /** Relative to the others of the same answer, 1 on average. */
  readonly weight: number;
}

export interface Answer {
  readonly addresses: readonly Address[];
  readonly ttlMs: number;
}

/** A name that leads to more than that leads to the first of them. */
export const ADDRESSES_MAX = 256;
/** RFC 2782: weight 0 stands for hardly any requests, not for none. */
const LEAST_WEIGHT = 0.1;

/** Sorted, so that servers which turn their answers round say the same. Rejects when DNS does not answer. */
export async function lookUp({ name, type }: Question, resolver: NameResolver): Promise<Answer> {
  if (type === 'SRV') return lookUpServices(name, resolver);
  const records = await resolver.addresses(name, type === 'A' ? 4 : 6);
  const addresses = records.map(({ address }) => ({ host: address, port: undefined, weight: 1 }));
  return { addresses: tidied(addresses), ttlMs: shortest(records) };
}

async function lookUpServices(name: string, resolver: NameResolver): Promise<Answer> {
  const services = preferred(await resolver.services(name)).slice(0, ADDRESSES_MAX);
  const answers = await Promise.all(services.map(async (service) => addressesOf(service, resolver)));
  const total = services.reduce((sum, { weight }) => sum + weight, 0);
  const weightOf = (weight: number): number =>
    total === 0 ? 1 : Math.max(weight, LEAST_WEIGHT) / (total / services.length);
  const addresses = answers.flatMap(({ records, service: { port, weight } }) =>
    // A service of several addresses shares its weight among them.
    records.map(({ address }) => ({ host: address, port, weight: weightOf(weight) / records.length })),
  );
  return { addresses: tidied(addresses), ttlMs: shortest(answers.flatMap(({ records }) => records)) };
}

/** Those of the best priority; the others are for when none of these can be reached, which health cannot say by itself. */
function preferred(services: readonly ServiceRecord[]): readonly ServiceRecord[] {
  // A single `.` says that the service is decidedly not there.
  const offered = services.filter(({ name }) => name !== '' && name !== '.');
  const best = Math.min(...offered.map(({ priority }) => priority));
  return offered.filter(({ priority }) => priority === best);
}

async function addressesOf(service: ServiceRecord, resolver: NameResolver) {
  const [four, six] = await Promise.all([resolver.addresses(service.name, 4), resolver.addresses(service.name, 6)]);
  return { service, records: [...four, ...six] };
}

function shortest(records: readonly { readonly ttlSeconds: number }[]): number {
  return Math.min(...records.map(({ ttlSeconds }) => ttlSeconds * 1000));
}

function tidied(addresses: readonly Address[]): readonly Address[] {
  const keyOf = ({ host, port }: Address): string => `${host} ${port ?? ''}`;
  const byKey = new Map(addresses.map((address) => [keyOf(address), address]));
  const sorted = [...byKey.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return sorted.slice(0, ADDRESSES_MAX);
}
