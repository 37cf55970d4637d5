import type http from 'node:http';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockedGate } from './clocked-gate.ts';
import { startGate, type Running } from './harness.ts';
import { caller, post, send, upstream, within } from './review-tools.ts';

const IMAGES = '/v1/images/generations';
const SPEECH = '/v1/audio/speech';
const TRANSCRIPTIONS = '/v1/audio/transcriptions';
const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS = { 'content-type': 'text/event-stream' };
const USAGE = {
  input_tokens: 12,
  input_tokens_details: { text_tokens: 8, image_tokens: 4 },
  output_tokens: 100,
  output_tokens_details: { text_tokens: 0, image_tokens: 100 },
};
const PICTURE = JSON.stringify({ created: 1, data: [{ b64_json: 'AA==' }], usage: USAGE });
const DRAW = JSON.stringify({ model: 'm', prompt: 'a cat' });
const SAY = JSON.stringify({ model: 'm', input: 'Hello', voice: 'alloy' });

type Answer = (response: http.ServerResponse, body: Buffer) => void;

const draw: Answer = (response) => response.writeHead(200, JSON_TYPE).end(PICTURE);
const say: Answer = (response) => response.writeHead(200, { 'content-type': 'audio/mpeg' }).end('sound');
const hear: Answer = (response) => response.writeHead(200, JSON_TYPE).end('{"text":"Hello"}');
const fail: Answer = (response) => response.writeHead(500, JSON_TYPE).end('{"error":{"message":"x"}}');

async function provider(answer: Answer) {
  const bodies: Buffer[] = [];
  const running = await upstream((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      bodies.push(body);
      answer(response, body);
    });
  });
  return { ...running, bodies };
}

interface Setting {
  readonly kind?: string;
  /** The vendor's name of the model. */
  readonly model?: string;
  readonly more?: string;
  readonly require?: 'open' | 'key';
}

/** A gate whose model `m` is served by those providers, the first one first. */
async function gateOf(
  answers: readonly Answer[],
  { kind = 'openai', model = 'gpt-image-1', more = '', require = 'open' }: Setting = {},
) {
  const providers = await Promise.all(answers.map((answer) => provider(answer)));
  const rows = providers.map(
    ({ port }, i) => `    p${i + 1}: { kind: ${kind}, baseUrl: "http://127.0.0.1:${port}/v1" }\n`,
  );
  const [first, ...others] = providers.map((_, i) => `{ provider: p${i + 1}, model: ${model} }`);
  const running = await clockedGate(
    `ai:\n  require: ${require}\n  providers:\n${rows.join('')}    claude: { kind: anthropic, apiKey: k }\n` +
      `  models:\n    m: { targets: [ ${first} ], fallback: [ ${others.join(', ')} ], retries: { attempts: 3 } }\n` +
      `    dumb: { targets: [ { provider: claude, model: c } ] }\n` +
      `    mixed: { targets: [ { provider: claude, model: c } ], fallback: [ ${first} ] }\n${more}`,
  );
  const records = async (): Promise<readonly unknown[]> => {
    await within(3000, () => running.records.length > 0);
    return running.records;
  };
  return { ...running, providers, records };
}

async function ask(url: string, body: string | FormData, key = ''): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { authorization: `Bearer ${key}` } });
}

function recording(fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  form.append('file', new Blob(['sound']), 'a.wav');
  for (const [name, value] of Object.entries({ model: 'm', ...fields })) form.append(name, value);
  return form;
}

