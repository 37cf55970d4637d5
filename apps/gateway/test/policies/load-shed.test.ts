import { describe, expect, it } from 'vitest';
import { callOnce, gateWith, held } from './admit-gate.ts';
import { startGate } from '../harness.ts';

describe('shedding load', () => {
  it('refuses what is above the limit, the important least, and lets calls in again when others have ended', async () => {
    const { handle, waiting, release } = held();
    const { gate } = await gateWith(
      '{ load-shed: { priorityFrom: "header:x-tier", priorities: { gold: critical } } }',
      handle,
    );
    const call = async (tier: string): Promise<number> =>
      (await callOnce(gate.port, { headers: { 'x-tier': tier } })).status;
    const first = Array.from({ length: 20 }, async () => call('none'));
    await expect.poll(waiting).toBe(20);
    const shed = await callOnce(gate.port);
    expect([shed.status, JSON.parse(shed.body).code, shed.headers['retry-after']]).toEqual([
      503,
      'gateway.overloaded',
      '1',
    ]);
    const gold = Array.from({ length: 5 }, async () => call('gold'));
    await expect.poll(waiting).toBe(25);
    expect(await call('gold')).toBe(503);
    release();
    expect(new Set(await Promise.all([...first, ...gold]))).toEqual(new Set([200]));
    const next = call('none');
    await expect.poll(waiting).toBe(1);
    release();
    expect(await next).toBe(200);
    expect((await gate.records()).filter(({ code }) => code === 'gateway.overloaded')).toHaveLength(2);
  });

  it('knows a plan once it is known who calls, and refuses before that where no plan would help', async () => {
    const { handle, waiting, release } = held();
    const { upstream } = await gateWith('', handle);
    const gate = await startGate(`
apis: { all: { basePath: "", upstream: "http://127.0.0.1:${upstream.port}", policies: [ { load-shed: { priorityFrom: plan, priorities: { free: low } } } ] } }
plans: { free: { apis: [all] }, gold: { apis: [all] } }
applications:
  small: { keys: [ { name: k, secret: key-free } ], subscriptions: [ { api: all, plan: free } ] }
  large: { keys: [ { name: k, secret: key-gold } ], subscriptions: [ { api: all, plan: gold } ] }
`);
    const call = async (key: string): Promise<number> =>
      (await callOnce(gate.port, { headers: { authorization: `Bearer ${key}` } })).status;
    const free = Array.from({ length: 16 }, async () => call('key-free'));
    await expect.poll(waiting).toBe(16);
    expect([await call('key-free'), await call('nonsense')]).toEqual([503, 401]);
    const gold = Array.from({ length: 4 }, async () => call('key-gold'));
    await expect.poll(waiting).toBe(20);
    expect([await call('key-gold'), await call('nonsense')]).toEqual([503, 503]);
    release();
    expect(new Set(await Promise.all([...free, ...gold]))).toEqual(new Set([200]));
    await gate.stop();
  });
});
