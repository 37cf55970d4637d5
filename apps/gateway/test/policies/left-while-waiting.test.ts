import http from 'node:http';
import type { PolicyDefinition, Reply } from '@gatehouse/policies';
import { expect, it } from 'vitest';
import { clockedGate } from '../clocked-gate.ts';

it('a caller that left while a policy waited is taken no further: what others would take, nobody gives back', async () => {
  const told: string[] = [];
  let go: () => void = () => {};
  const waits: PolicyDefinition = {
    name: 'waits',
    stage: 'admit',
    build: () => ({
      onRequest: async () => new Promise<Reply | undefined>((resolve) => (go = () => resolve(undefined))),
      onEnd: () => void told.push('end'),
    }),
  };
  const takes: PolicyDefinition = {
    name: 'takes',
    stage: 'admit',
    build: () => ({
      onRequest: () => {
        told.push('takes');
        return undefined;
      },
    }),
  };
  const { port, records } = await clockedGate('apis: { a: { access: open, upstream: "http://127.0.0.1:9" } }\n', [
    waits,
    takes,
  ]);
  const caller = http.get({ port, host: '127.0.0.1', agent: false }).on('error', () => {});
  const asked = go;
  await expect.poll(() => go !== asked).toBe(true);
  caller.destroy();
  await expect.poll(() => records).toMatchObject([{ code: 'request.cancelled' }]);
  go();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(['end']);
});