describe('the record of a call beside chat', () => {
  it('has what a picture used and cost, by kinds of tokens', async () => {
    const { url, records } = await gateOf([draw]);
    await (await ask(url + IMAGES, DRAW)).text();
    expect(await records()).toMatchObject([
      {
        route: 'ai POST /v1/images/generations',
        aiDialect: 'openai-chat',
        aiModelAsked: 'm',
        aiProvider: 'p1',
        aiModel: 'gpt-image-1',
        aiStream: false,
        aiInputTokens: 12,
        aiOutputTokens: 100,
        aiUsageState: 'measured',
        // 8 at 5, 4 at 10 and 100 at 40 dollars a million.
        aiCostMicroUsd: 4080,
      },
    ]);
  });

  it('has no cost of what nobody counts', async () => {
    const { url, records } = await gateOf([say], { model: 'gpt-4o-mini-tts' });
    const reply = await ask(url + SPEECH, SAY);
    expect([reply.headers.get('content-type'), await reply.text()]).toEqual(['audio/mpeg', 'sound']);
    const [record] = await records();
    expect(record).toMatchObject({ status: 200, aiStream: true, bytesOut: 5, aiFirstTokenMs: expect.any(Number) });
    for (const name of ['aiCostMicroUsd', 'aiInputTokens', 'aiUsageState']) expect(record).not.toHaveProperty(name);
  });

  it('has a cost of nothing where the vendor sends no bill', async () => {
    const { url, records } = await gateOf([(response) => response.writeHead(200, JSON_TYPE).end('{"results":[]}')], {
      more: '  budgets: [ { of: all, usd: 1, per: month } ]\n',
    });
    const body = '{"model":"p1/omni-moderation-latest","input":"x"}';
    expect((await ask(`${url}/v1/moderations`, body)).status).toBe(200);
    expect(await records()).toMatchObject([{ aiCostMicroUsd: 0, aiPriceVersion: 'free' }]);
  });
});

describe('money and limits', () => {
  it('are refused for a model whose price nobody knows, under a hard budget', async () => {
    const { url, providers } = await gateOf([draw], {
      model: 'dall-e-3',
      more: '  budgets: [ { of: all, usd: 9, per: month } ]\n',
    });
    const reply = await ask(url + IMAGES, DRAW);
    expect([reply.status, await reply.json()]).toMatchObject([429, { error: { code: 'insufficient_quota' } }]);
    expect(providers[0]?.seen).toHaveLength(0);
  });

  it('are charged what was used, or what was set aside where nobody counts', async () => {
    const budgets =
      '  budgets: [ { of: all, usd: 9, per: month } ]\n  prices: { p1: { x: { input: 1, output: 10 } } }\n';
    const left = async (answer: Answer, path: string, body: string): Promise<(string | undefined)[]> => {
      const { url } = await gateOf([answer], { model: 'x', more: budgets });
      const heads = [await ask(url + path, body), await ask(url + path, body)];
      return heads.map(({ headers }) => /left=([\d.]+)/.exec(headers.get('x-gatehouse-budget') ?? '')?.[1]);
    };
    const [before, after] = await left(draw, IMAGES, DRAW);
    // 12 at one dollar and 100 at ten.
    expect(Number(before) - Number(after)).toBeCloseTo(0.001_012, 6);
    const [first, second] = await left(say, SPEECH, SAY);
    expect(Number(first) - Number(second)).toBeCloseTo(9 - Number(first), 6);
  });

  it('count against the limits on tokens of an application, and its models', async () => {
    const more =
      '  access: [ { application: a, models: [m], limits: [ { tokens: 20, window: 1h } ] } ]\n' +
      'applications: { a: { keys: [ { name: k, secret: key-a } ] } }\n';
    const { url } = await gateOf([draw], { more, require: 'key' });
    const statuses: number[] = [];
    for (const body of [DRAW, DRAW, JSON.stringify({ model: 'mixed', prompt: 'x' })]) {
      statuses.push((await ask(url + IMAGES, body, 'key-a')).status);
    }
    expect(statuses).toEqual([200, 429, 403]);
  });
});

