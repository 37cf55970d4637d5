import http2 from 'node:http2';
import { startDemoModel } from '@gatehouse/ai/demo';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGate, type Running } from './harness.ts';

interface Heard {
  readonly headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader;
  readonly text: string;
  readonly rstCode: number;
}

async function gateWithModels(): Promise<{ gate: Running; client: http2.ClientHttp2Session }> {
  const demo = await startDemoModel();
  const gate = await startGate(`
ai:
  providers: { one: { kind: openai-compatible, baseUrl: "${demo.url}", apiKey: sk-provider } }
  models:
    assistant: { targets: [ { provider: one, model: demo } ] }
    truncated: { targets: [ { provider: one, model: demo-truncate } ] }
  access: [ { application: mobile, models: [assistant, truncated] } ]
applications:
  mobile: { keys: [ { name: ci, secret: key-1 } ] }
`);
  const client = http2.connect(gate.url);
  client.on('error', () => {});
  onTestFinished(async () => {
    client.destroy();
    await gate.stop();
    await demo.close();
  });
  return { gate, client };
}

async function chat(client: http2.ClientHttp2Session, model: string, more: object = {}): Promise<Heard> {
  const stream = client.request({
    ':method': 'POST',
    ':path': '/v1/chat/completions',
    authorization: 'Bearer key-1',
    'content-type': 'application/json',
  });
  stream.end(JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...more }));
  let headers: Heard['headers'] = {};
  let text = '';
  stream.on('response', (each) => (headers = each));
  stream.on('data', (bytes: Buffer) => (text += String(bytes)));
  stream.on('error', () => {});
  await new Promise<void>((resolve) => {
    stream.on('close', () => resolve());
  });
  return { headers, text, rstCode: stream.rstCode ?? 0 };
}

describe('a model call over HTTP/2', () => {
  it('is answered whole', async () => {
    const { client } = await gateWithModels();
    const { headers, text, rstCode } = await chat(client, 'assistant');
    expect(headers).toMatchObject({ ':status': 200, 'x-gatehouse-model': 'one/demo' });
    expect(JSON.parse(text)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    expect(rstCode).toBe(0);
  });

  it('is answered as a stream of events', async () => {
    const { client } = await gateWithModels();
    const { headers, text, rstCode } = await chat(client, 'assistant', { stream: true });
    expect(headers).toMatchObject({ ':status': 200, 'content-type': expect.stringContaining('text/event-stream') });
    expect(text).toMatch(/data: \[DONE\]\s*$/);
    expect(rstCode).toBe(0);
  });

  it('whose stream breaks off is reset, so that nobody takes it for whole', async () => {
    const { client, gate } = await gateWithModels();
    const { text, rstCode } = await chat(client, 'truncated', { stream: true });
    expect(text).not.toContain('[DONE]');
    expect(rstCode).toBe(http2.constants.NGHTTP2_INTERNAL_ERROR);
    expect(await gate.records()).toMatchObject([{ code: 'provider.truncated' }]);
  });

  it('that is refused is told so in the dialect of its caller', async () => {
    const { client } = await gateWithModels();
    const { headers, text } = await chat(client, 'unknown');
    expect(headers[':status']).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'model_not_found' } });
  });
});
