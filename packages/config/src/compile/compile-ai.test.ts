import { describe, expect, it } from 'vitest';
import { compileText, problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import type { AiSpec } from '../snapshot.ts';

const withAi = (section: string): string => `gatehouse: 1\nai: ${section}\n`;

function ai(text: string): AiSpec {
  const spec = snapshotOf(withAi(text)).ai;
  if (spec === undefined) throw new Error('There is no AI gateway.');
  return spec;
}

const warnings = (text: string): string[] => {
  const result = compileText(text);
  return 'snapshot' in result
    ? result.warnings.map(({ line, column, message }) => `${line}:${column}: ${message}`)
    : ['not compiled'];
};

describe('compileAi', () => {
  it('makes no AI paths without the section', () => {
    const snapshot = snapshotOf('gatehouse: 1\n');
    expect(snapshot).toMatchObject({ routes: [], ai: undefined });
  });

  it('makes AI paths of an empty section', () => {
    const { routes, ai: spec } = snapshotOf(withAi(''));
    expect(spec).toEqual({
      basePath: '',
      access: 'key',
      providers: {},
      models: {},
      prices: {},
      budgets: [],
      timeouts: {
        connectMs: 5000,
        firstByteMs: 300_000,
        firstTokenMs: 305_000,
        idleMs: 120_000,
        totalMs: undefined,
      },
      bodyBytesMax: 33_554_432,
    });
    expect(routes.map(({ id, access, target }) => [id, access, target])).toEqual([
      ['ai POST /v1/chat/completions', 'key', { kind: 'ai', endpoint: 'chat' }],
      ['ai POST /v1/responses', 'key', { kind: 'ai', endpoint: 'responses' }],
      ['ai POST /v1/messages', 'key', { kind: 'ai', endpoint: 'messages' }],
      ['ai POST /v1/messages/count_tokens', 'key', { kind: 'ai', endpoint: 'count-tokens' }],
      ['ai POST /v1beta/models/*', 'key', { kind: 'ai', endpoint: 'gemini' }],
      ['ai POST /v1/models/*', 'key', { kind: 'ai', endpoint: 'gemini' }],
      ['ai POST /model/{model}/converse', 'key', { kind: 'ai', endpoint: 'converse' }],
      ['ai POST /model/{model}/converse-stream', 'key', { kind: 'ai', endpoint: 'converse' }],
      ['ai POST /v2/chat', 'key', { kind: 'ai', endpoint: 'cohere-chat' }],
      ['ai POST /api/chat', 'key', { kind: 'ai', endpoint: 'ollama-chat' }],
      ['ai POST /v1/embeddings', 'key', { kind: 'ai', endpoint: 'embeddings' }],
      ['ai POST /v2/embed', 'key', { kind: 'ai', endpoint: 'cohere-embed' }],
      ['ai POST /api/embed', 'key', { kind: 'ai', endpoint: 'ollama-embed' }],
      ['ai POST /v1/images/generations', 'key', { kind: 'ai', endpoint: 'images' }],
      ['ai POST /v1/images/edits', 'key', { kind: 'ai', endpoint: 'image-edits' }],
      ['ai POST /v1/audio/transcriptions', 'key', { kind: 'ai', endpoint: 'transcriptions' }],
      ['ai POST /v1/audio/translations', 'key', { kind: 'ai', endpoint: 'translations' }],
      ['ai POST /v1/audio/speech', 'key', { kind: 'ai', endpoint: 'speech' }],
      ['ai POST /v1/moderations', 'key', { kind: 'ai', endpoint: 'moderations' }],
      ['ai GET /v1/models', 'key', { kind: 'ai', endpoint: 'models' }],
      ['ai GET /v1/models/*', 'key', { kind: 'ai', endpoint: 'model' }],
      ['ai GET /v1beta/models', 'key', { kind: 'ai', endpoint: 'gemini-models' }],
      ['ai GET /v1beta/models/*', 'key', { kind: 'ai', endpoint: 'gemini-model' }],
      ['ai GET /api/tags', 'key', { kind: 'ai', endpoint: 'ollama-tags' }],
    ]);
  });

  it('moves the paths and opens them', () => {
    const { routes } = snapshotOf(withAi('{ basePath: /llm/, require: open, policies: [ { stamp: { text: 10s } } ] }'));
    expect(routes[0]).toMatchObject({
      path: '/llm/v1/chat/completions',
      strip: '',
      access: 'open',
      policies: [{ name: 'stamp' }],
    });
  });

  it('lets the slash in the name of a model be escaped where the path is only looked up', () => {
    const allowed = snapshotOf(withAi('{}')).routes.filter(({ allow }) => allow.length > 0);
    expect(new Set(allowed.flatMap(({ allow }) => allow))).toEqual(new Set(['encoded-slash']));
    expect(allowed.map(({ path }) => path)).toEqual([
      '/v1beta/models/*',
      '/v1/models/*',
      '/model/{model}/converse',
      '/model/{model}/converse-stream',
      '/v1/models/*',
      '/v1beta/models/*',
    ]);
  });

  it('takes the address of a vendor from the table unless the file has one', () => {
    const { providers } = ai(
      '{ providers: { a: { kind: openai }, b: { kind: openai, baseUrl: "http://proxy:8080/x/v1" } } }',
    );
    expect(providers['a']?.endpoint).toMatchObject({ id: 'https://api.openai.com:443', basePath: '/v1', tls: true });
    expect(providers['b']?.endpoint).toMatchObject({ id: 'http://proxy:8080', basePath: '/x/v1', tls: false });
  });

  it('calls a kind by its first name', () => {
    expect(
      ai('{ providers: { a: { kind: gemini }, b: { kind: vllm, baseUrl: "http://h" } } }').providers,
    ).toMatchObject({
      a: { name: 'a', kind: 'google' },
      b: { name: 'b', kind: 'openai-compatible' },
    });
  });

  it('leaves a gap for the built-in model', () => {
    expect(ai('{ providers: { demo: { kind: demo } } }').providers['demo']).toEqual({
      name: 'demo',
      kind: 'demo',
      endpoint: {
        id: 'http://demo.invalid:0',
        tls: false,
        host: 'demo.invalid',
        port: 0,
        authority: 'demo.invalid',
        basePath: '',
        weight: 1,
      },
      apiKey: undefined,
    });
  });

  it('keeps keys of vendors in clear, because workers send them', () => {
    expect(ai('{ providers: { a: { kind: openai, apiKey: "${OPENAI_API_KEY}" } } }').providers['a']?.apiKey).toBe(
      'openai-key-in-clear',
    );
  });

  it('keeps models under the names that callers use, whatever they hold', () => {
    const { models } = ai(`{ providers: { p: { kind: openai } }, models: {
      "vendor/model:large@2 beta": { targets: [ { provider: p, model: "x y" } ], strict: true },
      gpt-4.1: { targets: [ { provider: p, model: a, weight: 9 }, { provider: p, model: b, weight: 0 } ], fallback: [ { provider: p, model: c } ] },
      constructor: { targets: [ { provider: p, model: z } ] } } }`);
    expect(Object.keys(models)).toEqual(['vendor/model:large@2 beta', 'gpt-4.1', 'constructor']);
    expect(models['vendor/model:large@2 beta']?.strict).toBe(true);
    expect(models['gpt-4.1']).toEqual({
      name: 'gpt-4.1',
      strict: false,
      targets: [
        { provider: 'p', model: 'a', weight: 9 },
        { provider: 'p', model: 'b', weight: 0 },
      ],
      fallback: [{ provider: 'p', model: 'c', weight: 1 }],
      balance: 'weighted',
      affinity: undefined,
      retries: { attempts: 1, budget: 0.2 },
      timeouts: {
        connectMs: 5000,
        firstByteMs: 300_000,
        firstTokenMs: 305_000,
        idleMs: 120_000,
        totalMs: undefined,
      },
      hedgeAfterMs: undefined,
    });
  });

  it('takes a pool of keys in place of the one', () => {
    const { providers } = ai(`{ providers: { a: { kind: openai, apiKeys: [
      { name: one, key: "\${OPENAI_API_KEY}", weight: 2, limits: { requests: 60, window: 1m } },
      { name: two, key: k2, limits: { tokens: 9, window: 1h } },
      { name: three, key: k3, weight: 0 } ] } } }`);
    expect(providers['a']?.apiKey).toBeUndefined();
    expect(providers['a']?.apiKeys).toEqual([
      {
        name: 'one',
        key: 'openai-key-in-clear',
        weight: 2,
        limits: { requests: 60, tokens: undefined, windowMs: 60_000 },
      },
      { name: 'two', key: 'k2', weight: 1, limits: { requests: undefined, tokens: 9, windowMs: 3_600_000 } },
      { name: 'three', key: 'k3', weight: 0, limits: undefined },
    ]);
  });

  it('gives a model its own ways', () => {
    const { models } = ai(`{ providers: { p: { kind: openai } }, models: { m: { targets: [ { provider: p, model: a } ],
      balance: least-busy, affinity: session, retries: { attempts: 3, budget: 5% }, hedge: { after: 1500ms } } } }`);
    expect(models['m']).toMatchObject({
      balance: 'least-busy',
      affinity: 'session',
      retries: { attempts: 3, budget: 0.05 },
      hedgeAfterMs: 1500,
    });
  });

  it('lets a model wait for as long as it says, and as all others for what it does not say', () => {
    const target = '{ targets: [ { provider: p, model: a } ], timeouts: ';
    const { timeouts, models } = ai(`{ providers: { p: { kind: openai } }, timeouts: { firstByte: 1m, total: 10m },
      models: { a: ${target}{ connect: 1s, idle: 3s } }, b: ${target}{ firstToken: 8s, total: 20s } } } }`);
    const common = {
      connectMs: 5000,
      firstByteMs: 60_000,
      firstTokenMs: 65_000,
      idleMs: 120_000,
      totalMs: 600_000,
    };
    expect(timeouts).toEqual(common);
    expect(models['a']?.timeouts).toEqual({ ...common, connectMs: 1000, firstTokenMs: 61_000, idleMs: 3000 });
    expect(models['b']?.timeouts).toEqual({ ...common, firstTokenMs: 8000, totalMs: 20_000 });
  });

  it('signs for the vendor that wants it, at the address of its region', () => {
    const { providers } = ai(
      '{ providers: { a: { kind: bedrock, region: eu-west-1, accessKeyId: x, secretAccessKey: y } } }',
    );
    expect(providers['a']).toMatchObject({
      aws: { accessKeyId: 'x', secretAccessKey: 'y', sessionToken: undefined, region: 'eu-west-1' },
      endpoint: { id: 'https://bedrock-runtime.eu-west-1.amazonaws.com:443' },
    });
  });

  it('warns of credentials that the vendor has no use for', () => {
    expect(warnings(withAi('{ providers: { a: { kind: openai, region: eu, accessKeyId: x } } }'))).toEqual([
      '2:39: `region` has no meaning for this kind of provider, leave it out',
      '2:51: `accessKeyId` has no meaning for this kind of provider, leave it out',
    ]);
  });

  const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
    'an address of the built-in model': [
      '{ providers: { a: { kind: demo, baseUrl: "http://h" } } }',
      /^2:37: `baseUrl` has no meaning here, leave it out: the built-in model is part of the gate$/,
    ],
    'half a pair of credentials': [
      '{ providers: { a: { kind: bedrock, region: eu-west-1, accessKeyId: x } } }',
      /`accessKeyId` and `secretAccessKey` belong together, write both$/,
    ],
    'a vendor without an address': [
      '{ providers: { a: { kind: bedrock, apiKey: x } } }',
      /`region` or `baseUrl` is missing, write it/,
    ],
    'an unknown kind': [
      '{ providers: { a: { kind: opnai } } }',
      /^2:31: unknown kind `opnai`, did you mean `openai`\?$/,
    ],
    'a kind in another case': [
      '{ providers: { a: { kind: OpenAI } } }',
      /unknown kind `OpenAI`, did you mean `openai`\?$/,
    ],
    'a provider without a kind': ['{ providers: { a: {} } }', /`kind` is missing in `a`, write a kind of provider$/],
    'a provider without an address': ['{ providers: { a: { kind: vllm } } }', /^2:20: `baseUrl` is missing/],
    'a provider with half an address': [
      '{ providers: { a: { kind: vllm, baseUrl: "localhost:1" } } }',
      /^2:46: `baseUrl` does not begin with/,
    ],
    'a key that is not set': [
      '{ providers: { a: { kind: openai, apiKey: "${NOPE}" } } }',
      /the environment variable `NOPE` is not set/,
    ],
    'a key that is set to nothing': [
      '{ providers: { a: { kind: openai, apiKey: "${EMPTY}" } } }',
      /`apiKey` is empty or holds a space/,
    ],
    'a name of a provider that is none': ['{ providers: { "a b": { kind: openai } } }', /`a b` is not a name/],
    'a model without targets': ['{ models: { m: { targets: [] } } }', /`targets` has too few items/],
    'a model with an unknown provider': [
      '{ providers: { main: { kind: openai } }, models: { m: { targets: [ { provider: mian, model: x } ] } } }',
      /unknown provider `mian`, did you mean `main`\?/,
    ],
    'a fallback with an unknown provider': [
      '{ providers: { p: { kind: openai } }, models: { m: { targets: [ { provider: p, model: x } ], fallback: [ { provider: q, model: x } ] } } }',
      /unknown provider `q`, write `p`/,
    ],
    'a model whose targets all rest': [
      '{ providers: { p: { kind: openai } }, models: { m: { targets: [ { provider: p, model: x, weight: 0 } ] } } }',
      /`targets` all have weight 0/,
    ],
    'a pool beside the one key': [
      '{ providers: { a: { kind: openai, apiKey: x, apiKeys: [ { name: n, key: k } ] } } }',
      /^2:50: `apiKeys` stand instead of `apiKey`, write one of the two$/,
    ],
    'a pool beside what signs': [
      '{ providers: { a: { kind: bedrock, region: r, accessKeyId: x, secretAccessKey: y, apiKeys: [ { name: n, key: k } ] } } }',
      /`apiKeys` stand instead of `accessKeyId`, write one of the two$/,
    ],
    'a pool of no keys': ['{ providers: { a: { kind: openai, apiKeys: [] } } }', /`apiKeys` has too few items/],
    'a pool that all rests': [
      '{ providers: { a: { kind: openai, apiKeys: [ { name: n, key: k, weight: 0 } ] } } }',
      /`apiKeys` all have weight 0, give one of them more$/,
    ],
    'two keys of one name': [
      '{ providers: { a: { kind: openai, apiKeys: [ { name: n, key: k }, { name: n, key: l } ] } } }',
      /this name is taken, give each key one of its own$/,
    ],
    'one key under two names': [
      '{ providers: { a: { kind: openai, apiKeys: [ { name: n, key: k }, { name: o, key: k } ] } } }',
      /this key is written twice, leave one out$/,
    ],
    'limits that limit nothing': [
      '{ providers: { a: { kind: openai, apiKeys: [ { name: n, key: k, limits: { window: 1m } } ] } } }',
      /`limits` limit nothing, write `requests`, `tokens` or both$/,
    ],
    'limits without a window': [
      '{ providers: { a: { kind: openai, apiKeys: [ { name: n, key: k, limits: { tokens: 5 } } ] } } }',
      /`window` is missing in `limits`|`window` is missing/,
    ],
    'a key of a pool that no header can hold': [
      '{ providers: { a: { kind: openai, apiKeys: [ { name: n, key: "${EMPTY}" } ] } } }',
      /`key` is empty or holds a space/,
    ],
    'a balance that there is not': [
      '{ providers: { p: { kind: openai } }, models: { m: { targets: [ { provider: p, model: x } ], balance: latncy } } }',
      /`latncy` is no value of `balance`/,
    ],
    'subscriptions to AI paths': [
      '{ require: subscribed }',
      /`subscribed` is no value of `require`, write one of `open`, `key`/,
    ],
    'an access that is no list': ['{ access: open }', /`access` is a text, write a list/],
  };
  for (const [name, [text, expected]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => expect(problemsOf(withAi(text))).toEqual([expect.stringMatching(expected)]));
  }

  it('points at the API whose route stands in the way of an AI path', () => {
    const text =
      'gatehouse: 1\nai: {}\napis:\n  chat: { upstream: "http://h", routes: [ { method: POST, path: /v1/embeddings } ] }\n';
    expect(problemsOf(text)).toEqual([
      '4:43: this route takes the same requests as `ai POST /v1/embeddings` of line 2, give one of them another method, path, host or condition',
    ]);
  });
});
