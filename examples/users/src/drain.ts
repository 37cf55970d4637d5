import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface DrainOptions {
  readonly server: Server;
  /** Stops listening, lets requests in flight finish, and resolves when the last one has. */
  readonly close: () => Promise<void>;
  /** Resolves after so many milliseconds. */
  readonly wait: (durationMs: number) => Promise<unknown>;
}

/**
 * How long peers with an open connection may still use it. Each reply says `Connection: close`, so a busy peer is gone
 * after one more request; an idle one is cut off when this is over.
 */
const GRACE_MS = 1000;
const DEADLINE_MS = 10_000;

/**
 * Returns what stops the service without losing a request. It resolves to false when requests had to be cut off
 * because they were not done in time. Nothing waits if nobody is connected.
 */
export function createDrain({ server, close, wait }: DrainOptions): () => Promise<boolean> {
  const connections = trackConnections(server);
  const stop = async (): Promise<boolean> => {
    await Promise.race([connections.gone(), wait(GRACE_MS)]);
    await close();
    return true;
  };
  const cutOff = async (): Promise<boolean> => {
    await wait(DEADLINE_MS);
    server.closeAllConnections();
    return false;
  };
  return () => Promise.race([stop(), cutOff()]);
}

interface Connections {
  /** Resolves when no connection is open. */
  gone(): Promise<void>;
}

function trackConnections(server: Server): Connections {
  const open = new Set<Socket>();
  const { promise, resolve } = Promise.withResolvers<void>();
  let isAsked = false;
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      if (isAsked && open.size === 0) resolve();
    });
  });
  return {
    gone() {
      isAsked = true;
      if (open.size === 0) resolve();
      return promise;
    },
  };
}
