import { GoogleGenAI } from '@google/genai';
import { CohereClientV2 } from 'cohere-ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGate, type Running } from '../../apps/gateway/test/harness.ts';
import { FakeEndpoints, type SaidReply, type SeenRequest } from './fake-endpoints.ts';

/** Numbers that a 32-bit float holds exactly, so that base64 loses nothing. */
const VECTORS = [
  [0.5, -0.25, 1],
  [2, 0.125, -8],
];
const TEXTS = ['first', 'second'];

let vendor: FakeEndpoints;
let gate: Running;

beforeAll(async () => {
  vendor = await FakeEndpoints.start(answer);
  const base = vendor.origin;
  gate = await startGate(`
ai:
  require: open
  providers:
    openai: { kind: openai, baseUrl: "${base}/openai", apiKey: k }
    stubborn: { kind: openai-compatible, baseUrl: "${base}/stubborn", apiKey: k }
    mistral: { kind: mistral, baseUrl: "${base}/mistral", apiKey: k }
    google: { kind: google, baseUrl: "${base}/google", apiKey: k }
    cohere: { kind: cohere, baseUrl: "${base}/cohere", apiKey: k }
    ollama: { kind: ollama, baseUrl: "${base}/ollama" }
    claude: { kind: anthropic, baseUrl: "${base}/claude", apiKey: k }
`);
});
afterAll(async () => {
  await gate.stop();
  await vendor.close();
});

const PATHS: Readonly<Record<string, string>> = {
  openai: '/openai/embeddings',
  stubborn: '/stubborn/embeddings',
  mistral: '/mistral/embeddings',
  google: '/google/models/m:batchEmbedContents',
  cohere: '/cohere/embed',
  ollama: '/ollama/api/embed',
};

/** As each vendor does; the stubborn one gives floats to whom asks for base64, and base64 to whom asks for floats. */
function answer({ path, body }: SeenRequest): SaidReply {
  const asked = JSON.parse(body.toString());
  const count: number =
    asked.requests?.length ?? asked.texts?.length ?? (Array.isArray(asked.input) ? asked.input.length : 1);
  const vectors = VECTORS.slice(0, count);
  const name = path.split('/')[1] ?? '';
  if (path !== PATHS[name]) return { status: 404, body: '{}' };
  switch (name) {
    case 'google':
      return json({ embeddings: vectors.map((values) => ({ values })) });
    case 'cohere':
      return json({ id: '1', embeddings: { float: vectors }, meta: { billed_units: { input_tokens: 4 } } });
    case 'ollama':
      return json({ model: 'm', embeddings: vectors, prompt_eval_count: 4 });
    default: {
      const base64 = (asked.encoding_format === 'base64') !== (name === 'stubborn');
      const data = vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: base64 ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector,
      }));
      return json({ object: 'list', data, model: 'm', usage: { prompt_tokens: 4, total_tokens: 4 } });
    }
  }
}

function json(value: object): SaidReply {
  return { body: JSON.stringify(value) };
}

const openai = (): OpenAI => new OpenAI({ apiKey: 'caller-key', baseURL: `${gate.url}/v1`, maxRetries: 0 });
const google = (): GoogleGenAI => new GoogleGenAI({ apiKey: 'caller-key', httpOptions: { baseUrl: gate.url } });

