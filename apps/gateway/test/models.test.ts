import http from 'node:http';
import { startDemoModel, type DemoModel } from '@gatehouse/ai/demo';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, startGate, type Running } from './harness.ts';

/** The official SDK with nothing changed but its base URL. */
function sdk(apiKey = 'key-1'): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${gate.url}/v1`, maxRetries: 0 });
}

let demo: DemoModel;
let silent: http.Server;
let silentPort: number;
let silentGone: Promise<void>;
let gate: Running;

beforeAll(async () => {
  demo = await startDemoModel();
  let left: () => void = () => {};
  silentGone = new Promise((resolve) => (left = resolve));
  silent = http.createServer((request, response) => {
    request.resume();
    response.on('close', () => left());
  });
  silentPort = await listen(silent);
  gate = await startGate(`
ai:
  providers:
    one: { kind: openai-compatible, baseUrl: "${demo.url}", apiKey: sk-provider }
    # Of its own key, because one that is refused rests with all its models.
    revoked: { kind: openai-compatible, baseUrl: "${demo.url}", apiKey: sk-revoked }
    down: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1/v1", apiKey: x }
    silent: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${silentPort}/v1", apiKey: x }
  models:
    assistant: { targets: [ { provider: one, model: demo } ] }
    embedder: { targets: [ { provider: one, model: demo-embedding } ] }
    failing: { targets: [ { provider: one, model: demo-error-500 } ] }
    busy: { targets: [ { provider: one, model: demo-error-429 } ] }
    denied: { targets: [ { provider: revoked, model: demo-error-401 } ] }
    resilient: { targets: [ { provider: down, model: m } ], fallback: [ { provider: one, model: demo-error-503 }, { provider: one, model: demo } ] }
    cut: { targets: [ { provider: one, model: demo-cut } ] }
    truncated: { targets: [ { provider: one, model: demo-truncate } ] }
    quiet: { targets: [ { provider: silent, model: m } ] }
    secret: { targets: [ { provider: one, model: demo } ] }
  access:
    - { application: mobile, models: [assistant, embedder, failing, busy, denied, resilient, cut, truncated, quiet] }
applications:
  mobile: { keys: [ { name: ci, secret: key-1 } ] }
  nobody: { keys: [ { name: ci, secret: key-2 } ] }
`);
});
afterAll(async () => {
  await gate.stop();
  await demo.close();
  silent.closeAllConnections();
  silent.close();
});

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }];

async function streamed(model: string, options: object = {}): Promise<OpenAI.ChatCompletionChunk[]> {
  const stream = await sdk().chat.completions.create({ model, messages, stream: true, ...options });
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

describe('the official SDK', () => {
  it('completes a chat', async () => {
    const { data, response } = await sdk().chat.completions.create({ model: 'assistant', messages }).withResponse();
    expect(data.choices[0]?.message.content).toContain('Hello');
    expect(response.headers.get('x-gatehouse-model')).toBe('one/demo');
    expect(response.headers.get('x-request-id')).toBeTruthy();
  });

  it('streams a chat without the usage that only the gate asked for', async () => {
    const chunks = await streamed('assistant');
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toContain('Hello');
    expect(chunks.every((chunk) => chunk.choices.length > 0)).toBe(true);
  });

  it('streams the usage that the caller asked for', async () => {
    const chunks = await streamed('assistant', { stream_options: { include_usage: true } });
    expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0);
  });

  it('embeds', async () => {
    const { data } = await sdk().embeddings.create({ model: 'embedder', input: 'Hello', dimensions: 8 });
    expect(data[0]?.embedding).toHaveLength(8);
  });

  it('lists the models that the key may call', async () => {
    const ids = (await sdk().models.list()).data.map(({ id }) => id);
    expect(ids).toContain('assistant');
    expect(ids).not.toContain('secret');
    expect((await sdk().models.retrieve('assistant')).id).toBe('assistant');
  });
});

describe('refusals in the shape of OpenAI', () => {
  it.each([
    [
      'no key',
      async () => sdk('wrong').chat.completions.create({ model: 'assistant', messages }),
      OpenAI.AuthenticationError,
    ],
    ['an unknown model', async () => sdk().chat.completions.create({ model: 'nope', messages }), OpenAI.NotFoundError],
    [
      'a model of others',
      async () => sdk().chat.completions.create({ model: 'secret', messages }),
      OpenAI.PermissionDeniedError,
    ],
    [
      'an application without models',
      async () => sdk('key-2').chat.completions.create({ model: 'assistant', messages }),
      OpenAI.PermissionDeniedError,
    ],
    [
      'a failing provider',
      async () => sdk().chat.completions.create({ model: 'failing', messages }),
      OpenAI.InternalServerError,
    ],
    ['a busy provider', async () => sdk().chat.completions.create({ model: 'busy', messages }), OpenAI.RateLimitError],
    [
      "a provider that refuses the gate's own key",
      async () => sdk().chat.completions.create({ model: 'denied', messages }),
      OpenAI.InternalServerError,
    ],
  ])('%s', async (_name, attempt, kind) => {
    await expect(attempt()).rejects.toBeInstanceOf(kind);
  });

  it.each([
    '{',
    '[]',
    '{"model":1,"messages":[]}',
    '{"messages":[]}',
    '{"model":"assistant","model":"secret","messages":[]}',
  ])('the body %s is refused with 400', async (body) => {
    const reply = await fetch(`${gate.url}/v1/chat/completions`, {
      method: 'POST',
      body,
      headers: { authorization: 'Bearer key-1' },
    });
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { type: 'invalid_request_error' } }]);
  });
});

describe('failure', () => {
  it('falls back before the first byte', async () => {
    const { response } = await sdk().chat.completions.create({ model: 'resilient', messages }).withResponse();
    expect(response.headers.get('x-gatehouse-model')).toBe('one/demo');
    expect((await streamed('resilient')).length).toBeGreaterThan(2);
  });

  it.each(['cut', 'truncated'])('never lets a stream that was %s look complete', async (model) => {
    await expect(streamed(model)).rejects.toThrow();
  });

  it('aborts the provider when the caller leaves', async () => {
    const abort = new AbortController();
    const call = sdk().chat.completions.create({ model: 'quiet', messages }, { signal: abort.signal });
    await new Promise<void>((resolve) => silent.once('request', () => resolve()));
    abort.abort();
    await expect(call).rejects.toThrow();
    await silentGone;
  });
});

describe('the record', () => {
  it('tells one story of each call', async () => {
    const records = await gate.records();
    const of = (model: string) => records.filter(({ aiModelAsked }) => aiModelAsked === model);
    expect(of('assistant').filter(({ status }) => status === 200)).toHaveLength(3);
    for (const record of of('assistant').filter(
      ({ application, status }) => application === 'mobile' && status === 200,
    )) {
      expect(record).toMatchObject({ aiProvider: 'one', aiModel: 'demo', aiUsageState: 'measured' });
      expect(record.aiOutputTokens).toBeGreaterThan(0);
    }
    expect(of('resilient')).toMatchObject([{ aiAttempts: 3 }, { aiStream: true, status: 200 }]);
    expect(of('cut')).toMatchObject([{ code: 'provider.truncated' }]);
    expect(of('quiet')).toMatchObject([{ code: 'request.cancelled' }]);
    expect(JSON.stringify(records)).not.toMatch(/key-1|sk-provider/);
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
  });
});
