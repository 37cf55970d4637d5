import { describe, expect, it } from 'vitest';
import { callOnce, gateWith } from './admit-gate.ts';

describe('several limits of a gate', () => {
  it('are taken together or not at all, over workers', async () => {
    const { gate } = await gateWith(
      '{ rate-limit: { limits: [ { limit: 5, window: 1h, by: "header:x-who" }, { limit: 8, window: 1h, by: route, cost: { methods: { POST: 2 } } } ] } }',
      undefined,
      { workers: 2 },
    );
    const calls = async (count: number, who: string): Promise<number> => {
      const all = await Promise.all(
        Array.from({ length: count }, async () => callOnce(gate.port, { headers: { 'x-who': who } })),
      );
      return all.filter(({ status }) => status === 200).length;
    };
    expect([await calls(20, 'a'), await calls(20, 'b')]).toEqual([5, 3]);
    const refused = await callOnce(gate.port, { headers: { 'x-who': 'c' } });
    expect(refused.headers['ratelimit']).toMatch(/^"header:x-who-1h";r=5;t=\d+, "route-1h";r=0;t=\d+$/);
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([429, 'limit.rate']);
  });
});
