import net from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { callAtFixedRate } from './fixed-rate.ts';
import { findTools } from './tools.ts';

const REPLY = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const servers: net.Server[] = [];
afterEach(() => {
  for (const listener of servers.splice(0)) listener.close();
});

/** Answers what arrives, but nothing for `stallMs` once it was asked `stallAfter` times. */
async function stallingServer(stallAfter: number, stallMs: number): Promise<number> {
  let asked = 0;
  let stalledUntil = 0;
  const listener = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => {
      if (++asked === stallAfter) stalledUntil = performance.now() + stallMs;
      setTimeout(() => socket.write(REPLY), Math.max(0, stalledUntil - performance.now()));
    });
  });
  servers.push(listener);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

it.runIf(findTools().taskset !== undefined)(
  'charges a stall to all calls that ought to have been sent in it',
  async () => {
    // 300 ms of 1 s: a generator that waits for replies would see one slow call for each of its connections
    const port = await stallingServer(500, 300);
    const { calls, failed, p50, p99, max } = await callAtFixedRate({
      port,
      perSecond: 1000,
      warmUpSeconds: 0,
      seconds: 1,
    });
    expect(failed).toBe(0);
    expect(calls).toBeGreaterThan(850);
    expect(p50).toBeLessThan(150_000);
    expect(p99).toBeGreaterThan(200_000);
    expect(max).toBeGreaterThan(270_000);
  },
);
