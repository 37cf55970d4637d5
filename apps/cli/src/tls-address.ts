import type { Snapshot } from '@gatehouse/config';
import { requireApart, type Address } from './address.ts';

export interface AskedAddresses {
  readonly listen: Address;
  readonly listenTls: Address | undefined;
  readonly status: Address;
}

/** Where callers come in by TLS: as the command says, else as the configuration does. */
export function tlsAddress(snapshot: Snapshot | undefined, listenTls: Address | undefined): Address | undefined {
  const tls = snapshot?.gateway?.tls;
  return listenTls ?? (tls && { ...tls.listen, option: 'gateway.tls.listen' });
}

/** No two of them may have one port. */
export function requireAllApart({ listen, listenTls, status }: AskedAddresses): void {
  requireApart(listen, status);
  if (listenTls === undefined) return;
  requireApart(listen, listenTls);
  requireApart(listenTls, status);
}
