import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { clockedGate } from './clocked-gate.ts';
import { caller, post, send, upstream, within } from './review-tools.ts';

const CHAT = '/v1/chat/completions';
const COMPLETION = JSON.stringify({
  object: 'chat.completion',
  model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
});
const STREAM = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'hi' } }] })}\n\ndata: [DONE]\n\n`;
const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS = { 'content-type': 'text/event-stream' };

type Answer = (response: http.ServerResponse, body: string) => void;

const good: Answer = (response, body) => {
  if (body.includes('"stream":true')) response.writeHead(200, EVENTS).end(STREAM);
  else response.writeHead(200, JSON_TYPE).end(COMPLETION);
};
const silent: Answer = () => {};

async function provider(answer: Answer) {
  return upstream((request, response) => {
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => answer(response, body));
  });
}

/** A gate whose model `m` is served by those providers, the first one first; `p1` is the name of the first. */
async function gateOf(answers: readonly Answer[], rest = '') {
  const providers = await Promise.all(answers.map((answer) => provider(answer)));
  const rows = providers.map(
    ({ port }, i) => `    p${i + 1}: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1" }\n`,
  );
  const [first, ...others] = providers.map((_, i) => `{ provider: p${i + 1}, model: x }`);
  const gate = await clockedGate(
    `\nai:\n  require: open\n  providers:\n${rows.join('')}` +
      `  models: { m: { targets: [ ${first} ], fallback: [ ${others.join(', ')} ] } }\n${rest}`,
  );
  return { ...gate, providers };
}

const TIMEOUTS = '  timeouts: { connect: 1s, firstByte: 10s, idle: 1h }\n';

function ask(options: object = {}): string {
  return JSON.stringify({ model: 'm', messages: [], ...options });
}

async function call(url: string, options: object = {}) {
  const reply = await fetch(url + CHAT, { method: 'POST', body: ask(options) });
  const text = await reply.text();
  return { status: reply.status, by: reply.headers.get('x-gatehouse-model'), headers: reply.headers, text };
}

