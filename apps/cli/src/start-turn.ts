import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatAddress, type Address } from './address.ts';
import { CommandFailure } from './failure.ts';

/** Ends the turn. */
export type TurnEnd = () => void;

export interface TurnOptions {
  readonly platform?: NodeJS.Platform;
  readonly waitMs?: number;
}

/** Many workers that start at once on few cores take their time. */
const WAIT_MS = 30_000;
const LOOK_MS = 50;

/**
 * Of those who start on one port at once, one at a time may try whether it is free and then listen. Workers listen with
 * SO_REUSEPORT, so between the two a second gate would find the port free as well, and both would share it. The turn is
 * an abstract socket of Linux: those are seen as far as ports are, need no file, and are gone with their process. Other
 * systems have none, and most of them no ports that several listeners share. The turn is of the port and not of the
 * address, because addresses can overlap.
 */
export async function takeStartTurn(
  address: Address,
  { platform = process.platform, waitMs = WAIT_MS }: TurnOptions = {},
): Promise<TurnEnd> {
  if (address.port === 0 || platform !== 'linux') return () => {};
  for (let leftMs = waitMs; ; leftMs -= LOOK_MS) {
    const server = await held(`\0gatehouse starts on ${address.port}`);
    if (server !== undefined) return () => void server.close();
    if (leftMs <= 0) throw new CommandFailure(busy(address));
    await sleep(LOOK_MS);
  }
}

/** One after the other, in the order of ports, so that two who start on the same ones do not wait for each other. */
export async function takeStartTurns(
  addresses: readonly (Address | undefined)[],
  options: TurnOptions = {},
): Promise<TurnEnd> {
  const ends: TurnEnd[] = [];
  const endAll = (): void => {
    for (const end of ends) end();
  };
  const inOrder = addresses.flatMap((address) => address ?? []).toSorted((a, b) => a.port - b.port);
  try {
    for (const address of inOrder) ends.push(await takeStartTurn(address, options));
  } catch (error) {
    endAll();
    throw error;
  }
  return endAll;
}

const busy = (address: Address): string =>
  `${formatAddress(address)}: another gatehouse has been starting on this port for long; choose another with ${address.option}`;

/** Nothing while somebody else has the name. */
async function held(name: string): Promise<net.Server | undefined> {
  const server = net.createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(name, () => resolve(server.unref()));
  });
}
