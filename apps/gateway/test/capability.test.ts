import { describe, expect, it } from 'vitest';
import { clockedGate } from './clocked-gate.ts';
import { upstream } from './review-tools.ts';

const COMPLETION = JSON.stringify({
  object: 'chat.completion',
  model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
});
const IMAGE = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
const SCHEMA = { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } };
const LONG = 'some words of a prompt '.repeat(5000);

interface Target {
  /** Under `ai.prices`. */
  readonly facts?: string;
  readonly status?: number;
  readonly key?: string;
}

/** A gate whose model `m` is served by those targets, the first one first: `p1/x`, `p2/x` and so on. */
async function gateOf(...targets: readonly Target[]) {
  const providers = await Promise.all(
    targets.map(async ({ status = 200 }) =>
      upstream((request, response) => {
        request.resume();
        request.on('end', () => response.writeHead(status, { 'content-type': 'application/json' }).end(COMPLETION));
      }),
    ),
  );
  const rows = providers.map(
    ({ port }, at) =>
      `    p${at + 1}: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1"${targets[at]?.key ?? ''} }\n`,
  );
  const prices = targets.flatMap(({ facts }, at) =>
    facts === undefined ? [] : [`    p${at + 1}: { x: { ${facts} } }\n`],
  );
  const [first, ...others] = providers.map((_, at) => `{ provider: p${at + 1}, model: x }`);
  const gate = await clockedGate(`
ai:
  require: open
  providers:
${rows.join('')}
  models: { m: { targets: [ ${first} ], fallback: [ ${others.join(', ')} ], retries: { attempts: 0 } } }
  prices:
${prices.join('')}`);
  return { ...gate, asked: () => providers.map(({ seen }) => seen.length) };
}

async function call(url: string, content: unknown, more: object = {}) {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }], ...more });
  const reply = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
  const said: unknown = await reply.json();
  return { status: reply.status, by: reply.headers.get('x-gatehouse-model'), said };
}

const BLIND: Target = { facts: 'capabilities: { vision: false }' };
const ABLE: Target = {};

describe('a call that a target cannot serve', () => {
  const cases: readonly (readonly [what: string, target: Target, content: unknown, more: object])[] = [
    ['an image', BLIND, [IMAGE], {}],
    ['tools', { facts: 'capabilities: { tools: false }' }, 'hi', { tools: [TOOL] }],
    ['a schema', { facts: 'capabilities: { schema: false }' }, 'hi', { response_format: SCHEMA }],
    ['a long prompt', { facts: 'contextTokens: 5000' }, LONG, {}],
  ];
  it.each(cases)('for %s goes to the next one, which is asked alone', async (_name, target, content, more) => {
    const { url, asked, records } = await gateOf(target, ABLE);
    expect(await call(url, content, more)).toMatchObject({ status: 200, by: 'p2/x' });
    expect(await call(url, 'hi')).toMatchObject({ status: 200, by: 'p1/x' });
    expect(asked()).toEqual([1, 1]);
    expect(records).toMatchObject([{ aiAttempts: 1, status: 200 }, { aiAttempts: 1 }]);
  });

  it('is refused in so many words when no other is left', async () => {
    const { url, asked, records } = await gateOf(BLIND, BLIND);
    expect(await call(url, [IMAGE])).toEqual({
      status: 400,
      by: null,
      said: {
        error: {
          message: 'the model `m` cannot see images',
          type: 'invalid_request_error',
          param: 'messages',
          code: 'request.capability',
        },
      },
    });
    expect(asked()).toEqual([0, 0]);
    expect(records).toMatchObject([{ status: 400, code: 'request.capability' }]);
  });

  it('is refused in the dialect of the caller', async () => {
    const { url } = await gateOf(BLIND);
    const body = JSON.stringify({
      model: 'm',
      max_tokens: 9,
      messages: [
        { role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } }] },
      ],
    });
    const reply = await fetch(`${url}/v1/messages`, { method: 'POST', body });
    expect([reply.status, await reply.json()]).toMatchObject([
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: expect.stringMatching(/cannot see images/) } },
    ]);
  });

  it('for its length is refused as vendors do, so that SDKs know it', async () => {
    const { url, records } = await gateOf({ facts: 'contextTokens: 5000' });
    expect(await call(url, LONG)).toMatchObject({
      status: 400,
      said: { error: { code: 'context_length_exceeded', type: 'invalid_request_error', param: 'messages' } },
    });
    const body = JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: LONG }] });
    const anthropic = await fetch(`${url}/v1/messages`, { method: 'POST', body });
    expect(await anthropic.json()).toMatchObject({
      error: {
        type: 'invalid_request_error',
        message: expect.stringMatching(/^prompt is too long: \d+ tokens > 5000 maximum/),
      },
    });
    expect(records).toMatchObject([{ code: 'request.context_length' }, { code: 'request.context_length' }]);
  });

  it('hears of the failure of the one that could, not of what the other cannot', async () => {
    const { url } = await gateOf({ status: 503 }, BLIND);
    expect(await call(url, [IMAGE])).toMatchObject({ status: 503 });
  });

  it('hears that the limits of the one that could are reached', async () => {
    const key = ', apiKeys: [ { name: a, key: k, limits: { requests: 1, window: 1h } } ]';
    const { url } = await gateOf({ key }, BLIND);
    expect(await call(url, [IMAGE])).toMatchObject({ status: 200, by: 'p1/x' });
    expect(await call(url, 'hi')).toMatchObject({ status: 200, by: 'p2/x' });
    expect(await call(url, [IMAGE])).toMatchObject({ status: 503, said: { error: { code: 'overloaded' } } });
  });

  it('is sent where nobody knows what the model can', async () => {
    const { url } = await gateOf(ABLE);
    const more = { tools: [TOOL], response_format: SCHEMA };
    expect(await call(url, [IMAGE, { type: 'text', text: LONG }], more)).toMatchObject({ status: 200, by: 'p1/x' });
  });
});

describe('a call that wishes for reasoning', () => {
  const plain: Target = { facts: 'capabilities: { reasoning: false }' };

  it('goes to a target that reasons, and others go where they did', async () => {
    const { url } = await gateOf(plain, ABLE);
    expect(await call(url, 'hi', { reasoning_effort: 'high' })).toMatchObject({ by: 'p2/x' });
    expect(await call(url, 'hi', { reasoning_effort: 'none' })).toMatchObject({ by: 'p1/x' });
    expect(await call(url, 'what is reasoning?')).toMatchObject({ by: 'p1/x' });
  });

  it('goes to one that does not when there is no other, or the other fails', async () => {
    const alone = await gateOf(plain);
    expect(await call(alone.url, 'hi', { reasoning_effort: 'high' })).toMatchObject({ status: 200, by: 'p1/x' });
    const beside = await gateOf(plain, { status: 500 });
    expect(await call(beside.url, 'hi', { reasoning_effort: 'high' })).toMatchObject({ status: 200, by: 'p1/x' });
  });
});
