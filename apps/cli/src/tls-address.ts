import type { Snapshot } from '@gatehouse/config';
import { requireApart, type Address } from './address.ts';

export interface AskedAddresses {
  readonly listen: Address;
  readonly listenTls: Address | undefined;
  readonly status: Address;
  /** Where the admin API is, if it is anywhere. */
  readonly control: Address | undefined;
}

/** Where callers come in by TLS: as the command says, else as the configuration does. */
export function tlsAddress(snapshot: Snapshot | undefined, listenTls: Address | undefined): Address | undefined {
  const tls = snapshot?.gateway?.tls;
  return listenTls ?? (tls && { ...tls.listen, option: 'gateway.tls.listen' });
}

/** No two of them may have one port. */
export function requireAllApart({ listen, listenTls, status, control }: AskedAddresses): void {
  const asked = [listen, listenTls, status, control].filter((address) => address !== undefined);
  for (const [index, first] of asked.entries()) {
    for (const second of asked.slice(index + 1)) requireApart(first, second);
  }
}
