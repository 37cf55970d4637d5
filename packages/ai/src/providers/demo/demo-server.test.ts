import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readChatReply, readEmbeddingsReply } from '../../dialects/openai-chat/reply-reader.ts';
import { ChatStreamReader, type StreamEnd } from '../../dialects/openai-chat/stream-reader.ts';
import { asFields, asList, listFields, parseJson, type Fields } from '../../loose-json.ts';
import { SseSplitter } from '../../sse.ts';
import { DEMO_MODELS } from './demo-models.ts';
import { startDemoModel, type DemoModel } from './demo-server.ts';

const waits: number[] = [];
let demo: DemoModel;

beforeAll(async () => {
  demo = await startDemoModel({
    stepMs: 10,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  });
});
afterAll(() => demo.close());

function post(path: string, body: object | string): Promise<Response> {
  return fetch(demo.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const HELLO = [{ role: 'user', content: 'Hello, gate' }];

const chat = (rest: object = {}): Promise<Response> =>
  post('/chat/completions', { model: 'demo', messages: HELLO, ...rest });

const stream = (rest: object = {}): Promise<Response> => chat({ stream: true, ...rest });

async function json(response: Response | Promise<Response>): Promise<Fields> {
  return asFields(parseJson(await (await response).text())) ?? {};
}

/** The chunks of a stream, and how it ended; `broken` when the connection did. */
async function chunks(
  response: Response,
): Promise<{ chunks: Fields[]; end: StreamEnd; error: string | undefined; broken: boolean }> {
  const seen: Fields[] = [];
  const reader = new ChatStreamReader({ hideUsage: false });
  const splitter = new SseSplitter((event) => {
    if (reader.read(event) === 'forward' && event.data.startsWith('{'))
      seen.push(asFields(parseJson(event.data)) ?? {});
  });
  let broken = false;
  try {
    for await (const piece of response.body ?? []) splitter.push(Buffer.from(piece));
  } catch {
    broken = true;
  }
  splitter.end();
  return { chunks: seen, end: reader.end(), error: reader.error?.kind, broken };
}

const deltas = (seen: readonly Fields[]): unknown[] => seen.map((chunk) => listFields(chunk['choices'])[0]?.['delta']);

const contentOf = (delta: unknown): unknown => asFields(delta)?.['content'] ?? '';

describe('the demo model answers', () => {
  it('a chat in the form of OpenAI', async () => {
    const response = await chat();
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await json(response)).toEqual({
      id: expect.stringMatching(/^chatcmpl-demo-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'demo',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.stringMatching(/You said: "Hello, gate"$/), refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: expect.any(Number), total_tokens: expect.any(Number) },
    });
  });

  it('the same bytes to the same call', async () => {
    expect(await (await chat()).text()).toBe(await (await chat()).text());
    expect(await (await stream()).text()).toBe(await (await stream()).text());
  });

  it('in a form that the reply reader reads', async () => {
    const facts = readChatReply(Buffer.from(await (await chat()).arrayBuffer()));
    expect(facts).toMatchObject({ model: 'demo', finishReason: 'stop', usage: { inputUncached: 3 } });
  });

  it('with a tool call when one is forced', async () => {
    const tools = [{ type: 'function', function: { name: 'clock', parameters: { type: 'object', properties: {} } } }];
    const { choices } = await json(chat({ tools, tool_choice: 'required' }));
    expect(choices).toMatchObject([
      {
        message: { content: null, tool_calls: [{ type: 'function', function: { name: 'clock', arguments: '{}' } }] },
        finish_reason: 'tool_calls',
      },
    ]);
  });

  it('not more than it may', async () => {
    const { choices, usage } = await json(chat({ max_tokens: 4 }));
    expect(choices).toMatchObject([{ finish_reason: 'length' }]);
    expect(usage).toMatchObject({ completion_tokens: 4 });
  });
});

describe('the demo model streams', () => {
  it('a role, the words, the reason to stop and the end', async () => {
    const response = await stream();
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const { chunks: seen, end } = await chunks(response);
    expect(end).toEqual({ complete: true, finishReason: 'stop', usage: undefined, usageState: 'missing' });
    expect(deltas(seen)[0]).toEqual({ role: 'assistant', content: '', refusal: null });
    expect(deltas(seen).at(-1)).toEqual({});
    expect(new Set(seen.map(({ id, created }) => `${String(id)} ${String(created)}`)).size).toBe(1);
    for (const chunk of seen) expect(chunk).not.toHaveProperty('usage');
  });

  it('the words that it gives whole', async () => {
    const { chunks: seen } = await chunks(await stream());
    const whole = await json(chat());
    expect(deltas(seen).map(contentOf).join('')).toBe(
      asFields(listFields(whole['choices'])[0]?.['message'])?.['content'],
    );
  });

  it('the usage when it is asked for', async () => {
    const { chunks: seen, end } = await chunks(await stream({ stream_options: { include_usage: true } }));
    const whole = await json(chat());
    expect(seen.at(-1)).toMatchObject({ choices: [], usage: whole['usage'] });
    for (const chunk of seen.slice(0, -1)) expect(chunk['usage']).toBeNull();
    expect(end).toMatchObject({ usageState: 'measured', usage: { inputUncached: 3 } });
  });

  it('a tool call, its name first and its arguments in pieces', async () => {
    const parameters = { type: 'object', properties: { text: { type: 'string' } } };
    const tools = [{ type: 'function', function: { name: 'say', parameters } }];
    const { chunks: seen, end } = await chunks(await stream({ tools, tool_choice: 'required' }));
    const calls = deltas(seen).flatMap((delta) => listFields(asFields(delta)?.['tool_calls']));
    expect(calls[0]).toEqual({
      index: 0,
      id: expect.any(String),
      type: 'function',
      function: { name: 'say', arguments: '' },
    });
    expect(calls.map((piece) => asFields(piece['function'])?.['arguments']).join('')).toBe('{"text":"Hello, gate"}');
    expect(end.finishReason).toBe('tool_calls');
  });
});

describe('the demo model fails on demand:', () => {
  it('demo-error-<status> refuses with that status', async () => {
    for (const status of [400, 401, 404, 429, 500, 503, 529]) {
      const response = await chat({ model: `demo-error-${status}` });
      expect(response.status).toBe(status);
      expect(await json(response)).toMatchObject({ error: { message: 'The demo model was asked to fail.' } });
    }
  });

  it('demo-error-429 says how long to wait', async () => {
    const response = await stream({ model: 'demo-error-429' });
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await json(response)).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  });

  it('demo-slow waits in front of each chunk', async () => {
    waits.length = 0;
    const { chunks: seen, end } = await chunks(await stream({ model: 'demo-slow' }));
    expect(end.complete).toBe(true);
    expect(waits).toEqual(seen.map(() => 10));
  });

  it('demo-slow waits as long in front of a whole answer', async () => {
    waits.length = 0;
    expect((await chat({ model: 'demo-slow' })).status).toBe(200);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(50);
  });

  it('demo-cut breaks the connection in the middle of a stream', async () => {
    const { chunks: seen, end, broken } = await chunks(await stream({ model: 'demo-cut' }));
    expect(broken).toBe(true);
    expect(seen.length).toBeGreaterThan(1);
    expect(end).toMatchObject({ complete: false, finishReason: undefined });
  });

  it('demo-cut breaks the connection in the middle of a whole answer', async () => {
    const response = await chat({ model: 'demo-cut' });
    await expect(response.text()).rejects.toThrow();
  });

  it('demo-truncate ends a stream cleanly but too early', async () => {
    const { end, broken } = await chunks(await stream({ model: 'demo-truncate' }));
    expect(broken).toBe(false);
    expect(end).toMatchObject({ complete: false, finishReason: undefined });
  });

  it('demo-truncate ends a whole answer cleanly but too early', async () => {
    const body = Buffer.from(await (await chat({ model: 'demo-truncate' })).arrayBuffer());
    expect(readChatReply(body)).toEqual({ problem: 'The reply is not a JSON object.' });
  });

  it('demo-stream-error reports an error in the middle of a stream', async () => {
    const { end, error } = await chunks(await stream({ model: 'demo-stream-error' }));
    expect(error).toBe('upstream');
    expect(end.complete).toBe(false);
  });

  it('demo-stream-error reports an error as a success', async () => {
    const response = await chat({ model: 'demo-stream-error' });
    expect(response.status).toBe(200);
    expect(readChatReply(Buffer.from(await response.arrayBuffer()))).toMatchObject({ error: { kind: 'upstream' } });
  });

  it('demo-stall stops in the middle of a stream until the caller leaves', async () => {
    const leave = new AbortController();
    const body = JSON.stringify({ model: 'demo-stall', stream: true, messages: HELLO });
    const response = await fetch(`${demo.url}/chat/completions`, { method: 'POST', body, signal: leave.signal });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toMatch(/^data: \{/);
    leave.abort();
    await expect(reader?.closed).rejects.toThrow();
  });

  it('demo-stall gives no whole answer at all', async () => {
    const silent = await startDemoModel();
    const body = JSON.stringify({ model: 'demo-stall', messages: HELLO });
    const call = fetch(`${silent.url}/chat/completions`, { method: 'POST', body });
    const outcome = expect(call).rejects.toThrow();
    await silent.close();
    await outcome;
  });
});

const embed = (rest: object): Promise<Response> => post('/embeddings', { model: 'demo-embedding', ...rest });

async function vectors(rest: object): Promise<number[][]> {
  const { data } = await json(embed(rest));
  return listFields(data).map(({ embedding }) => {
    if (typeof embedding !== 'string') return (asList(embedding) ?? []).map(Number);
    const bytes = Buffer.from(embedding, 'base64');
    return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
  });
}

const cosine = (a: readonly number[] = [], b: readonly number[] = []): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

describe('the demo model moderates', () => {
  it('in the form of OpenAI', async () => {
    const parts = [{ type: 'text', text: 'Violence!' }];
    for (const [input, flagged] of [
      ['peace', [false]],
      [
        ['peace', 'no violence'],
        [false, true],
      ],
      [parts, [true]],
    ] as const) {
      const { model, results } = await json(post('/moderations', { model: 'demo', input }));
      expect([model, listFields(results).map((result) => result['flagged'])]).toEqual(['demo', flagged]);
    }
  });
});

describe('the demo model embeds', () => {
  it('in the form of OpenAI', async () => {
    expect(await json(embed({ input: ['a gate', 'a key'], dimensions: 2 }))).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [expect.any(Number), expect.any(Number)] },
        { object: 'embedding', index: 1, embedding: [expect.any(Number), expect.any(Number)] },
      ],
      model: 'demo-embedding',
      usage: { prompt_tokens: 6, total_tokens: 6 },
    });
  });

  it('in a form that the reply reader reads', async () => {
    const body = Buffer.from(await (await embed({ input: 'a gate' })).arrayBuffer());
    expect(readEmbeddingsReply(body)).toMatchObject({ model: 'demo-embedding', usage: { inputUncached: 3 } });
  });

  it('as unit vectors of the dimensions that were asked for', async () => {
    for (const dimensions of [1, 3, 256, 1024]) {
      const [vector = []] = await vectors({ input: 'a gate', dimensions });
      expect(vector).toHaveLength(dimensions);
      expect(cosine(vector, vector)).toBeCloseTo(1, 4);
    }
  });

  it('alike in both encodings', async () => {
    const input = ['a gate', 'größer 🏯'];
    expect(await vectors({ input, encoding_format: 'base64' })).toEqual(
      await vectors({ input, encoding_format: 'float' }),
    );
  });

  it('texts that share words near each other', async () => {
    const [gate, near, far] = await vectors({
      input: ['the old gate is open', 'The gate is open', 'seven yellow submarines'],
    });
    expect(cosine(gate, near)).toBeGreaterThan(0.7);
    expect(cosine(gate, far)).toBeLessThan(0.4);
  });

  it('tokens and lists of tokens', async () => {
    expect(await vectors({ input: [5, 6, 7] })).toHaveLength(1);
    expect(await vectors({ input: [[5], [6, 7]] })).toHaveLength(2);
    expect(await json(embed({ input: [[5], [6, 7]], dimensions: 1 }))).toMatchObject({ usage: { prompt_tokens: 3 } });
  });
});