describe.each(Object.keys(PATHS))('vectors of %s', (name) => {
  const model = `${name}/m`;

  it('reach the SDK of OpenAI, which asks for base64 unless told otherwise', async () => {
    const { data, usage } = await openai().embeddings.create({ model, input: TEXTS });
    expect(data.map(({ embedding }) => embedding)).toEqual(VECTORS);
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    expect(usage.prompt_tokens).toBe(name === 'google' ? 0 : 4);
  });

  it('reach the SDK of OpenAI as numbers, with their dimensions', async () => {
    const call = { model, input: 'first', dimensions: 3, encoding_format: 'float' } as const;
    expect((await openai().embeddings.create(call)).data[0]?.embedding).toEqual(VECTORS[0]);
    expect(vendor.seen.at(-1)?.body.toString()).toMatch(/"(?:dimensions|output_dimension|outputDimensionality)":3/);
  });

  it('reach the SDK of Google', async () => {
    const { embeddings } = await google().models.embedContent({
      model,
      contents: TEXTS,
      config: { outputDimensionality: 3 },
    });
    expect(embeddings?.map(({ values }) => values)).toEqual(VECTORS);
  });

  it('reach the SDK of Cohere', async () => {
    const client = new CohereClientV2({ token: 'caller-key', environment: gate.url, maxRetries: 0 });
    const call = { model, inputType: 'search_query', texts: TEXTS, embeddingTypes: ['float'] } as const;
    const { embeddings } = await client.embed({ ...call, texts: TEXTS, embeddingTypes: ['float'] });
    expect(embeddings.float).toEqual(VECTORS);
  });

  it('reach the SDK of Ollama', async () => {
    const client = new Ollama({ host: gate.url, headers: { authorization: 'Bearer caller-key' } });
    expect((await client.embed({ model, input: TEXTS })).embeddings).toEqual(VECTORS);
  });
});

describe('what a vendor cannot be told', () => {
  it('is named', async () => {
    const call = openai().embeddings.create({ model: 'google/m', input: 'first', user: 'me' });
    expect((await call.withResponse()).response.headers.get('x-gatehouse-loss')).toBe('dropped:user');
    await google().models.embedContent({ model: 'openai/m', contents: 'first', config: { taskType: 'CLUSTERING' } });
    expect(vendor.lastJson).toEqual({ model: 'm', input: ['first'], encoding_format: 'float' });
  });

  it('stays with the text it belongs to where the vendor knows it', async () => {
    const requests = ['a', 'b'].map((title) => ({
      content: { parts: [{ text: title }] },
      taskType: 'RETRIEVAL_DOCUMENT',
      title,
    }));
    const url = `${gate.url}/v1beta/models/google%2Fm:batchEmbedContents`;
    const reply = await fetch(url, { method: 'POST', body: JSON.stringify({ requests }) });
    expect(await reply.json()).toEqual({ embeddings: VECTORS.map((values) => ({ values })) });
    expect(vendor.lastJson).toEqual({ requests: requests.map((request) => ({ ...request, model: 'models/m' })) });
  });

  it('is one vector where one is asked for', async () => {
    const url = `${gate.url}/v1beta/models/cohere%2Fm:embedContent`;
    const body = JSON.stringify({ content: { parts: [{ text: 'first' }] } });
    expect(await (await fetch(url, { method: 'POST', body })).json()).toEqual({ embedding: { values: VECTORS[0] } });
  });

  it.each<[string, object, string]>([
    ['token ids', { model: 'cohere/m', input: [[1, 2]] }, 'token ids mean something to models of one vendor only'],
    [
      'an encoding that nobody knows',
      { model: 'cohere/m', input: 'a', encoding_format: 'int8' },
      "'float' or 'base64'",
    ],
    ['no text', { model: 'ollama/m', input: [] }, 'at least one text'],
    ['more texts than it takes', { model: 'google/m', input: Array.from({ length: 101 }, String) }, '100 texts a call'],
    ['anything, if it has no vectors', { model: 'claude/m', input: 'a' }, 'serves no embeddings here'],
  ])('is refused: %s', async (_, body, message) => {
    const reply = await fetch(`${gate.url}/v1/embeddings`, { method: 'POST', body: JSON.stringify(body) });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ error: { message: expect.stringContaining(message) } });
  });

  it('passes as token ids to whom understands them', async () => {
    const { data } = await openai().embeddings.create({ model: 'openai/m', input: [[1, 2], [3]] });
    expect(data).toHaveLength(2);
    expect(vendor.lastJson).toEqual({ model: 'm', input: [[1, 2], [3]], encoding_format: 'base64' });
  });
});