describe('an answer of megabytes', () => {
  it('is a picture, whose usage stands at its end', async () => {
    const whole = JSON.stringify({ data: [{ b64_json: 'A'.repeat(3_000_000) }], usage: USAGE });
    const { url, records } = await gateOf([(response) => response.writeHead(200, JSON_TYPE).end(whole)]);
    expect(await (await ask(url + IMAGES, DRAW)).text()).toBe(whole);
    expect(await records()).toMatchObject([{ aiOutputTokens: 100, aiCostMicroUsd: 4080 }]);
  });

  it.each(['float', 'base64'])('is a list of vectors, as %s', async (encoding_format) => {
    const vector = Array.from({ length: 100_000 }, (_, at) => at + 0.5);
    const rows = [0, 1].map((index) => ({ object: 'embedding', index, embedding: vector }));
    const whole = JSON.stringify({
      object: 'list',
      data: rows,
      model: 'x',
      usage: { prompt_tokens: 2, total_tokens: 2 },
    });
    const { url, records } = await gateOf([(response) => response.writeHead(200, JSON_TYPE).end(whole)]);
    const reply = await ask(`${url}/v1/embeddings`, JSON.stringify({ model: 'm', input: ['a', 'b'], encoding_format }));
    const text = await reply.text();
    const base64 = Buffer.from(Float32Array.from(vector).buffer).toString('base64');
    const recoded = { ...JSON.parse(whole), data: rows.map((row) => ({ ...row, embedding: base64 })) };
    expect(text === (encoding_format === 'float' ? whole : JSON.stringify(recoded))).toBe(true);
    expect(await records()).toMatchObject([{ aiInputTokens: 2, aiUsageState: 'measured' }]);
  });
});

describe('a call beside chat goes elsewhere', () => {
  it.each<[string, string, Answer, Answer]>([
    ['a picture, after a failure', IMAGES, fail, draw],
    ['a picture, after a page', IMAGES, (response) => response.end('<html>'), draw],
    ['a picture, after something else', IMAGES, (response) => response.writeHead(200, JSON_TYPE).end('{}'), draw],
    ['sound, after a failure', SPEECH, fail, say],
    [
      'sound, after an error under a status of success',
      SPEECH,
      (response) => response.writeHead(200, JSON_TYPE).end('{"error":{"message":"x"}}'),
      say,
    ],
    [
      'sound, after silence',
      SPEECH,
      (response) => response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(),
      say,
    ],
    ['sound, after a cut before its first byte', SPEECH, (response) => response.destroy(), say],
  ])('%s', async (_, path, bad, good) => {
    const { url, providers } = await gateOf([bad, good]);
    const reply = await ask(url + path, path === IMAGES ? DRAW : SAY);
    expect([reply.status, reply.headers.get('x-gatehouse-model')]).toEqual([200, 'p2/gpt-image-1']);
    expect(providers.map(({ seen }) => seen.length)).toEqual([expect.any(Number), 1]);
  });

  it('a transcript, after a page and after half of one', async () => {
    const page: Answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Busy');
    const half: Answer = (response) => response.writeHead(200, JSON_TYPE).end('{"text":"Hel');
    const { url } = await gateOf([page, half, hear], { model: 'whisper-1' });
    const reply = await ask(url + TRANSCRIPTIONS, recording());
    expect([reply.headers.get('x-gatehouse-model'), await reply.text()]).toEqual(['p3/whisper-1', '{"text":"Hello"}']);
  });

  it('a stream, after an error as its first event', async () => {
    const bad: Answer = (response) =>
      response.writeHead(200, EVENTS).end('data: {"error":{"message":"x","code":"overloaded_error"}}\n\n');
    const good: Answer = (response) =>
      response.writeHead(200, EVENTS).end('data: {"type":"image_generation.completed"}\n\n');
    const { url } = await gateOf([bad, good]);
    const reply = await ask(url + IMAGES, JSON.stringify({ ...JSON.parse(DRAW), stream: true }));
    expect(reply.headers.get('x-gatehouse-model')).toBe('p2/gpt-image-1');
    expect(await reply.text()).toBe('data: {"type":"image_generation.completed"}\n\n');
  });

  it('past a vendor that has no such thing, and is refused where nobody has', async () => {
    const { url } = await gateOf([draw]);
    expect((await ask(url + IMAGES, JSON.stringify({ model: 'mixed', prompt: 'x' }))).status).toBe(200);
    const reply = await ask(url + IMAGES, JSON.stringify({ model: 'dumb', prompt: 'x' }));
    const message = 'A provider of the kind anthropic serves no images here.';
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { message, param: 'model' } }]);
  });
});

