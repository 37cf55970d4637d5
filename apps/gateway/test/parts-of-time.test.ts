import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from './harness.ts';

const KEY = 'key-of-web-0123456789';
let upstream: Upstream;
let gate: Running;

beforeAll(async () => {
  upstream = await startUpstream();
  gate = await startGate(`
upstreams: { s: { targets: ["http://127.0.0.1:${upstream.port}"] } }
apis: { a: { basePath: /a, upstream: s, policies: [ { json-limits: { depth: 5 } } ] } }
applications: { web: { keys: [ { name: k, secret: "${KEY}" } ], subscriptions: [ { api: a } ] } }
`);
});
afterAll(async () => {
  await gate.stop();
  await upstream.close();
});

const call = async (id: string, key: string): Promise<Response> =>
  fetch(`${gate.url}/a/x`, {
    method: 'POST',
    body: '{"a":[1]}',
    headers: { 'x-api-key': key, 'content-type': 'application/json', 'x-request-id': id },
  });

describe("the gate's own time", () => {
  it('is told part by part, with the policies that were waited for', async () => {
    expect((await call('passes-1', KEY)).status).toBe(200);
    expect((await call('refused-1', 'nobodys-key-0123456789')).status).toBe(401);
    const records = new Map((await gate.records()).map((record) => [record.id, record]));
    const [passed, refused] = [records.get('passes-1'), records.get('refused-1')];
    for (const record of [passed, refused]) {
      const { guardMs = 0, identifyMs = 0, admitMs = 0, shapeMs = 0, gatewayMs = 0 } = record ?? {};
      // Each is rounded to a microsecond, and left out below it.
      expect(Math.abs(guardMs + identifyMs + admitMs + shapeMs - gatewayMs)).toBeLessThan(0.004);
      expect(identifyMs).toBeGreaterThan(0);
    }
    expect(passed?.waits).toMatch(/^json-limits: \d+\.\d ms$/);
    expect(refused?.waits).toBeUndefined();
    expect(refused?.admitMs).toBeUndefined();
  });
});
