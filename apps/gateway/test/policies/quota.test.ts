import { describe, expect, it, onTestFinished } from 'vitest';
import { startGate } from '../harness.ts';
import { callOnce, configWith, gateWith } from './admit-gate.ts';

describe('a quota of a policy', () => {
  it('counts what replies say, over workers, refuses once it is used up, and survives a restart', async () => {
    const policy = '{ quota: { limit: 10, per: year, by: route, unitsFrom: { replyHeader: x-units, hide: true } } }';
    const { gate, upstream } = await gateWith(
      policy,
      (_request, response) => {
        response.setHeader('x-units', '4');
        response.end('ok');
      },
      { workers: 2 },
    );
    const first = await callOnce(gate.port);
    expect([first.status, first.headers['x-units']]).toEqual([200, undefined]);
    expect((await callOnce(gate.port)).headers['ratelimit']).toMatch(/^"route-year";r=5;t=\d+$/);
    await gate.gateway.stop(1000);
    const again = await startGate(configWith(policy, upstream.port), { workers: 2, dataDir: gate.dataDir });
    onTestFinished(async () => again.stop());
    expect((await callOnce(again.port)).status).toBe(200);
    const refused = await callOnce(again.port);
    expect([refused.status, JSON.parse(refused.body).code, Number(refused.headers['retry-after']) > 0]).toEqual([
      429,
      'limit.quota',
      true,
    ]);
  });
});