describe('what breaks off half-way never looks whole', () => {
  it('sound', async () => {
    const { port, records } = await gateOf([
      (response) => {
        response.writeHead(200, { 'content-type': 'audio/mpeg' }).write('half');
        setImmediate(() => response.destroy());
      },
    ]);
    const one = caller(port, post(SPEECH, SAY));
    await within(3000, () => one.socket.closed);
    expect(one.text()).toContain('half');
    expect(one.text()).not.toMatch(/\r\n0\r\n/);
    expect(await records()).toMatchObject([{ status: 200, code: 'provider.truncated' }]);
  });

  it.each([
    ['a cut', (response: http.ServerResponse) => response.destroy()],
    ['an end without the last event', (response: http.ServerResponse) => response.end()],
  ])('a stream, by %s', async (_, end) => {
    const { port, records } = await gateOf([
      (response) => {
        response.writeHead(200, EVENTS).write('data: {"type":"image_generation.partial_image"}\n\n');
        setImmediate(() => end(response));
      },
    ]);
    const one = caller(port, post(IMAGES, JSON.stringify({ ...JSON.parse(DRAW), stream: true })));
    await within(3000, () => one.socket.closed);
    expect(one.text()).toMatch(/partial_image/);
    expect(one.text()).not.toMatch(/\r\n0\r\n/);
    expect(await records()).toMatchObject([{ code: 'provider.truncated' }]);
  });
});

describe('a stream that was asked for', () => {
  it('is a plain answer of a model that knows none', async () => {
    const { url, providers } = await gateOf(
      [(response) => response.writeHead(200, JSON_TYPE).end('{"text":"Hello"}')],
      { model: 'whisper-1' },
    );
    const reply = await ask(url + TRANSCRIPTIONS, recording({ stream: 'true' }));
    expect([reply.headers.get('content-type'), await reply.json()]).toEqual(['application/json', { text: 'Hello' }]);
    expect(providers[0]?.bodies[0]?.toString('latin1')).toContain('name="model"\r\n\r\nwhisper-1\r\n');
  });
});

describe('guards of a call beside chat', () => {
  const more =
    '  guards:\n    personal: { kind: pii, action: mask }\n    calm: { kind: topics, action: block, on: [request], deny: [bomb] }\n';

  it.each<[string, string, string | FormData]>([
    ['in JSON', IMAGES, JSON.stringify({ n: 1, prompt: 'for jane@example.com', model: 'm' })],
    ['in a form', TRANSCRIPTIONS, recording({ prompt: 'for jane@example.com' })],
  ])('mask what is written in it: %s', async (_, path, body) => {
    const { url, providers } = await gateOf([path === IMAGES ? draw : hear], { more });
    expect((await ask(url + path, body)).status).toBe(200);
    const sent = providers[0]?.bodies[0]?.toString('latin1') ?? '';
    expect(sent).toContain('for [EMAIL_1]');
    expect(sent).not.toContain('jane');
    expect(sent).toContain('gpt-image-1');
  });

  it('refuse it', async () => {
    const { url, providers } = await gateOf([say], { more });
    const reply = await ask(url + SPEECH, JSON.stringify({ model: 'm', input: 'A bomb!', voice: 'alloy' }));
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { code: 'content_filter' } }]);
    for (const input of ['["A bomb!"]', '{"text":"A bomb!"}', String.raw`"A \q bomb!"`]) {
      const odd = await ask(url + SPEECH, `{"model":"m","voice":"alloy","input":${input}}`);
      expect([odd.status, await odd.json()]).toMatchObject([400, { error: { param: 'input' } }]);
    }
    expect(providers[0]?.seen).toHaveLength(0);
  });
});

