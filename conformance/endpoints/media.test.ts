import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGate, type Running } from '../../apps/gateway/test/harness.ts';
import { FakeEndpoints, type SaidReply, type SeenRequest } from './fake-endpoints.ts';

const PICTURE = Buffer.from('a picture').toString('base64');
const IMAGE_USAGE = {
  input_tokens: 12,
  input_tokens_details: { text_tokens: 8, image_tokens: 4 },
  output_tokens: 100,
  total_tokens: 112,
};
const VERDICT = { flagged: true, categories: { violence: true }, category_scores: { violence: 0.9 } };
const SUBTITLES = '1\n00:00:00,000 --> 00:00:01,000\nHello\n';
/** No text in any coding, and longer than what is held of an answer. */
const SOUND = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 7 + (at >> 8)) % 256));

let vendor: FakeEndpoints;
let gate: Running;
let client: OpenAI;

beforeAll(async () => {
  vendor = await FakeEndpoints.start(answer);
  gate = await startGate(`
ai:
  require: open
  providers:
    openai: { kind: openai, baseUrl: "${vendor.origin}/v1", apiKey: sk-vendor }
  models:
    painter: { targets: [ { provider: openai, model: gpt-image-1 } ] }
    listener: { targets: [ { provider: openai, model: gpt-4o-transcribe } ] }
    speaker: { targets: [ { provider: openai, model: gpt-4o-mini-tts } ] }
`);
  client = new OpenAI({ apiKey: 'caller-key', baseURL: `${gate.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await gate.stop();
  await vendor.close();
});

function answer({ path, body }: SeenRequest): SaidReply {
  const text = body.toString('latin1');
  switch (path) {
    case '/v1/images/generations':
      return text.includes('"stream":true') ? pictureEvents('image_generation') : json(pictures());
    case '/v1/images/edits':
      return json(pictures());
    case '/v1/audio/transcriptions':
      if (text.includes('name="stream"\r\n\r\ntrue')) return transcriptEvents();
      if (text.includes('name="response_format"\r\n\r\nsrt'))
        return { type: 'text/plain; charset=utf-8', body: SUBTITLES };
      return json({
        text: 'Hello',
        usage: { type: 'tokens', input_tokens: 14, input_token_details: { audio_tokens: 14 }, output_tokens: 3 },
      });
    case '/v1/audio/translations':
      return json({ text: 'Hello' });
    case '/v1/audio/speech':
      return text.includes('"stream_format":"sse"') ? speechEvents() : { type: 'audio/mpeg', body: slices(SOUND) };
    case '/v1/moderations':
      return json({ id: 'modr-1', model: 'omni-moderation-latest', results: [VERDICT] });
    default:
      return { status: 404, body: '{}' };
  }
}

function json(value: object): SaidReply {
  return { body: JSON.stringify(value) };
}

function pictures(): object {
  return { created: 1, data: [{ b64_json: PICTURE }], usage: IMAGE_USAGE };
}

function events(...list: readonly object[]): SaidReply {
  return { type: 'text/event-stream; charset=utf-8', body: list.map((event) => `data: ${JSON.stringify(event)}\n\n`) };
}

function pictureEvents(of: string): SaidReply {
  return events(
    { type: `${of}.partial_image`, partial_image_index: 0, b64_json: PICTURE },
    { type: `${of}.completed`, b64_json: PICTURE, usage: IMAGE_USAGE },
  );
}

function transcriptEvents(): SaidReply {
  return events(
    { type: 'transcript.text.delta', delta: 'Hel' },
    { type: 'transcript.text.delta', delta: 'lo' },
    { type: 'transcript.text.done', text: 'Hello', usage: { type: 'tokens', input_tokens: 14, output_tokens: 3 } },
  );
}

function speechEvents(): SaidReply {
  return events(
    { type: 'speech.audio.delta', audio: PICTURE },
    { type: 'speech.audio.done', usage: { input_tokens: 5, output_tokens: 60 } },
  );
}

function slices(whole: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(whole.length / 65_536) }, (_, at) =>
    whole.subarray(at * 65_536, (at + 1) * 65_536),
  );
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of stream) list.push(one);
  return list;
}

/** As the vendor got it. */
function lastText(): string {
  return vendor.seen.at(-1)?.body.toString('latin1') ?? '';
}

describe('the official SDK of OpenAI', () => {
  it('gets a picture', async () => {
    const { data, usage } = await client.images.generate({ model: 'painter', prompt: 'a cat', n: 1 });
    expect(data?.[0]?.b64_json).toBe(PICTURE);
    expect(usage?.total_tokens).toBe(112);
    expect(vendor.lastJson).toEqual({ model: 'gpt-image-1', prompt: 'a cat', n: 1 });
    expect(vendor.seen.at(-1)?.headers['authorization']).toBe('Bearer sk-vendor');
  });

  it('sees a picture come', async () => {
    const stream = await client.images.generate({ model: 'painter', prompt: 'a cat', stream: true, partial_images: 1 });
    const types = (await all(stream)).map(({ type }) => type);
    expect(types).toEqual(['image_generation.partial_image', 'image_generation.completed']);
  });

  it('edits pictures', async () => {
    const image = [await toFile(Buffer.from('\x89PNG\r\n'), 'a.png'), await toFile(Buffer.from([0, 13, 10]), 'b.png')];
    const { data } = await client.images.edit({ model: 'painter', image, prompt: 'a hat' });
    expect(data?.[0]?.b64_json).toBe(PICTURE);
    expect(lastText()).toContain('name="model"\r\n\r\ngpt-image-1\r\n');
    expect(lastText().match(/name="image\[\]"; filename=/g)).toHaveLength(2);
  });

  it('has a file transcribed, whose bytes are its own', async () => {
    const sound = SOUND.subarray(0, 50_000);
    const file = await toFile(sound, 'speech.wav');
    const { text } = await client.audio.transcriptions.create({ model: 'listener', file });
    expect(text).toBe('Hello');
    expect(lastText()).toContain('name="model"\r\n\r\ngpt-4o-transcribe\r\n');
    expect(vendor.seen.at(-1)?.body.includes(sound)).toBe(true);
  });

  it('sees a transcript come', async () => {
    const file = await toFile(Buffer.from('x'), 'speech.wav');
    const stream = await client.audio.transcriptions.create({ model: 'listener', file, stream: true });
    const types = (await all(stream)).map(({ type }) => type);
    expect(types).toEqual(['transcript.text.delta', 'transcript.text.delta', 'transcript.text.done']);
  });

  it('gets subtitles as plain text', async () => {
    const file = await toFile(Buffer.from('x'), 'speech.wav');
    const call = client.audio.transcriptions.create({ model: 'listener', file, response_format: 'srt' });
    const { data, response } = await call.withResponse();
    expect(data).toBe(SUBTITLES);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('has a file translated', async () => {
    const file = await toFile(Buffer.from('x'), 'speech.wav');
    expect((await client.audio.translations.create({ model: 'listener', file })).text).toBe('Hello');
  });

  it('gets sound, byte for byte', async () => {
    const reply = await client.audio.speech.create({ model: 'speaker', input: 'Hello', voice: 'alloy' });
    expect(reply.headers.get('content-type')).toBe('audio/mpeg');
    expect(Buffer.from(await reply.arrayBuffer()).equals(SOUND)).toBe(true);
    expect(vendor.lastJson).toEqual({ model: 'gpt-4o-mini-tts', input: 'Hello', voice: 'alloy' });
  });

  it('gets sound as events', async () => {
    const call = { model: 'speaker', input: 'Hello', voice: 'alloy', stream_format: 'sse' } as const;
    const text = await (await client.audio.speech.create(call)).text();
    expect(text).toContain('"type":"speech.audio.done"');
  });

  it.each([undefined, 'omni-moderation-latest', 'openai/omni-moderation-latest'])(
    'has a text moderated by the model %s',
    async (model) => {
      const { results } = await client.moderations.create({ input: 'Hello', ...(model !== undefined && { model }) });
      expect(results[0]?.flagged).toBe(true);
      expect(vendor.lastJson).toEqual({ model: 'omni-moderation-latest', input: 'Hello' });
    },
  );

  it.each<[string, () => Promise<unknown>]>([
    ['an unknown model', async () => client.images.generate({ model: 'nobody', prompt: 'a cat' })],
    [
      'an unknown model in a form',
      async () =>
        client.audio.transcriptions.create({ model: 'nobody', file: await toFile(Buffer.from('x'), 'a.wav') }),
    ],
  ])('is refused %s', async (_, call) => {
    await expect(call()).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });
});
