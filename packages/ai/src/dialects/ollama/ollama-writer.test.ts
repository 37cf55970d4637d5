import { Ollama, type ChatResponse } from 'ollama';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import { unfoldReply } from '../../canonical/fold-stream.ts';
import type { Json } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import {
  asJson,
  callerError,
  foreign,
  NO_FACTS,
  readReply,
  readStream,
  replyContext,
} from '../chat-shaped/__fixtures__/contexts.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { ollamaCaller } from './ollama-caller.ts';
import { ollamaProvider } from './ollama-provider.ts';
import { writeTags } from './write-tags.ts';

const asked = foreign({ dialect: 'ollama', logprobs: { top: 1 } });

function streamOf(events: readonly StreamEvent[]): string {
  const writer = ollamaCaller.streamWriter(replyContext(asked));
  return events.map((event) => writer.write(event).toString()).join('');
}

/** Ollama's SDK, to which the gate answers with this. */
function client(
  body: string,
  { status = 200, seen }: { readonly status?: number; readonly seen?: Json[] } = {},
): Ollama {
  return new Ollama({
    host: 'http://gate.test',
    fetch: async (_, init) => {
      if (typeof init?.body === 'string') seen?.push(asJson(init.body));
      return new Response(body, { status, headers: { 'content-type': 'application/json' } });
    },
  });
}

const CALL = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };

async function gathered(body: string): Promise<ChatResponse[]> {
  const lines: ChatResponse[] = [];
  for await (const one of await client(body).chat({ ...CALL, stream: true })) lines.push(one);
  return lines;
}

const token = { token: 'Ulm', logprob: -0.5, bytes: [85, 108, 109] };
const reply: ChatReply = {
  id: 'chatcmpl-1',
  created: 1_700_000_000,
  model: 'gpt',
  choices: [
    {
      index: 0,
      blocks: [
        { type: 'reasoning', text: ' hm', signature: { value: 's', dialect: 'anthropic' } },
        { type: 'text', text: 'Ulm 🏯', citations: [{ url: 'https://a.test' }] },
        { type: 'refusal', text: ' no' },
        { type: 'tool_call', id: 'c1', name: 'look', input: '{"id":12345678901234567890}' },
        { type: 'tool_call', id: 'c2', name: 'look', input: '{"brok' },
        { type: 'tool_call', id: 'c3', name: 'look', input: '' },
      ],
      stop: { reason: 'tool_calls' },
      logprobs: { content: [{ ...token, top_logprobs: [token] }], refusal: null },
    },
    { index: 1, blocks: [{ type: 'text', text: 'other' }], stop: { reason: 'end' } },
  ],
  usage: { inputUncached: 30, cacheRead: 60, cacheWrite: 10, outputText: 20, reasoning: 5 },
};

const CALLS = [
  { id: 'c1', function: { index: 0, name: 'look', arguments: { id: 12345678901234567000 } } },
  { id: 'c2', function: { index: 1, name: 'look', arguments: { _raw_arguments: '{"brok' } } },
  { id: 'c3', function: { index: 2, name: 'look', arguments: {} } },
];

describe('a reply to a caller of Ollama', () => {
  it('is read by its SDK', async () => {
    const written = ollamaCaller.writeReply(reply, replyContext(asked));
    expect(await client(written).chat(CALL)).toEqual({
      model: 'gpt',
      created_at: '2023-11-14T22:13:20.000Z',
      message: { role: 'assistant', content: 'Ulm 🏯 no', thinking: ' hm', tool_calls: CALLS },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 100,
      eval_count: 25,
      logprobs: [{ ...token, top_logprobs: [token] }],
    });
    expect(written).toContain('12345678901234567890');
  });

  it.each([
    ['end', 'stop'],
    ['length', 'length'],
    ['context_exceeded', 'length'],
    ['refusal', 'stop'],
    ['unknown', 'stop'],
    ['error', 'error'],
  ] as const)('says %s as %s', (reason, done_reason) => {
    const ended = { ...reply, choices: [{ index: 0, blocks: [], stop: { reason } }] };
    expect(JSON.parse(ollamaCaller.writeReply(ended, replyContext()))).toMatchObject({
      done_reason,
      message: { content: '' },
    });
  });

  it('comes back the same when Ollama is on both sides', () => {
    const original = {
      model: 'qwen3',
      created_at: '2023-11-14T22:13:20.000Z',
      message: { role: 'assistant', content: 'x', thinking: 'y', tool_calls: [CALLS[2]] },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 3,
      eval_count: 4,
      logprobs: [{ ...token, top_logprobs: [token] }],
    };
    const read = readReply(ollamaProvider, original);
    if (read === undefined || !('choices' in read)) throw new Error('no reply');
    const { tool_calls: _, ...message } = original.message;
    expect(JSON.parse(ollamaCaller.writeReply(read, replyContext(asked)))).toEqual({
      ...original,
      message: { ...message, tool_calls: [{ id: 'c3', function: { index: 0, name: 'look', arguments: {} } }] },
    });
  });
});

