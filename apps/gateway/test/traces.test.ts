import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawStatus } from './raw-call.ts';
import { startGate, startUpstream, type Running, type Upstream } from './harness.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

let upstream: Upstream;
let gate: Running;
let unsampled: Running;

const config = (more: string): string => `
apis: { open: { basePath: /open, access: open, upstream: "http://127.0.0.1:${upstream.port}" } }
${more}`;

beforeAll(async () => {
  upstream = await startUpstream();
  gate = await startGate(config('telemetry: { traces: { otlp: { url: "http://127.0.0.1:1" } } }'));
  unsampled = await startGate(config(''));
});
afterAll(async () => {
  await gate.stop();
  await unsampled.stop();
  await upstream.close();
});

/** The fields that the upstream was sent, and the record of the call, which `records` below has. */
async function call(
  running: Running,
  id: string,
  headers: Record<string, string>,
): Promise<NodeJS.Dict<string | string[]>> {
  await fetch(`${running.url}/open/${id}`, { headers: { ...headers, 'x-request-id': id } });
  return upstream.seen.find(({ url }) => url?.endsWith(id))?.headers ?? {};
}

const traceparentOf = (headers: NodeJS.Dict<string | string[]>): readonly string[] =>
  String(headers['traceparent']).split('-');

describe('a trace', () => {
  it('goes on through a span of the gate, sampled or not as the caller has decided', async () => {
    for (const [running, flags] of [
      [gate, '00'],
      [unsampled, '01'],
    ] as const) {
      const headers = await call(running, `continued-${flags}`, {
        traceparent: `00-${ID}-${PARENT}-${flags}`,
        tracestate: 'vendor=opaque,other=1',
      });
      const [version, traceId, span, sent] = traceparentOf(headers);
      expect([version, traceId, sent]).toEqual(['00', ID, flags]);
      expect(span).toMatch(/^(?!00f067aa0ba902b7)[0-9a-f]{16}$/);
      expect(headers['tracestate']).toBe('vendor=opaque,other=1');
    }
  });

  it('begins where there is none, sampled as the configuration says', async () => {
    expect(traceparentOf(await call(gate, 'new-1', {}))[3]).toBe('03');
    expect(traceparentOf(await call(unsampled, 'new-2', {}))[3]).toBe('02');
  });

  it('begins anew where what came cannot be read, and leaves the state of the old one behind', async () => {
    const headers = await call(gate, 'broken-1', { traceparent: `00-${ID}-${PARENT}`, tracestate: 'vendor=opaque' });
    expect(traceparentOf(headers)[1]).not.toBe(ID);
    expect(headers).not.toHaveProperty('tracestate');
  });

  it('begins anew where two came', async () => {
    const lines = [`traceparent: 00-${ID}-${PARENT}-01`, `traceparent: 00-${ID}-${PARENT}-01`, 'tracestate: a=b'];
    await rawStatus(
      gate.port,
      `GET /open/twice HTTP/1.1\r\nhost: a\r\n${lines.join('\r\n')}\r\nconnection: close\r\n\r\n`,
    );
    const headers = upstream.seen.find(({ url }) => url?.endsWith('twice'))?.headers ?? {};
    expect(traceparentOf(headers)[1]).not.toBe(ID);
    expect(headers).not.toHaveProperty('tracestate');
  });

  it('is in the record with the spans and the decision', async () => {
    await call(gate, 'told-1', { traceparent: `00-${ID}-${PARENT}-01` });
    await call(gate, 'told-2', { traceparent: `00-${ID}-${PARENT}-00` });
    await call(gate, 'told-3', {});
    const records = new Map((await gate.records()).map((record) => [record.id, record]));
    const spanSeen = (id: string): string | undefined =>
      traceparentOf(upstream.seen.find(({ url }) => url?.endsWith(id))?.headers ?? {})[2];
    const sampled = { traceId: ID, parentSpanId: PARENT, traceSampled: true };
    expect(records.get('told-1')).toMatchObject({ ...sampled, spanId: spanSeen('told-1') });
    expect(records.get('told-2')).toMatchObject({ traceId: ID, spanId: spanSeen('told-2') });
    expect(records.get('told-2')).not.toHaveProperty('traceSampled');
    expect(records.get('told-3')).toMatchObject({ traceSampled: true, spanId: spanSeen('told-3') });
    expect(records.get('told-3')).not.toHaveProperty('parentSpanId');
  });
});
