import http from 'node:http';
import { TimerWheel } from '@gatehouse/http';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Asker } from '../src/asking/asker.ts';
import { Pools } from '../src/pools.ts';
import { listen } from './harness.ts';

function asker(): Asker {
  const wheel = new TimerWheel({ tickMs: 20, monotonic: systemClock.monotonic });
  const log = createLogger({ level: 'error', write: () => {}, now: Date.now });
  const pools = new Pools({ wheel, clock: systemClock, log });
  onTestFinished(() => {
    pools.retain([]);
    wheel.close();
  });
  return new Asker({ pools, clock: systemClock, via: '1.1 test' });
}

interface Hanging {
  readonly url: string;
  /** Methods, in the order in which they came. */
  readonly seen: (string | undefined)[];
}

/** Answers the first request of each connection, and hangs up at the second. */
async function hangsUp(): Promise<Hanging> {
  const seen: (string | undefined)[] = [];
  const answered = new WeakSet<object>();
  const server = http.createServer((request, response) => {
    seen.push(request.method);
    if (answered.has(request.socket)) request.socket.destroy();
    else {
      answered.add(request.socket);
      response.end('ok');
    }
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}/`, seen };
}

const BASIC = { headers: [], timeoutMs: 5000, bytesMax: 1000 } as const;

describe('a call of the gate’s own over a kept connection that turns out to be closed', () => {
  it('is made again where that does no harm', async () => {
    const { url, seen } = await hangsUp();
    const gate = asker();
    for (let i = 0; i < 2; i++) expect((await gate.ask({ ...BASIC, url, method: 'GET' })).status).toBe(200);
    expect(seen).toEqual(['GET', 'GET', 'GET']);
  });

  it('is not made again where it might be done twice', async () => {
    const { url, seen } = await hangsUp();
    const gate = asker();
    const body = Buffer.from('pay');
    expect((await gate.ask({ ...BASIC, url, method: 'POST', body })).status).toBe(200);
    await expect(gate.ask({ ...BASIC, url, method: 'POST', body })).rejects.toMatchObject({ code: 'upstream.broken' });
    expect(seen).toEqual(['POST', 'POST']);
  });

  it('is made again where whoever asks says that it may be', async () => {
    const { url, seen } = await hangsUp();
    const gate = asker();
    for (let i = 0; i < 2; i++) await gate.ask({ ...BASIC, url, method: 'POST', repeatable: true });
    expect(seen).toEqual(['POST', 'POST', 'POST']);
  });
});

it('a call with a field that cannot be sent fails at once, and holds no connection', async () => {
  const { url, seen } = await hangsUp();
  const gate = asker();
  const broken = gate.ask({ ...BASIC, url, method: 'GET', headers: [['x-a', 'b\r\nc: d']] });
  await expect(broken).rejects.toMatchObject({ code: 'gateway.internal' });
  expect((await gate.ask({ ...BASIC, url, method: 'GET' })).status).toBe(200);
  expect(seen).toEqual(['GET']);
});