describe('a stream to a caller of Ollama', () => {
  it('is read by its SDK, to the end', async () => {
    const lines = await gathered(streamOf(unfoldReply(reply)));
    expect(lines.map(({ message }) => message)).toEqual([
      { role: 'assistant', content: '', thinking: ' hm' },
      { role: 'assistant', content: 'Ulm 🏯' },
      { role: 'assistant', content: ' no' },
      ...CALLS.map((call) => ({ role: 'assistant', content: '', tool_calls: [call] })),
      { role: 'assistant', content: '' },
    ]);
    expect(lines.at(-1)).toEqual({
      model: 'gpt',
      created_at: '2023-11-14T22:13:20.000Z',
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 100,
      eval_count: 25,
      logprobs: [{ ...token, top_logprobs: [token] }],
    });
  });

  it('is read back as it was', () => {
    const { folded } = readStream(ollamaProvider, streamOf(unfoldReply(reply)), { chunkBytes: 7 });
    expect(folded).toMatchObject({
      model: 'gpt',
      created: 1_700_000_000,
      choices: [
        {
          blocks: [
            { type: 'reasoning', text: ' hm' },
            { type: 'text', text: 'Ulm 🏯 no' },
            { id: 'c1', input: '{"id":12345678901234567890}' },
            { id: 'c2' },
            { id: 'c3', input: '{}' },
          ],
          stop: { reason: 'tool_calls' },
        },
      ],
      usage: { inputUncached: 100, outputText: 25 },
    });
  });

  it('tells calls that arrive at once when each is complete', async () => {
    const open = (index: number): StreamEvent => ({
      t: 'block',
      choice: 0,
      index,
      block: { type: 'tool_call', id: `c${index}`, name: 'look', ...(index === 1 && { custom: true }) },
    });
    const input = (index: number, text: string): StreamEvent => ({
      t: 'delta',
      choice: 0,
      index,
      delta: { input: text },
    });
    const lines = await gathered(
      streamOf([
        { t: 'start', id: 'r', model: 'm', created: 1 },
        open(0),
        open(1),
        input(0, '{"a"'),
        input(1, 'text'),
        { t: 'block_stop', choice: 0, index: 1 },
        input(0, ':1}'),
        { t: 'block_stop', choice: 0, index: 0 },
        { t: 'ping' },
        { t: 'stop', choice: 0, stop: { reason: 'tool_calls' } },
        { t: 'done' },
      ]),
    );
    expect(lines.flatMap(({ message }) => message.tool_calls ?? [])).toEqual([
      { id: 'c1', function: { index: 0, name: 'look', arguments: { input: 'text' } } },
      { id: 'c0', function: { index: 1, name: 'look', arguments: { a: 1 } } },
    ]);
  });

  it('stays alive with a line that says nothing, and fails with one that says why', async () => {
    const writer = ollamaCaller.streamWriter(replyContext(asked));
    const alive = writer.keepAlive().toString();
    expect(JSON.parse(alive)).toMatchObject({ model: 'gate-model', message: { content: '' }, done: false });
    await expect(gathered(alive + writer.fail(callerError({ message: 'Broken.' })).toString())).rejects.toThrow(
      'Broken.',
    );
    const error = classifyProviderError(400, JSON.stringify({ error: { message: 'No.' } }));
    expect(streamOf([{ t: 'error', error }])).toBe('{"error":"No."}\n');
    const broken: StreamEvent[] = [
      { t: 'start', id: 'r', model: 'm', created: 1 },
      { t: 'stop', choice: 0, stop: { reason: 'error', detail: 'It broke.' } },
      { t: 'done' },
    ];
    expect(streamOf(broken)).toBe('{"error":"It broke."}\n');
    await expect(gathered(alive)).rejects.toThrow('Did not receive done');
  });
});

describe('the rest that a caller of Ollama gets', () => {
  it('is errors that its SDK understands', async () => {
    const { status, body } = ollamaCaller.writeError(callerError());
    await expect(client(body, { status }).chat(CALL)).rejects.toMatchObject({
      error: 'Too many requests.',
      status_code: 429,
    });
  });

  it('is a list of models', async () => {
    const { models } = await client(writeTags([{ id: 'fast', created: 1_700_000_000 }, { id: 'slow' }])).list();
    expect(models).toMatchObject([
      {
        name: 'fast',
        model: 'fast',
        modified_at: '2023-11-14T22:13:20.000Z',
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { name: 'slow' },
    ]);
  });
});

describe("a request of Ollama's SDK", () => {
  it('is read', async () => {
    const seen: Json[] = [];
    await client(ollamaCaller.writeReply(reply, replyContext(asked)), { seen }).chat({
      model: 'qwen3',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Look', images: [Buffer.from('iVBORw0KGgo=', 'base64')] },
        { role: 'assistant', content: '', tool_calls: [{ function: { name: 'look', arguments: { a: 1 } } }] },
        { role: 'tool', content: '20', tool_name: 'look' },
      ],
      tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }],
      think: 'low',
      format: { type: 'object' },
      options: { num_predict: 5, num_ctx: 100 },
    });
    expect(ollamaCaller.readRequest(seen[0] ?? null, NO_FACTS)).toMatchObject({
      model: 'qwen3',
      stream: false,
      turns: [
        { blocks: [{ text: 'Look' }, { kind: 'image', source: { data: 'iVBORw0KGgo=' } }] },
        { blocks: [{ type: 'tool_call', name: 'look', input: '{"a":1}' }] },
        { blocks: [{ type: 'tool_result', name: 'look' }] },
      ],
      reasoning: { effort: 'low' },
      maxOutputTokens: 5,
      ext: { ollama: { 'options.num_ctx': 100 } },
    });
  });
});