describe('time', () => {
  it('ends a stream that keeps alive and says nothing, before the caller has seen it: another answers', async () => {
    const { url, providers, advance } = await gateOf(
      [(response) => response.writeHead(200, EVENTS).flushHeaders(), good],
      TIMEOUTS,
    );
    const answer = call(url, { stream: true });
    await within(2000, () => providers[0]?.seen.length === 1);
    await sleep(50);
    advance(11_200);
    expect(await answer).toMatchObject({ status: 200, by: 'p2/x', text: STREAM });
  });

  it('ends a stream that keeps alive and says nothing, after the caller has seen that, with an error', async () => {
    const alive: Answer = (response) => response.writeHead(200, EVENTS).write(': wait\n\n');
    const { port, providers, advance, records } = await gateOf([alive], TIMEOUTS);
    const one = caller(port, post(CHAT, ask({ stream: true })));
    await within(2000, () => providers[0]?.seen.length === 1);
    await sleep(50);
    advance(3000);
    await sleep(50);
    expect(one.text()).toBe('');
    advance(1200);
    await within(2000, () => one.text() !== '');
    expect(one.text()).toContain(': wait');
    advance(7500);
    await within(2000, () => one.ended());
    expect(one.text()).toMatch(/data: \{"error":.*"timeout"/);
    expect(one.text()).not.toMatch(/\r\n0\r\n/);
    expect(records).toMatchObject([{ code: 'provider.truncated' }]);
  });

  it('is given to a second target in full, to a third as far as it is left, to a fourth not at all', async () => {
    const { url, providers, advance, records } = await gateOf([silent, silent, silent, good], TIMEOUTS);
    const answer = call(url);
    for (const [index, ms] of [10_200, 10_200, 2000].entries()) {
      await within(2000, () => providers[index]?.seen.length === 1);
      await sleep(50);
      advance(ms);
    }
    expect(await answer).toMatchObject({ status: 504 });
    expect(providers.map(({ seen }) => seen.length)).toEqual([1, 1, 1, 0]);
    expect(records).toMatchObject([{ aiAttempts: 3, code: 'provider.timeout' }]);
  });

  it('is not wasted on an error that never ends', async () => {
    const endless: Answer = (response) => {
      response.writeHead(500, JSON_TYPE).write('{');
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    };
    const { url, providers, advance } = await gateOf([endless, good]);
    const answer = call(url);
    await within(2000, () => providers[0]?.seen.length === 1);
    await sleep(50);
    advance(5200);
    expect(await answer).toMatchObject({ status: 200, by: 'p2/x' });
  });

  it('of a body that trickles is bounded', async () => {
    const { port, advance } = await gateOf([good]);
    const one = caller(port, `POST ${CHAT} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{`);
    for (let i = 0; i < 13 && one.text() === ''; i++) {
      await sleep(50);
      advance(25_000);
      one.socket.write(' ');
    }
    await within(8000, () => one.text() !== '');
    expect(one.text()).toMatch(/^HTTP\/1.1 408 [^]*"the request body took too long"/);
  });
});

describe('errors of providers', () => {
  it('are read up to a bound', async () => {
    const flood: Answer = (response) => {
      response.writeHead(500, JSON_TYPE);
      const timer = setInterval(() => response.write('x'.repeat(100_000)), 1);
      response.on('close', () => clearInterval(timer));
    };
    const { url } = await gateOf([flood, good]);
    expect(await call(url)).toMatchObject({ status: 200, by: 'p2/x' });
  });

  it('are told in the words of the gate when nobody answers, with 502', async () => {
    const { url } = await gateOf([(response) => response.writeHead(200, JSON_TYPE).end('{}')]);
    const { status, text } = await call(url);
    expect([status, JSON.parse(text)]).toMatchObject([502, { error: { code: 'provider.unavailable' } }]);
  });

  it('are understood although they come as a success to a call for a stream', async () => {
    const body = JSON.stringify({ error: { code: 429, message: 'slow' } });
    const { url } = await gateOf([(response) => response.writeHead(200, JSON_TYPE).end(body)]);
    expect(await call(url, { stream: true })).toMatchObject({ status: 429 });
  });

  it('are understood by their status when they come compressed', async () => {
    const gzip = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    const { url } = await gateOf([(response) => response.writeHead(429, gzip).end('x')]);
    expect(await call(url)).toMatchObject({ status: 429 });
  });
});

describe('what is written to the cache of a vendor', () => {
  it('costs by how long it is kept, and is told so to callers who know the difference', async () => {
    const cache_creation = { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 };
    const usage = { input_tokens: 0, cache_creation_input_tokens: 3000, cache_creation, output_tokens: 0 };
    const content = [{ type: 'text', text: 'hi' }];
    const answer = { type: 'message', id: 'msg_1', role: 'assistant', content, stop_reason: 'end_turn', usage };
    const { port } = await provider((response) => response.writeHead(200, JSON_TYPE).end(JSON.stringify(answer)));
    const { url, records } = await clockedGate(
      `\nai:\n  require: open\n  providers: { p: { kind: anthropic, apiKey: k, baseUrl: "http://127.0.0.1:${port}/v1" } }\n` +
        '  models: { m: { targets: [ { provider: p, model: claude-opus-4-5 } ] } }\n',
    );
    const chat = { messages: [{ role: 'user', content: 'hi' }] };
    expect(JSON.parse((await call(url, chat)).text).usage.prompt_tokens_details).toEqual({ cache_write_tokens: 3000 });
    const body = JSON.stringify({ model: 'm', max_tokens: 9, ...chat });
    const reply = await fetch(`${url}/v1/messages`, { method: 'POST', body });
    expect(JSON.parse(await reply.text()).usage.cache_creation).toEqual(cache_creation);
    // 5 dollars a million of input: 1.25 times that for minutes, twice for an hour.
    expect(records).toMatchObject([{ aiCostMicroUsd: 26_250 }, { aiCostMicroUsd: 26_250 }]);
  });
});

describe('reasoning that callers of another dialect ask a model of OpenAI for', () => {
  it('is asked for in chat where the other dialect is not there, from then on at once', async () => {
    const paths: string[] = [];
    const { port } = await upstream((request, response) => {
      paths.push(request.url ?? '');
      if (request.url !== '/v1/chat/completions') response.writeHead(404, JSON_TYPE).end('{"error":{"message":"?"}}');
      else response.writeHead(200, JSON_TYPE).end(COMPLETION);
    });
    const { url, records } = await clockedGate(
      `\nai:\n  require: open\n  providers: { p: { kind: openai, apiKey: k, baseUrl: "http://127.0.0.1:${port}/v1" } }\n` +
        '  models: { m: { targets: [ { provider: p, model: x } ] } }\n',
    );
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    const message = { model: 'm', max_tokens: 4000, thinking, messages: [{ role: 'user', content: 'hi' }] };
    for (let i = 0; i < 2; i++) {
      const reply = await fetch(`${url}/v1/messages`, { method: 'POST', body: JSON.stringify(message) });
      expect(reply.status).toBe(200);
    }
    expect(paths).toEqual(['/v1/responses', '/v1/chat/completions', '/v1/chat/completions']);
    expect(records).toMatchObject([{ aiAttempts: 2, aiDialect: 'anthropic>openai-chat' }, { aiAttempts: 1 }]);
  });
});

describe('how long a provider asks to wait', () => {
  const waits = (kind: string, headers: object, body = '{}') =>
    provider((response) => response.writeHead(429, { ...JSON_TYPE, ...headers }).end(body)).then(({ port }) =>
      clockedGate(
        `\nai:\n  require: open\n  providers: { p: { kind: ${kind}, baseUrl: "http://127.0.0.1:${port}/v1" } }\n` +
          '  models: { m: { targets: [ { provider: p, model: x } ], retries: { attempts: 0 } } }\n',
      ),
    );
  const told = ({ headers }: { headers: Headers }) => [headers.get('retry-after'), headers.get('retry-after-ms')];

  it('is said in seconds, and to whom it matters in milliseconds', async () => {
    const { url } = await waits('openai-compatible', { 'retry-after-ms': '1500' });
    expect(told(await call(url))).toEqual(['2', '1500']);
  });

  it('is a number of seconds, whatever the provider made of it', async () => {
    const { url } = await waits('openai-compatible', { 'retry-after': 'soon' });
    expect(told(await call(url))).toEqual([null, null]);
  });

  it('is said in the body to callers of Gemini', async () => {
    const { url } = await waits('openai-compatible', { 'retry-after': '7' });
    const body = '{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}';
    const reply = await fetch(`${url}/v1beta/models/m:generateContent`, { method: 'POST', body });
    expect(told(reply)).toEqual(['7', null]);
    const { error } = JSON.parse(await reply.text());
    expect(error.details).toContainEqual({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' });
  });

  it('is understood where Google says it in the body', async () => {
    const detail = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3.5s' };
    const error = { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'slow', details: [detail] };
    const { url } = await waits('google', {}, JSON.stringify({ error }));
    expect(told(await call(url, { messages: [{ role: 'user', content: 'hi' }] }))).toEqual(['4', '3500']);
  });
});

describe('large answers', () => {
  const padding = 'q'.repeat(2_000_000);

  it("that are no JSON are nobody's answer", async () => {
    const { url } = await gateOf([(response) => response.writeHead(200).end(`<html>${padding}`), good]);
    expect(await call(url)).toMatchObject({ by: 'p2/x', text: COMPLETION });
  });

  it('that turn out to be half of one are seen to be cut', async () => {
    const { port, records } = await gateOf([(response) => response.writeHead(200, JSON_TYPE).end(`{"id":"${padding}`)]);
    const one = caller(port, post(CHAT, ask()));
    await within(3000, () => one.ended());
    expect([one.text().length > 1_000_000, one.text().endsWith('\r\n0\r\n\r\n')]).toEqual([true, false]);
    expect(records).toMatchObject([{ code: 'provider.truncated' }]);
  });

  it('go through whole', async () => {
    const answer = COMPLETION.replace('"hi"', `"${padding}"`);
    const { url } = await gateOf([(response) => response.writeHead(200, JSON_TYPE).end(`\n${answer}`)]);
    expect((await call(url)).text).toBe(`\n${answer}`);
  });
});

describe('an event of a stream that is too large to be read', () => {
  const start = (response: http.ServerResponse): http.ServerResponse => response.writeHead(200, EVENTS);
  const event = `data: ${'a'.repeat(17 * 1024 * 1024)}`;

  it('fails over when it is the first', async () => {
    const { url } = await gateOf([(response) => start(response).end(event), good]);
    expect(await call(url, { stream: true })).toMatchObject({ by: 'p2/x', text: STREAM });
  });

  it('ends the stream with an error when it is not', async () => {
    const { port } = await gateOf([
      (response) => start(response).end(STREAM.slice(0, STREAM.indexOf('data: [')) + event),
    ]);
    const one = caller(port, post(CHAT, ask({ stream: true })));
    await within(3000, () => one.ended());
    expect(one.text()).toMatch(/"hi"[^]*data: \{"error":.*"provider.unavailable"/);
    expect(one.text()).not.toMatch(/\r\n0\r\n/);
  });
});

describe('what is shown', () => {
  it('is called JSON, which SDKs ask for, when it is read as such', async () => {
    const { url } = await gateOf([
      (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(COMPLETION),
    ]);
    expect((await call(url)).headers.get('content-type')).toBe('application/json');
  });

  it('is a model name that a header can hold', async () => {
    const { url } = await gateOf([good]);
    expect((await call(url, { model: 'p1/größe 東\u{1F3EF}%/x' })).by).toBe(
      'p1/gr%C3%B6%C3%9Fe%20%E6%9D%B1%F0%9F%8F%AF%/x',
    );
  });

  it('is the stream of a provider whatever the case of its type', async () => {
    const type = 'Text/Event-Stream; charset=UTF-8';
    const { url } = await gateOf([(response) => response.writeHead(200, { 'content-type': type }).end(STREAM)]);
    const { text, headers } = await call(url, { stream: true });
    expect([text, headers.get('content-type')]).toEqual([STREAM, type]);
  });
});

describe('usage that only the gate asks for', () => {
  const old: Answer = (response, body) => {
    if (!body.includes('stream_options')) good(response, body);
    else response.writeHead(400, JSON_TYPE).end('{"error":{"message":"Unrecognized argument: stream_options"}}');
  };

  it('is not asked for again where that was refused', async () => {
    const { url, providers, records } = await gateOf([old]);
    expect(await call(url, { stream: true })).toMatchObject({ status: 200, text: STREAM });
    expect(await call(url, { stream: true })).toMatchObject({ status: 200, text: STREAM });
    expect(providers[0]?.seen).toHaveLength(3);
    expect(records).toMatchObject([{ aiAttempts: 2 }, { aiAttempts: 1 }]);
  });

  it('is asked for all the same of who only repeats what it was sent', async () => {
    const bodies: string[] = [];
    const echo: Answer = (response, body) => {
      bodies.push(body);
      if (body.includes('"odd"')) response.writeHead(400, JSON_TYPE).end(`{"error":{"message":"bad"},"input":${body}}`);
      else good(response, body);
    };
    const { url, providers } = await gateOf([echo]);
    expect(await call(url, { stream: true, odd: 1 })).toMatchObject({ status: 400 });
    expect(providers[0]?.seen).toHaveLength(2);
    expect(await call(url, { stream: true })).toMatchObject({ status: 200 });
    expect(bodies[2]).toContain('stream_options');
  });

  it('is no reason to try again when the caller asked for it too', async () => {
    const { url, providers } = await gateOf([old]);
    const options = { stream: true, stream_options: { include_usage: true } };
    expect(await call(url, options)).toMatchObject({ status: 400 });
    expect(providers[0]?.seen).toHaveLength(1);
  });
});

describe('a limit of tokens that a model knows by its newer name only', () => {
  const refusal = (param: string, code = 'unsupported_parameter'): string =>
    JSON.stringify({ error: { message: `Unsupported: '${param}'.`, type: 'invalid_request_error', param, code } });
  const newer: Answer = (response, body) => {
    if (body.includes('"max_tokens"')) response.writeHead(400, JSON_TYPE).end(refusal('max_tokens'));
    else good(response, body);
  };

  it('is said again by that name, and by it alone from then on', async () => {
    const { url, providers, records } = await gateOf([newer]);
    const first = await call(url, { max_tokens: 7, odd: 1e2 });
    expect([first.status, first.headers.get('x-gatehouse-loss')]).toEqual([200, 'emulated:max_tokens']);
    expect(await call(url, { stream: true, max_tokens: 7 })).toMatchObject({ status: 200, text: STREAM });
    expect((await call(url, { max_completion_tokens: 7 })).headers.get('x-gatehouse-loss')).toBeNull();
    expect(providers[0]?.seen).toHaveLength(4);
    expect(records).toMatchObject([
      { aiAttempts: 2, aiLoss: 'emulated:max_tokens' },
      { aiAttempts: 1, aiLoss: 'emulated:max_tokens' },
      { aiAttempts: 1 },
    ]);
  });

  it('is the only thing that changes in the body', async () => {
    const bodies: string[] = [];
    const { url } = await gateOf([
      (response, body) => {
        bodies.push(body);
        newer(response, body);
      },
    ]);
    const body = '{ "model": "m", "max_tokens" : 7,\n"messages":[], "odd":1e2 }';
    const reply = await fetch(url + CHAT, { method: 'POST', body });
    expect(reply.status).toBe(200);
    expect(bodies[1]).toBe(body.replace('"m"', '"x"').replace('max_tokens', 'max_completion_tokens'));
  });

  it('is refused to who allows no changes', async () => {
    const { url, providers } = await gateOf([newer]);
    const headers = { 'x-gatehouse-strict': 'true' };
    const reply = await fetch(url + CHAT, { method: 'POST', headers, body: ask({ max_tokens: 7 }) });
    expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining('emulated:max_tokens')]);
    expect(providers[0]?.seen).toHaveLength(1);
  });

  it('is said once more only, to whom nothing pleases', async () => {
    const never: Answer = (response) => response.writeHead(400, JSON_TYPE).end(refusal('max_tokens'));
    const { url, providers } = await gateOf([never]);
    expect(await call(url, { max_tokens: 7 })).toMatchObject({ status: 400 });
    expect(providers[0]?.seen).toHaveLength(2);
  });

  it('and wishes that a model refuses are left out of calls that are translated', async () => {
    const bodies: string[] = [];
    const picky: Answer = (response, body) => {
      bodies.push(body);
      if (body.includes('"max_tokens"')) response.writeHead(400, JSON_TYPE).end(refusal('max_tokens'));
      else if (body.includes('temperature'))
        response.writeHead(400, JSON_TYPE).end(refusal('temperature', 'unsupported_value'));
      else good(response, body);
    };
    const { url, records } = await gateOf([picky]);
    const message = { model: 'm', max_tokens: 7, temperature: 0.5, messages: [{ role: 'user', content: 'hi' }] };
    const reply = await fetch(`${url}/v1/messages`, { method: 'POST', body: JSON.stringify(message) });
    expect([reply.status, reply.headers.get('x-gatehouse-loss')]).toEqual([200, 'dropped:temperature']);
    expect(JSON.parse(bodies[2] ?? '')).toEqual({
      model: 'x',
      max_completion_tokens: 7,
      messages: [{ role: 'user', content: 'hi' }],
    });
    // What OpenAI's own callers say in its own words is theirs to mend.
    expect(await call(url, { temperature: 0.5 })).toMatchObject({ status: 400 });
    expect(records).toMatchObject([{ aiAttempts: 3 }, { aiAttempts: 1, aiProvider: 'p1' }]);
  });
});

describe('a wish that a model refuses to whom it reasons for', () => {
  it('is kept for others, whom it is granted', async () => {
    const bodies: string[] = [];
    const { url } = await gateOf([
      (response, body) => {
        bodies.push(body);
        const error = { message: 'Unsupported', param: 'temperature', code: 'unsupported_parameter' };
        const refuses = body.includes('"temperature"') && body.includes('"reasoning_effort"');
        if (refuses) response.writeHead(400, JSON_TYPE).end(JSON.stringify({ error }));
        else good(response, body);
      },
    ]);
    const said = { model: 'm', max_tokens: 2000, temperature: 0.5, messages: [{ role: 'user', content: 'hi' }] };
    const losses = async (more: object): Promise<string | null> => {
      const reply = await fetch(`${url}/v1/messages`, { method: 'POST', body: JSON.stringify({ ...said, ...more }) });
      expect(reply.status).toBe(200);
      return reply.headers.get('x-gatehouse-loss');
    };
    const reasoning = { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } };
    expect(await losses(reasoning)).toBe('dropped:temperature');
    expect(await losses({})).toBeNull();
    expect(await losses(reasoning)).toBe('dropped:temperature');
    expect(bodies).toHaveLength(4);
  });
});

describe('policies', () => {
  const headers = (text: string): string => `  policies: [ { headers: ${text} } ]\n`;

  it('edit the list of models', async () => {
    const { url } = await gateOf([good], headers('{ response: { set: { x-down: "1" } } }'));
    const reply = await fetch(`${url}/v1/models`);
    expect([reply.headers.get('x-down'), reply.headers.get('date')]).toEqual([
      '1',
      expect.stringMatching(/^\w+, \d+ \w+ \d+ [\d:]+ GMT$/),
    ]);
  });

  it('edit the error of a provider', async () => {
    const { url } = await gateOf(
      [(response) => response.writeHead(500).end()],
      headers('{ response: { set: { x-down: "1" } } }'),
    );
    const reply = await call(url);
    expect([reply.status, reply.headers.get('x-down')]).toEqual([502, '1']);
  });

  it('take out and replace what the gate says', async () => {
    const { port } = await gateOf(
      [good],
      headers('{ response: { remove: [ x-gatehouse-model ], set: { cache-control: no-store } } }'),
    );
    const reply = await send(port, post(CHAT, ask({ stream: true }), 'connection: close\r\n'));
    expect(reply.slice(0, reply.indexOf('\r\n\r\n')).toLowerCase().split('\r\n').toSorted()).toEqual([
      'cache-control: no-store',
      'connection: close',
      'content-type: text/event-stream',
      expect.stringMatching(/^date: \w/),
      'http/1.1 200 ok',
      'transfer-encoding: chunked',
      'x-accel-buffering: no',
      expect.stringMatching(/^x-request-id: \w/),
    ]);
  });
});

describe('a caller that leaves', () => {
  const refused = `
ai:
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1/v1" } }
  access: [ { application: mobile, models: ["*"], limits: [ { tokens: 1, window: 1h } ] } ]
applications:
  mobile: { keys: [ { name: ci, secret: key-1 } ] }
`;

  it.each([
    ['is refused', refused],
    ['would wait for a body', refused.replace(/, limits: \[.*\] \} \]/, ' } ]')],
  ])('before a call begins that %s is recorded once', async (_name, text) => {
    const { port, program, records, advance } = await clockedGate(text);
    let begin: (() => void) | undefined;
    const start = program.startAi.bind(program);
    vi.spyOn(program, 'startAi').mockImplementation((...args) => void (begin = () => start(...args)));
    const one = caller(port, post(CHAT, '', 'Authorization: Bearer key-1\r\n'));
    await within(2000, () => begin !== undefined);
    one.socket.resetAndDestroy();
    await within(2000, () => records.length > 0);
    begin?.();
    advance(3_600_000);
    expect(records).toMatchObject([{ code: 'request.cancelled' }]);
  });
});
