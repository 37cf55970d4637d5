import { describe, expect, it } from 'vitest';
import { callOnce, callUntilHeard, gateWith, held, type Sent } from './admit-gate.ts';

const pay: Sent = { method: 'POST', path: '/payments', headers: { 'idempotency-key': 'k1' }, body: '{"amount":5}' };

describe('an idempotency key', () => {
  it('has a call made once, whichever workers hear it, and its reply given again', async () => {
    let made = 0;
    const { gate } = await gateWith(
      '{ idempotency: {} }, { headers: { response: { add: { x-seen: "1" } } } }',
      (request, response) => {
        request.resume().on('end', () => {
          response.writeHead(201, { 'content-type': 'text/plain', 'x-made': String(++made) });
          response.write('made ');
          response.end(`${made}`);
        });
      },
      { workers: 2 },
    );
    const first = await callOnce(gate.port, pay);
    expect([first.status, first.body, first.headers['idempotency-replayed']]).toEqual([201, 'made 1', undefined]);
    const all = await Promise.all(Array.from({ length: 20 }, async () => callOnce(gate.port, pay)));
    for (const again of all) {
      expect([again.status, again.body, again.headers['x-made'], again.headers['idempotency-replayed']]).toEqual([
        201,
        'made 1',
        '1',
        'true',
      ]);
      expect(again.headers['content-length']).toBe('6');
    }
    expect(made).toBe(1);
    const other = await callOnce(gate.port, { ...pay, body: '{"amount":6}' });
    expect([other.status, JSON.parse(other.body).code]).toEqual([422, 'request.idempotency_mismatch']);
  });

  it('is refused while its first call is under way, and free again when the worker of that has died', async () => {
    const { handle, waiting, release } = held();
    const { gate } = await gateWith('{ idempotency: { required: true } }', handle);
    const first = callOnce(gate.port, pay).catch(() => undefined);
    await expect.poll(waiting).toBe(1);
    const second = await callOnce(gate.port, pay);
    expect([second.status, JSON.parse(second.body).code, second.headers['retry-after']]).toEqual([
      409,
      'request.idempotency_in_flight',
      '1',
    ]);
    await gate.gateway.killWorker(0);
    await first;
    const again = callUntilHeard(gate.port, pay);
    await expect.poll(waiting, { timeout: 5000 }).toBe(1);
    release();
    expect((await again).status).toBe(200);
    expect((await callOnce(gate.port, { ...pay, headers: {} })).status).toBe(400);
  });

  it('is free again after a failure of the upstream', async () => {
    let calls = 0;
    const { gate } = await gateWith('{ idempotency: {} }', (request, response) => {
      request.resume();
      if (++calls === 1) request.socket.destroy();
      else response.writeHead(calls === 2 ? 500 : 200).end();
    });
    const all: number[] = [];
    for (let i = 0; i < 4; i++) all.push((await callOnce(gate.port, pay)).status);
    expect([all, calls]).toEqual([[502, 500, 200, 200], 3]);
  });
});
