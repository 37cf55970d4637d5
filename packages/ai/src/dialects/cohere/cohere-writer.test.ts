import { CohereClientV2 } from 'cohere-ai';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { ChatRequest } from '../../canonical/chat-request.ts';
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
import { cohereCaller } from './cohere-caller.ts';
import { cohereProvider } from './cohere-provider.ts';

const asked = foreign({ dialect: 'cohere', logprobs: { top: 0 } });

function streamOf(events: readonly StreamEvent[], request: ChatRequest = asked): string {
  const writer = cohereCaller.streamWriter(replyContext(request));
  return events.map((event) => writer.write(event).toString()).join('');
}

/** Cohere's SDK, to which the gate answers with this. */
function client(
  body: string,
  { status = 200, seen }: { readonly status?: number; readonly seen?: Json[] } = {},
): CohereClientV2 {
  return new CohereClientV2({
    token: 't',
    maxRetries: 0,
    fetch: async (_, init) => {
      if (typeof init?.body === 'string') seen?.push(asJson(init.body));
      const type = body.startsWith('{') ? 'application/json' : cohereCaller.streamType;
      return new Response(body, { status, headers: { 'content-type': type } });
    },
  });
}

const CALL = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] };

const reply: ChatReply = {
  id: 'chatcmpl-1',
  created: 1_700_000_000,
  model: 'gpt',
  choices: [
    {
      index: 0,
      blocks: [
        { type: 'reasoning', text: 'hm', signature: { value: 's', dialect: 'anthropic' } },
        { type: 'reasoning', text: '', redacted: { value: 's', dialect: 'anthropic' } },
        {
          type: 'text',
          text: 'It ends with [DONE] in Ulm',
          citations: [{ url: 'https://a.test', title: 'T', start: 23, end: 26 }],
        },
        { type: 'media', kind: 'image', source: { via: 'url', url: 'https://a.test/x' } },
      ],
      stop: { reason: 'length' },
      logprobs: { content: [{ token: 'It', logprob: -0.5, bytes: [73, 116], top_logprobs: [] }], refusal: null },
    },
    { index: 1, blocks: [{ type: 'text', text: 'other' }], stop: { reason: 'end' } },
  ],
  usage: { inputUncached: 30, cacheRead: 60, cacheWrite: 10, outputText: 20, reasoning: 5 },
};

const USAGE = {
  billedUnits: { inputTokens: 100, outputTokens: 25 },
  tokens: { inputTokens: 100, outputTokens: 25 },
  cachedTokens: 60,
};

const called: ChatReply = {
  ...reply,
  choices: [
    {
      index: 0,
      blocks: [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'I look.' },
        { type: 'tool_call', id: 'c1', name: 'look', input: '{"a":1}' },
        { type: 'tool_call', id: 'c2', name: 'look', input: '' },
      ],
      stop: { reason: 'tool_calls' },
    },
  ],
};