describe('a form', () => {
  const field = (name: string, value: string, more = ''): string =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const FILE = field('file', '\0\r\n--\xff', '; filename="a.wav"');
  const GOOD = `${field('model', 'm')}${FILE}--b--\r\n`;
  const lines = 'Content-Type: multipart/form-data; boundary=b\r\nConnection: close\r\n';

  /** One for all: none of them reaches a provider. */
  let refusing: Running;
  beforeAll(async () => {
    refusing = await startGate(
      'ai: { require: open, providers: { p: { kind: openai, baseUrl: "http://127.0.0.1:1/v1" } }, ' +
        'models: { m: { targets: [ { provider: p, model: x } ] } } }\n',
    );
  });
  afterAll(async () => refusing.stop());

  it('may come byte by byte, in chunks that cut its line ends', async () => {
    const { port, providers } = await gateOf([hear], { model: 'whisper-1' });
    const socket = net.connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.setNoDelay(true);
    socket.write(`POST ${TRANSCRIPTIONS} HTTP/1.1\r\nHost: a\r\n${lines}Transfer-Encoding: chunked\r\n\r\n`);
    for (const byte of Buffer.from(GOOD, 'latin1'))
      socket.write(Buffer.from(`1\r\n${String.fromCodePoint(byte)}\r\n`, 'latin1'));
    socket.write('0\r\n\r\n');
    await within(3000, () => socket.closed);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(providers[0]?.bodies[0]?.toString('latin1')).toBe(GOOD.replace('\r\n\r\nm\r\n', '\r\n\r\nwhisper-1\r\n'));
  });

  it.each<[string, string, string]>([
    ['without a boundary', GOOD.replaceAll('--b', '--c'), 'does not begin with its boundary'],
    ['with a part that never ends', field('model', 'm') + FILE, 'ends inside a part|has something behind a boundary'],
    ['with a huge head', field('model', 'm', `; filename="${'a'.repeat(5000)}"`) + GOOD, 'head is too long'],
    ['with 10,000 parts', field('prompt', '').repeat(10_000) + GOOD, 'more than 128 parts'],
    [
      'with a form inside a part',
      field('file', 'x', '\r\nContent-Type: multipart/mixed; boundary=c') + GOOD,
      'a form inside a part',
    ],
    ['with a model as a file', field('model', 'm', '; filename="m"') + GOOD, 'must be a field, not a file'],
    ['with two models', field('model', 'm') + GOOD, "has 'model' twice"],
    ['with a second model behind its end', `${GOOD}${GOOD}`, 'something behind its last boundary'],
    [
      'with a second model that only some parsers see',
      `${field('model', 'm').slice(0, -2)}\n${GOOD}`,
      'a line of its own',
    ],
    ['without a model', `${FILE}--b--`, "names no 'model'"],
  ])('is refused before anybody is asked: %s', async (_, body, message) => {
    const reply = await send(refusing.port, post(TRANSCRIPTIONS, Buffer.from(body, 'latin1'), lines));
    expect(reply).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(reply.slice(reply.indexOf('\r\n\r\n') + 4))).toMatchObject({
      error: { message: expect.stringMatching(message), type: 'invalid_request_error' },
    });
  });

  it('is refused as JSON, and as a form without a boundary', async () => {
    const { port } = refusing;
    for (const type of ['application/json', 'multipart/form-data']) {
      const reply = await send(
        port,
        post(TRANSCRIPTIONS, '{"model":"m"}', `Content-Type: ${type}\r\nConnection: close\r\n`),
      );
      expect(reply).toContain("must be 'multipart/form-data'");
    }
  });

  it('may be as large as what OpenAI takes, and pictures together larger', async () => {
    const { port } = refusing;
    const status = async (path: string, bytes: number): Promise<string> => {
      const one = caller(port, `POST ${path} HTTP/1.1\r\nHost: a\r\n${lines}Content-Length: ${bytes}\r\n\r\n`);
      await within(300, () => one.text() !== '');
      one.socket.destroy();
      return one.text().slice(9, 12);
    };
    expect(await status(TRANSCRIPTIONS, 26_000_000)).toBe('');
    expect(await status(TRANSCRIPTIONS, 34_000_000)).toBe('413');
    expect(await status('/v1/images/edits', 60_000_000)).toBe('');
    expect(await status('/v1/images/edits', 70_000_000)).toBe('413');
  });
});
