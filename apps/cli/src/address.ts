import type net from 'node:net';
import { CommandFailure } from './failure.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`, `[v6]:PORT` or `:PORT`; the port may be 0 for any that is free. */
export function parseAddress(text: string, option: string): Address {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new CommandFailure(`${option}: "${text}" is no address, write HOST:PORT such as 127.0.0.1:8080`);
  }
  const host = match[1] ?? match[2] ?? '';
  return { host: host === '' ? '0.0.0.0' : host, port };
}

export async function listenOn(server: net.Server, { host, port }: Address): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  return bound === null || typeof bound === 'string' ? port : bound.port;
}
