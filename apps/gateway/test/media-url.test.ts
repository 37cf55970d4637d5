import { describe, expect, it } from 'vitest';
import { clockedGate } from './clocked-gate.ts';
import { caller, post, upstream, within } from './review-tools.ts';

const BYTES = Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1');
const BASE64 = BYTES.toString('base64');
const JSON_TYPE = { 'content-type': 'application/json' };

const CONVERSE = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: 'hi' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
});
const GEMINI = JSON.stringify({
  candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
});
const OLLAMA = JSON.stringify({
  model: 'x',
  message: { role: 'assistant', content: 'hi' },
  done: true,
  done_reason: 'stop',
});
const CHAT = JSON.stringify({
  object: 'chat.completion',
  model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
});
const MESSAGE = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'x',
  content: [{ type: 'text', text: 'hi' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
});

/** A server of media. */
async function files(status = 200) {
  return upstream((_request, response) => response.writeHead(status, { 'content-type': 'image/png' }).end(BYTES));
}

/** A provider that keeps what it is sent. */
async function provider(answer: string, status = 200) {
  const bodies: string[] = [];
  const running = await upstream((request, response) => {
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(status, JSON_TYPE).end(answer);
    });
  });
  return { ...running, bodies };
}

interface Row {
  readonly kind: string;
  readonly port: number;
  readonly keys?: string;
}

/** A gate whose model `m` is served by those providers, the first one first. */
async function gateOf(rows: readonly Row[], media = '', prices = '') {
  const lines = rows.map(({ kind, port, keys = 'apiKey: k' }, at) => {
    const base = kind === 'google' ? '/v1beta' : kind === 'bedrock' || kind === 'ollama' ? '' : '/v1';
    return `    p${at + 1}: { kind: ${kind}, ${keys}, baseUrl: "http://127.0.0.1:${port}${base}" }\n`;
  });
  const [first, ...others] = rows.map((_, at) => `{ provider: p${at + 1}, model: x }`);
  return clockedGate(`
ai:
  require: open
  providers:
${lines.join('')}
  models: { m: { targets: [ ${first} ], fallback: [ ${others.join(', ')} ], retries: { attempts: 0 } } }
${media}${prices}`);
}

function fetching(port: number, rest = ''): string {
  return `  media: { fetch: true, allowHosts: [ "http://127.0.0.1:${port}" ], allowAddresses: [ 127.0.0.0/8 ]${rest} }\n`;
}

function message(...urls: readonly string[]): string {
  const content = urls.map((url) => ({ type: 'image', source: { type: 'url', url } }));
  return JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content }] });
}

function chat(...urls: readonly string[]): string {
  const content = urls.map((url) => ({ type: 'image_url', image_url: { url } }));
  return JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] });
}

async function ask(url: string, path: string, body: string) {
  const reply = await fetch(url + path, { method: 'POST', body });
  const said: unknown = await reply.json();
  return { status: reply.status, by: reply.headers.get('x-gatehouse-model'), said };
}