describe('a reply to a caller of Cohere', () => {
  it('is read by its SDK', async () => {
    const answer = await client(cohereCaller.writeReply(reply, replyContext(asked))).chat(CALL);
    expect(answer).toMatchObject({
      id: 'chatcmpl-1',
      finishReason: 'MAX_TOKENS',
      message: {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: 'It ends with [DONE] in Ulm' },
        ],
        citations: [
          {
            start: 23,
            end: 26,
            text: 'Ulm',
            contentIndex: 1,
            type: 'TEXT_CONTENT',
            sources: [{ type: 'document', id: 'doc:0', document: { url: 'https://a.test', title: 'T' } }],
          },
        ],
      },
      usage: USAGE,
      logprobs: [{ text: 'It', tokenIds: [], logprobs: [-0.5] }],
    });
  });

  it('tells calls with their plan', async () => {
    const answer = await client(cohereCaller.writeReply(called, replyContext(asked))).chat(CALL);
    expect(answer.finishReason).toBe('TOOL_CALL');
    expect(answer.message).toMatchObject({
      content: [{ type: 'thinking', thinking: 'hm' }],
      toolPlan: 'I look.',
      toolCalls: [
        { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } },
        { id: 'c2', type: 'function', function: { name: 'look', arguments: '{}' } },
      ],
    });
  });

  it.each([
    ['end', 'COMPLETE'],
    ['stop_sequence', 'STOP_SEQUENCE'],
    ['content_filter', 'ERROR'],
    ['refusal', 'COMPLETE'],
    ['pause', 'COMPLETE'],
    ['context_exceeded', 'MAX_TOKENS'],
    ['malformed_tool_call', 'ERROR'],
    ['error', 'ERROR'],
    ['unknown', 'COMPLETE'],
  ] as const)('says %s as %s', (reason, finish) => {
    const ended = { ...reply, choices: [{ index: 0, blocks: [], stop: { reason } }] };
    const written = cohereCaller.writeReply(ended, replyContext(asked));
    expect(JSON.parse(written)).toMatchObject({ finish_reason: finish, message: { role: 'assistant' } });
    expect(streamOf(unfoldReply(ended))).toContain(`"finish_reason":"${finish}"`);
  });

  it('comes back the same when Cohere is on both sides', () => {
    const original = {
      id: 'r1',
      finish_reason: 'COMPLETE',
      message: {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: 'Ulm' },
        ],
        citations: [
          {
            start: 0,
            end: 3,
            text: 'Ulm',
            sources: [{ type: 'document', id: 'd', document: { a: 1 } }],
            content_index: 1,
            type: 'TEXT_CONTENT',
          },
        ],
      },
      usage: { billed_units: { input_tokens: 5, output_tokens: 6 }, tokens: { input_tokens: 5, output_tokens: 6 } },
    };
    const read = readReply(cohereProvider, original);
    if (read === undefined || !('choices' in read)) throw new Error('no reply');
    expect(JSON.parse(cohereCaller.writeReply(read, replyContext(asked)))).toEqual(original);
  });
});

async function gathered(body: string): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  for await (const event of await client(body).chatStream(CALL)) events.push(event);
  return events;
}

describe('a stream to a caller of Cohere', () => {
  it('is read by its SDK, to the end', async () => {
    const events = await gathered(streamOf(unfoldReply(reply)));
    const kinds = events.map((event) =>
      typeof event === 'object' && event !== null && 'type' in event ? event.type : event,
    );
    expect(kinds).toEqual([
      'message-start',
      'content-start',
      'content-delta',
      'content-end',
      'content-start',
      'content-delta',
      'citation-start',
      'citation-end',
      'content-end',
      'message-end',
    ]);
    expect(events[0]).toMatchObject({ id: 'chatcmpl-1', delta: { message: { role: 'assistant' } } });
    expect(events[1]).toMatchObject({ index: 0, delta: { message: { content: { type: 'thinking' } } } });
    expect(events[5]).toMatchObject({
      index: 1,
      delta: { message: { content: { text: 'It ends with [DONE] in Ulm' } } },
    });
    expect(events[6]).toMatchObject({ delta: { message: { citations: { start: 23, end: 26, text: 'Ulm' } } } });
    expect(events[9]).toMatchObject({ delta: { finishReason: 'MAX_TOKENS', usage: USAGE } });
  });

  it('is read back as it was', () => {
    const { folded } = readStream(cohereProvider, streamOf(unfoldReply(called)), { chunkBytes: 9 });
    expect(folded).toMatchObject({
      choices: [
        {
          blocks: [
            { type: 'reasoning', text: 'hm' },
            { type: 'text', text: 'I look.' },
            { type: 'tool_call', id: 'c1', input: '{"a":1}' },
            { type: 'tool_call', id: 'c2', input: '{}' },
          ],
          stop: { reason: 'tool_calls' },
        },
      ],
      usage: { inputUncached: 40, cacheRead: 60, outputText: 25 },
    });
  });

  it('tells calls one after the other that arrive at once', async () => {
    const open = (index: number): StreamEvent => ({
      t: 'block',
      choice: 0,
      index,
      block: { type: 'tool_call', id: `c${index}`, name: 'look' },
    });
    const input = (index: number, text: string): StreamEvent => ({
      t: 'delta',
      choice: 0,
      index,
      delta: { input: text },
    });
    const stop = (index: number): StreamEvent => ({ t: 'block_stop', choice: 0, index });
    const body = streamOf([
      { t: 'start', id: 'r', model: 'm', created: 1 },
      open(0),
      open(1),
      open(2),
      input(0, '{"a"'),
      input(1, '{"b"'),
      input(0, ':1}'),
      stop(1),
      input(2, '{'),
      stop(0),
      input(2, '}'),
      stop(2),
      { t: 'stop', choice: 0, stop: { reason: 'tool_calls' } },
      { t: 'ping' },
      { t: 'done' },
    ]);
    const calls = (await gathered(body)).flatMap((event) => {
      const said = JSON.stringify(event);
      return said.includes('tool-call') ? [/"type":"tool-call-(\w+)","index":(\d)/.exec(said)?.slice(1).join('')] : [];
    });
    expect(calls).toEqual([
      'start0',
      'delta0',
      'delta0',
      'end0',
      'start1',
      'delta1',
      'end1',
      'start2',
      'delta2',
      'delta2',
      'end2',
    ]);
  });

  it('stays alive without a word, and fails with an end that says why', async () => {
    const writer = cohereCaller.streamWriter(replyContext(asked));
    const begun = writer.write({ t: 'start', id: 'r', model: 'm', created: 1 }).toString();
    const failed = writer.fail(callerError({ kind: 'timeout', message: 'Too late.' })).toString();
    const events = await gathered(begun + writer.keepAlive().toString() + failed);
    expect(events).toMatchObject([
      { type: 'message-start' },
      { type: 'message-end', delta: { error: 'Too late.', finishReason: 'TIMEOUT' } },
    ]);
    const error = classifyProviderError(400, JSON.stringify({ error: { message: 'No.' } }));
    expect(streamOf([{ t: 'error', error }])).toContain('"error":"No.","finish_reason":"ERROR"');
  });
});

