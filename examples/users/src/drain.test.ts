import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Socket, connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createDrain } from './drain.ts';

const never = () => new Promise<void>(() => undefined);

/** A listening server, a client connected to it, and a drain whose waits the test ends by hand. */
async function setUp(close: () => Promise<void>) {
  const server = createServer();
  const waits = new Map<number, () => void>();
  const wait = (durationMs: number) => new Promise<void>((resolve) => void waits.set(durationMs, resolve));
  const drain = createDrain({ server, close, wait });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const dial = async (): Promise<Socket> => {
    const arrived = once(server, 'connection');
    const socket = connect(port, '127.0.0.1');
    await arrived;
    return socket;
  };
  return { server, waits, drain, dial };
}

describe('a drain', () => {
  it('closes at once when nobody is connected', async () => {
    const { drain, server } = await setUp(async () => undefined);
    expect(await drain()).toBe(true);
    server.close();
  });

  it('closes as soon as the last connection is gone', async () => {
    let isClosed = false;
    const { drain, dial, server } = await setUp(async () => void (isClosed = true));
    const [a, b] = [await dial(), await dial()];
    a.destroy();
    const drained = drain();
    expect(isClosed).toBe(false);
    b.destroy();
    expect(await drained).toBe(true);
    server.close();
  });

  it('stops waiting for idle connections when their grace is over', async () => {
    const { drain, dial, waits, server } = await setUp(async () => undefined);
    const socket = await dial();
    const drained = drain();
    waits.get(1000)?.();
    expect(await drained).toBe(true);
    socket.destroy();
    server.close();
  });

  it('cuts off what is not done after ten seconds', async () => {
    const { drain, dial, waits, server } = await setUp(never);
    const socket = await dial();
    const drained = drain();
    waits.get(1000)?.();
    waits.get(10_000)?.();
    expect(await drained).toBe(false);
    await once(socket, 'close');
    server.close();
  });
});