describe('an image that a caller of Anthropic points at', () => {
  it.each([
    ['bedrock', CONVERSE, '"image":{"format":"png","source":{"bytes":"BASE64"}}'],
    ['google', GEMINI, '"inlineData":{"mimeType":"image/png","data":"BASE64"}'],
    ['ollama', OLLAMA, '"images":["BASE64","BASE64"]'],
  ])('is fetched for %s, which takes it only as bytes', async (kind, answer, sent) => {
    const from = await files();
    const to = await provider(answer);
    const { url } = await gateOf([{ kind, port: to.port }], fetching(from.port));
    const image = `http://127.0.0.1:${from.port}/a.png`;
    expect(await ask(url, '/v1/messages', message(image, image))).toMatchObject({
      status: 200,
      said: { content: [{ type: 'text', text: 'hi' }] },
    });
    expect(from.seen).toHaveLength(1);
    expect(to.bodies).toEqual([expect.stringContaining(sent.replaceAll('BASE64', BASE64))]);
  });

  it.each(['bedrock', 'google', 'ollama'])('is refused for %s where nothing may be fetched', async (kind) => {
    const to = await provider(CONVERSE);
    const { url, records } = await gateOf([{ kind, port: to.port }]);
    expect(await ask(url, '/v1/messages', message('https://a.example/b.png'))).toMatchObject({
      status: 400,
      said: {
        error: {
          type: 'invalid_request_error',
          message: expect.stringMatching(
            /takes the image only inside the request, not by URL: .*`ai.media: \{ fetch: true \}`/,
          ),
        },
      },
    });
    expect([to.bodies, records]).toMatchObject([[], [{ code: 'request.media' }]]);
  });

  it('is left to a provider that fetches itself', async () => {
    const from = await files();
    const to = await provider(MESSAGE);
    const { url } = await gateOf([{ kind: 'anthropic', port: to.port }], fetching(from.port));
    const image = `http://127.0.0.1:${from.port}/a.png`;
    expect(await ask(url, '/v1/messages', message(image))).toMatchObject({ status: 200 });
    expect([from.seen.length, to.bodies[0]]).toEqual([0, expect.stringContaining(image)]);
  });

  it('is fetched once, though two targets need it', async () => {
    const from = await files();
    const [one, two] = [await provider('{}', 500), await provider(GEMINI)];
    const rows = [
      { kind: 'bedrock', port: one.port },
      { kind: 'google', port: two.port },
    ];
    const { url } = await gateOf(rows, fetching(from.port));
    expect(await ask(url, '/v1/messages', message(`http://127.0.0.1:${from.port}/a.png`))).toMatchObject({
      by: 'p2/x',
    });
    expect([from.seen.length, one.bodies.length, two.bodies[0]]).toEqual([1, 1, expect.stringContaining(BASE64)]);
  });

  it('goes as an address to the next target when it cannot be had', async () => {
    const from = await files(404);
    const [one, two] = [await provider(CONVERSE), await provider(CHAT)];
    const rows = [
      { kind: 'bedrock', port: one.port },
      { kind: 'openai-compatible', port: two.port },
    ];
    const { url } = await gateOf(rows, fetching(from.port));
    const image = `http://127.0.0.1:${from.port}/a.png`;
    expect(await ask(url, '/v1/messages', message(image))).toMatchObject({ by: 'p2/x' });
    expect([one.bodies.length, two.bodies[0]]).toEqual([0, expect.stringContaining(image)]);
  });

  it.each([
    ['404', 404, '', /the image at `127\.0\.0\.1:\d+` answers with 404/],
    ['more than is allowed', 200, ', maxBytes: 4B', /the image at `127\.0\.0\.1:\d+` is too large/],
  ])('is refused by the name of its host when that has %s', async (_name, status, rest, problem) => {
    const from = await files(status);
    const to = await provider(CONVERSE);
    const { url } = await gateOf([{ kind: 'bedrock', port: to.port }], fetching(from.port, rest));
    const { status: answered, said } = await ask(
      url,
      '/v1/messages',
      message(`http://127.0.0.1:${from.port}/a?key=secret`),
    );
    expect([answered, said]).toMatchObject([400, { error: { message: expect.stringMatching(problem) } }]);
    expect(JSON.stringify(said)).not.toMatch(/secret/);
  });

  it.each([
    ['inside', 'https://169.254.169.254/latest/meta-data/', /`169\.254\.169\.254` is not on the public internet/],
    ['on a port of its own', 'https://example.com:8443/a', /`example\.com:8443` is not among the hosts/],
    ['without TLS', 'http://example.com/a', /`example\.com` is not among the hosts/],
  ])('is not fetched from a host that lies %s', async (_name, image, problem) => {
    const to = await provider(CONVERSE);
    const { url } = await gateOf([{ kind: 'bedrock', port: to.port }], '  media: { fetch: true }\n');
    expect(await ask(url, '/v1/messages', message(image))).toMatchObject({
      status: 400,
      said: { error: { message: expect.stringMatching(problem) } },
    });
    expect(to.bodies).toEqual([]);
  });
});