describe('the demo model lists', () => {
  it('its models', async () => {
    const { data } = await json(fetch(`${demo.url}/models`));
    expect(listFields(data).map(({ id }) => id)).toEqual(DEMO_MODELS);
  });

  it('one model', async () => {
    expect(await json(fetch(`${demo.url}/models/demo-error-418`))).toMatchObject({
      id: 'demo-error-418',
      object: 'model',
    });
    expect((await fetch(`${demo.url}/models/ghost`)).status).toBe(404);
  });
});

describe('the demo model refuses', () => {
  const cases: Readonly<Record<string, readonly [string, object | string, number, string | null]>> = {
    'a body that is no JSON': ['/chat/completions', 'hello', 400, null],
    'a body that is too large': ['/chat/completions', `{"x":"${'x'.repeat(5_000_000)}"}`, 400, null],
    'a chat without a model': ['/chat/completions', { messages: HELLO }, 400, 'model'],
    'a chat without messages': ['/chat/completions', { model: 'demo' }, 400, 'messages'],
    'a chat with no message': ['/chat/completions', { model: 'demo', messages: [] }, 400, 'messages'],
    'two choices': ['/chat/completions', { model: 'demo', messages: HELLO, n: 2 }, 400, 'n'],
    'a limit that is no number': [
      '/chat/completions',
      { model: 'demo', messages: HELLO, max_tokens: 'x' },
      400,
      'max_completion_tokens',
    ],
    'a limit of nothing': [
      '/chat/completions',
      { model: 'demo', messages: HELLO, max_tokens: 0 },
      400,
      'max_completion_tokens',
    ],
    'a model that it does not play': ['/chat/completions', { model: 'gpt-5', messages: HELLO }, 404, 'model'],
    'a status that is no error': ['/chat/completions', { model: 'demo-error-200', messages: HELLO }, 404, 'model'],
    'nothing to embed': ['/embeddings', { model: 'demo', input: [] }, 400, 'input'],
    'an empty text to embed': ['/embeddings', { model: 'demo', input: ['a', ''] }, 400, 'input'],
    'texts and tokens together': ['/embeddings', { model: 'demo', input: ['a', 5] }, 400, 'input'],
    'dimensions beyond its limit': ['/embeddings', { model: 'demo', input: 'a', dimensions: 5000 }, 400, 'dimensions'],
    'an encoding that it does not know': [
      '/embeddings',
      { model: 'demo', input: 'a', encoding_format: 'hex' },
      400,
      'encoding_format',
    ],
    'an embedding without a model': ['/embeddings', { input: 'a' }, 400, 'model'],
    'an embedding by a model that it does not play': ['/embeddings', { model: 'x', input: 'a' }, 404, 'model'],
    'an embedding on demand': ['/embeddings', { model: 'demo-error-503', input: 'a' }, 503, null],
    'nothing to moderate': ['/moderations', { model: 'demo', input: [] }, 400, 'input'],
    'a picture to moderate': ['/moderations', { model: 'demo', input: [{ type: 'image_url' }] }, 400, 'input'],
    'a moderation without a model': ['/moderations', { input: 'a' }, 400, 'model'],
    'a moderation by a model that it does not play': ['/moderations', { model: 'x', input: 'a' }, 404, 'model'],
    'a moderation on demand': ['/moderations', { model: 'demo-error-503', input: 'a' }, 503, null],
    'other paths': ['/completions', {}, 404, null],
  };
  for (const [name, [path, body, status, param]] of Object.entries(cases)) {
    it(name, async () => {
      const response = await post(path, body);
      expect(response.status).toBe(status);
      expect(await json(response)).toMatchObject({ error: { message: expect.any(String), param } });
    });
  }

  it('other methods', async () => {
    expect((await fetch(`${demo.url}/chat/completions`, { method: 'DELETE' })).status).toBe(404);
  });

  it('to start twice on one port', async () => {
    await expect(startDemoModel({ port: Number(new URL(demo.url).port) })).rejects.toThrow(/EADDRINUSE/);
  });
});
