import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { callOnce, callUntilHeard, gateWith, held } from './admit-gate.ts';

const statuses = (all: readonly { readonly status: number }[]): number[] =>
  all.map(({ status }) => status).toSorted((a, b) => a - b);

describe('calls under way at once', () => {
  it('are exactly as many as allowed, over workers', async () => {
    const { handle, waiting, release } = held();
    const { gate } = await gateWith('{ concurrency: { limit: 5, by: route } }', handle, { workers: 2 });
    const all = Array.from({ length: 30 }, async () => callOnce(gate.port));
    const refused = all.map(async (call) => (await call).status === 429);
    await expect.poll(waiting).toBe(5);
    let count = 0;
    for (const each of refused) void each.then((is) => (count += is ? 1 : 0));
    await expect.poll(() => count).toBe(25);
    release();
    expect(statuses(await Promise.all(all))).toEqual([
      ...Array.from({ length: 5 }, () => 200),
      ...Array.from({ length: 25 }, () => 429),
    ]);
    const next = Array.from({ length: 5 }, async () => callOnce(gate.port));
    await expect.poll(waiting).toBe(5);
    release();
    expect(statuses(await Promise.all(next))).toEqual([200, 200, 200, 200, 200]);
  });

  it('wait their turn in a queue, over workers, and all get through', async () => {
    let [now, most] = [0, 0];
    const { gate } = await gateWith(
      '{ concurrency: { limit: 2, by: route, queue: { size: 100, timeout: 20s } } }',
      (_request, response) => {
        most = Math.max(most, ++now);
        setImmediate(() => {
          now--;
          response.end('ok');
        });
      },
      { workers: 2 },
    );
    const all = await Promise.all(Array.from({ length: 60 }, async () => callOnce(gate.port)));
    expect([new Set(statuses(all)), most <= 2]).toEqual([new Set([200]), true]);
  });

  it('free their places when callers leave, under way or in the queue', async () => {
    const { handle, waiting, release } = held();
    const { gate, upstream } = await gateWith(
      '{ concurrency: { limit: 1, by: route, queue: { size: 1, timeout: 20s } } }',
      handle,
    );
    const leaving = (): http.ClientRequest =>
      http.get({ port: gate.port, host: '127.0.0.1', agent: false }).on('error', () => {});
    const first = leaving();
    await expect.poll(waiting).toBe(1);
    const second = leaving();
    await expect.poll(() => gate.gateway.status().workers[0]?.stats.active).toBe(2);
    expect((await callOnce(gate.port)).status).toBe(429);
    second.destroy();
    await expect.poll(() => gate.gateway.status().workers[0]?.stats.active).toBe(1);
    const third = callOnce(gate.port);
    first.destroy();
    await expect.poll(() => upstream.seen.length).toBe(2);
    release();
    expect((await third).status).toBe(200);
  });

  it('of a worker that dies give their places back', async () => {
    const { handle, waiting, release } = held();
    const { gate } = await gateWith('{ concurrency: { limit: 3, by: route } }', handle, { workers: 1 });
    const lost = Promise.allSettled(Array.from({ length: 3 }, async () => callOnce(gate.port)));
    await expect.poll(waiting).toBe(3);
    await gate.gateway.killWorker(0);
    await lost;
    await expect.poll(waiting).toBe(0);
    const all = Array.from({ length: 3 }, async () => callUntilHeard(gate.port));
    await expect.poll(waiting, { timeout: 5000 }).toBe(3);
    expect((await callOnce(gate.port)).status).toBe(429);
    release();
    expect(statuses(await Promise.all(all))).toEqual([200, 200, 200]);
  });
});