describe('errors to a caller of Cohere', () => {
  it('are the exceptions of its SDK', async () => {
    const { status, body } = cohereCaller.writeError(callerError());
    expect(JSON.parse(body)).toEqual({ id: 'req_1', message: 'Too many requests.' });
    await expect(client(body, { status }).chat(CALL)).rejects.toMatchObject({
      statusCode: 429,
      body: { message: 'Too many requests.' },
    });
  });
});

describe("a request of Cohere's SDK", () => {
  it('is read', async () => {
    const seen: Json[] = [];
    await client(cohereCaller.writeReply(reply, replyContext(asked)), { seen }).chat({
      model: 'command-a',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hi' },
            { type: 'image_url', imageUrl: { url: 'https://a.test/x.png' } },
          ],
        },
        {
          role: 'assistant',
          toolPlan: 'I look.',
          toolCalls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        { role: 'tool', toolCallId: 'c1', content: [{ type: 'document', document: { data: { t: 1 } } }] },
      ],
      tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }],
      strictTools: true,
      toolChoice: 'REQUIRED',
      documents: [{ id: 'd', data: { text: 'x' } }],
      maxTokens: 5,
      stopSequences: ['END'],
      thinking: { type: 'disabled' },
      responseFormat: { type: 'json_object', jsonSchema: { type: 'object' } },
      safetyMode: 'OFF',
    });
    const request = cohereCaller.readRequest(seen[0] ?? null, NO_FACTS);
    expect(request).toMatchObject({
      model: 'command-a',
      stream: false,
      instructions: [{ text: 'Be brief.' }],
      turns: [
        { blocks: [{ kind: 'document' }, { text: 'Hi' }, { kind: 'image' }] },
        { blocks: [{ text: 'I look.' }, { id: 'c1' }] },
        { blocks: [{ callId: 'c1', json: { t: 1 } }] },
      ],
      tools: [{ name: 'look', strict: true }],
      toolChoice: { mode: 'required' },
      maxOutputTokens: 5,
      sampling: { stop: ['END'] },
      reasoning: { mode: 'off' },
      output: { format: { kind: 'schema' } },
      ext: { cohere: { safety_mode: 'OFF' } },
    });
    const streamed: Json[] = [];
    await client(streamOf(unfoldReply(reply)), { seen: streamed }).chatStream(CALL);
    expect(cohereCaller.readRequest(streamed[0] ?? null, NO_FACTS).stream).toBe(true);
  });
});