describe("a provider of the caller's own dialect that fetches nothing", () => {
  const rows: readonly (readonly [why: string, kind: string, prices: string])[] = [
    ['by what is known of it', 'lm-studio', ''],
    [
      'by what the operator says',
      'openai-compatible',
      '  prices: { p1: { x: { capabilities: { mediaUrls: false } } } }\n',
    ],
  ];
  it.each(rows)('gets the image inside, %s', async (_why, kind, prices) => {
    const from = await files();
    const to = await provider(CHAT);
    const { url } = await gateOf([{ kind, port: to.port }], fetching(from.port), prices);
    const image = `http://127.0.0.1:${from.port}/a.png`;
    expect(await ask(url, '/v1/chat/completions', chat(image))).toMatchObject({ status: 200, by: 'p1/x' });
    expect(to.bodies).toEqual([expect.stringContaining(`"url":"data:image/png;base64,${BASE64}"`)]);
  });

  it('gets a call that needs nothing as it came', async () => {
    const to = await provider(CHAT);
    const { url } = await gateOf([{ kind: 'lm-studio', port: to.port }]);
    const body = '{ "model":"m",  "messages":[{"role":"user","content":"see http://a.example"}] }';
    expect(await ask(url, '/v1/chat/completions', body)).toMatchObject({ status: 200 });
    expect(to.bodies).toEqual([body.replace('"m"', '"x"')]);
  });
});

describe('time', () => {
  it('of fetching is bounded', async () => {
    const from = await upstream(() => {});
    const to = await provider(CONVERSE);
    const gate = await gateOf([{ kind: 'bedrock', port: to.port }], fetching(from.port, ', timeout: 3s'));
    const answer = ask(gate.url, '/v1/messages', message(`http://127.0.0.1:${from.port}/a`));
    await within(3000, () => from.seen.length === 1);
    gate.advance(3100);
    expect(await answer).toMatchObject({
      status: 400,
      said: { error: { message: expect.stringMatching(/takes too long/) } },
    });
  });

  it('of fetching is no time of a provider, which has all of its own', async () => {
    let show = (): void => {};
    const from = await upstream((_request, response) => {
      show = () => void response.writeHead(200, { 'content-type': 'image/png' }).end(BYTES);
    });
    let say = (): void => {};
    const to = await upstream((_request, response) => {
      say = () => void response.writeHead(200, JSON_TYPE).end(CONVERSE);
    });
    const limits = '  timeouts: { connect: 1s, firstByte: 1s }\n';
    const gate = await gateOf([{ kind: 'bedrock', port: to.port }], fetching(from.port), limits);
    const answer = ask(gate.url, '/v1/messages', message(`http://127.0.0.1:${from.port}/a`));
    await within(3000, () => from.seen.length === 1);
    gate.advance(9000);
    show();
    await within(3000, () => to.seen.length === 1);
    gate.advance(500);
    say();
    expect(await answer).toMatchObject({ status: 200, by: 'p1/x' });
  });

  it('is not spent on a caller that has left', async () => {
    let left = false;
    const from = await upstream((_request, response) => void response.on('close', () => (left = true)));
    const to = await provider(CONVERSE);
    const gate = await gateOf([{ kind: 'bedrock', port: to.port }], fetching(from.port));
    const one = caller(gate.port, post('/v1/messages', message(`http://127.0.0.1:${from.port}/a`)));
    await within(3000, () => from.seen.length === 1);
    one.socket.resetAndDestroy();
    expect(await within(3000, () => left && gate.records.length === 1)).toBe(true);
    expect([gate.records, to.bodies]).toMatchObject([[{ code: 'request.cancelled', aiAttempts: 0 }], []]);
  });

  it('of a caller that has left uses up no limit of a key', async () => {
    const from = await upstream(() => {});
    const to = await provider(GEMINI);
    const keys = 'apiKeys: [ { name: a, key: k, limits: { requests: 1, window: 1h } } ]';
    const gate = await gateOf([{ kind: 'google', port: to.port, keys }], fetching(from.port));
    const one = caller(gate.port, post('/v1/messages', message(`http://127.0.0.1:${from.port}/a`)));
    await within(3000, () => from.seen.length === 1);
    one.socket.resetAndDestroy();
    await within(3000, () => gate.records.length === 1);
    const text = JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] });
    expect(await ask(gate.url, '/v1/messages', text)).toMatchObject({ status: 200, by: 'p1/x' });
    expect(await ask(gate.url, '/v1/messages', text)).toMatchObject({ status: 529 });
  });
});
