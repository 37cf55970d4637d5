import net from 'node:net';
import { CommandFailure } from './failure.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  /** Where it was given, such as `--listen`: what has to be changed when it cannot be used. */
  readonly option: string;
}

/** `HOST:PORT`, `[v6]:PORT` or `:PORT`; the port may be 0 for any that is free. */
export function parseAddress(text: string, option: string): Address {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s/]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new CommandFailure(`${option}: "${text}" is no address, write HOST:PORT such as 127.0.0.1:8080`);
  }
  const host = match[1] ?? match[2] ?? '';
  return { host: host === '' ? '0.0.0.0' : host, port, option };
}

export function formatAddress({ host, port }: Pick<Address, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Resolves with the port that was bound; a CommandFailure says what to change where that is not possible. */
export async function listenOn(server: net.Server, address: Address): Promise<number> {
  const { host, port } = address;
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error): void => reject(listenFailure(error, address));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  const bound = server.address();
  return bound === null || typeof bound === 'string' ? port : bound.port;
}

/**
 * Fails when nobody could listen there. Workers share their port by SO_REUSEPORT, so they would share it with another
 * gatehouse without noticing: only an attempt to have it alone finds out.
 */
export async function requireFree(address: Address): Promise<void> {
  const server = net.createServer();
  await listenOn(server, address);
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

export async function requireAllFree(addresses: readonly (Address | undefined)[]): Promise<void> {
  for (const address of addresses) if (address !== undefined) await requireFree(address);
}

/** Two servers cannot have one port; found before one of them is told that it is in use. */
export function requireApart(first: Address, second: Address): void {
  if (first.port === 0 || first.port !== second.port) return;
  const same = first.host === second.host;
  if (!same && !isEverywhere(first) && !isEverywhere(second)) return;
  const which = same
    ? `are both ${formatAddress(first)}`
    : `overlap, ${formatAddress(first)} and ${formatAddress(second)}`;
  throw new CommandFailure(`${first.option} and ${second.option} ${which}; give each a port of its own`);
}

const isEverywhere = ({ host }: Address): boolean => host === '0.0.0.0' || host === '::';

function listenFailure(error: Error, address: Address): CommandFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  const where = formatAddress(address);
  const { host, option } = address;
  switch (code) {
    case 'EADDRINUSE':
      return new CommandFailure(`${where} is in use; choose another with ${option}`);
    case 'EACCES':
      return new CommandFailure(`${where} is not for everybody; choose a port above 1023 with ${option}`);
    case 'EADDRNOTAVAIL':
      return new CommandFailure(`${where}: this machine has no address ${host}; choose another with ${option}`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CommandFailure(`${where}: nobody knows the host ${host}; choose another with ${option}`);
    default:
      return new CommandFailure(`${where} cannot be listened on (${code}); choose another with ${option}`);
  }
}
