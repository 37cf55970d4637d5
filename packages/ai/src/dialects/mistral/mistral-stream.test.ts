import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Json } from '../../canonical/json.ts';
import { Losses } from '../../canonical/loss.ts';
import { asJson, foreign, readReply, readStream, sse } from '../chat-shaped/__fixtures__/contexts.ts';
import { mistralProvider } from './mistral-provider.ts';

const chunk = (delta: object, more: object = {}, members: object = {}): object => ({
  id: 'cmpl-1',
  object: 'chat.completion.chunk',
  created: 1_762_500_000,
  model: 'mistral-large',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
  ...members,
});
const USAGE = { prompt_tokens: 94, total_tokens: 122, completion_tokens: 28, num_cached_tokens: 64 };
const read = (body: string, chunkBytes?: number): ReturnType<typeof readStream> =>
  readStream(mistralProvider, body, chunkBytes === undefined ? {} : { chunkBytes });
const choiceOf = (folded: unknown): ChatReply['choices'][number] | undefined =>
  typeof folded === 'object' && folded !== null && 'choices' in folded && Array.isArray(folded.choices)
    ? folded.choices[0]
    : undefined;

const thoughtful = sse([
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'let ' }] }] }),
  chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'me 🏯' }], signature: 'sig' }] }),
  chunk({ content: [{ type: 'text', text: 'Ulm' }] }),
  chunk({ content: ' ist schön' }),
  chunk({ content: [{ type: 'reference', reference_ids: [1, 2] }] }),
  chunk({ content: '.' }, { finish_reason: 'stop' }, { usage: USAGE }),
  '[DONE]',
]);

const whole: ChatReply = {
  id: 'cmpl-1',
  created: 1_762_500_000,
  model: 'mistral-large',
  choices: [
    {
      index: 0,
      blocks: [
        { type: 'reasoning', text: 'let me 🏯', signature: { value: 'sig', dialect: 'mistral' } },
        { type: 'text', text: 'Ulm ist schön' },
        { type: 'opaque', dialect: 'mistral', data: { type: 'reference', reference_ids: [1, 2] } },
        { type: 'text', text: '.' },
      ],
      stop: { reason: 'end', raw: 'stop' },
    },
  ],
  usage: { inputUncached: 30, cacheRead: 64, outputText: 28 },
};

describe('a stream of Mistral', () => {
  it('is the same answer, wherever it is cut into pieces', () => {
    expect(read(thoughtful).folded).toEqual(whole);
    for (let bytes = 1; bytes < 40; bytes++) expect(read(thoughtful, bytes).folded).toEqual(whole);
    expect(read(thoughtful.replaceAll('\n', '\r\n'), 7).folded).toEqual(whole);
  });

  it('folds to what the whole reply says', () => {
    const reply = {
      id: 'cmpl-1',
      object: 'chat.completion',
      created: 1_762_500_000,
      model: 'mistral-large',
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: {
            role: 'assistant',
            content: [
              {
                type: 'thinking',
                thinking: [
                  { type: 'text', text: 'let ' },
                  { type: 'text', text: 'me 🏯' },
                ],
                signature: 'sig',
              },
              { type: 'text', text: 'Ulm ist schön' },
              { type: 'reference', reference_ids: [1, 2] },
              '.',
            ],
            tool_calls: null,
          },
        },
      ],
      usage: USAGE,
    };
    expect(readReply(mistralProvider, reply)).toEqual(whole);
  });

  it('takes calls that come whole in the last chunk, without index or type, with an object for arguments', () => {
    const body = readFileSync(new URL('../openai-chat/__fixtures__/mistral-tools.sse', import.meta.url), 'utf8');
    const { events, folded } = read(body, 11);
    expect(choiceOf(folded)).toEqual({
      index: 0,
      blocks: [
        { type: 'reasoning', text: 'ok' },
        { type: 'tool_call', id: 'D681PevKs', name: 'weather', input: '{"city":"Ulm"}' },
      ],
      stop: { reason: 'tool_calls', raw: 'tool_calls' },
    });
    expect(events.at(-1)).toEqual({ t: 'done' });
  });

  it.each<[string, readonly object[], readonly [string, string][]]>([
    [
      'several at once, one without arguments and one without an id',
      [
        {
          tool_calls: [
            { id: 'aaaaaaaaa', function: { name: 'a', arguments: '{"x":12345678901234567890}' } },
            { id: 'null', function: { name: 'b', arguments: null } },
            { id: 'ccccccccc', function: { name: 'a', arguments: { y: 1 } } },
          ],
        },
      ],
      [
        ['aaaaaaaaa', '{"x":12345678901234567890}'],
        ['call_made_1', '{}'],
        ['ccccccccc', '{"y":1}'],
      ],
    ],
    [
      'in fragments',
      [
        { tool_calls: [{ index: 0, id: 'aaaaaaaaa', function: { name: 'a', arguments: '{"x"' } }] },
        { tool_calls: [{ index: 0, id: 'null', function: { name: '', arguments: ':1}' } }] },
        { tool_calls: [{ index: 0, id: 'bbbbbbbbb', function: { name: 'b', arguments: '' } }] },
      ],
      [
        ['aaaaaaaaa', '{"x":1}'],
        ['bbbbbbbbb', '{}'],
      ],
    ],
    [
      'as an object whose digits are many',
      [{ tool_calls: [{ id: 'aaaaaaaaa', function: { name: 'a', arguments: '@' } }] }],
      [['aaaaaaaaa', '{"id":12345678901234567890}']],
    ],
  ])('takes calls %s', (_, deltas, calls) => {
    const body = sse([...deltas.map((delta) => chunk(delta)), chunk({}, { finish_reason: 'tool_calls' }), '[DONE]']);
    const { folded } = read(body.replace('"@"', '{"id":12345678901234567890}'));
    const blocks = choiceOf(folded)?.blocks.map((block) =>
      block.type === 'tool_call' ? [block.id, block.input] : block,
    );
    expect(blocks).toEqual(calls);
  });

  it('gives tools their own names back, and custom tools their text', () => {
    const request = foreign({ tools: [{ kind: 'custom', name: 'free text' }] });
    const wire: unknown = JSON.parse(
      mistralProvider.writeRequest(request, { model: 'm', stream: true, rules: { kind: 'm' } }, new Losses()),
    );
    const [name = ''] = /free_text_\w+/.exec(JSON.stringify(wire)) ?? [];
    const body = sse([
      chunk({ tool_calls: [{ id: 'aaaaaaaaa', function: { name, arguments: '{"inp' } }] }),
      chunk({ tool_calls: [{ function: { arguments: 'ut":"a\\nb"}' } }] }, { finish_reason: 'tool_calls' }),
      '[DONE]',
    ]);
    expect(choiceOf(readStream(mistralProvider, body, { request }).folded)?.blocks).toEqual([
      { type: 'tool_call', id: 'aaaaaaaaa', name: 'free text', input: 'a\nb', custom: true },
    ]);
  });

  it.each([
    ['stop', [], 'end'],
    ['length', [], 'length'],
    ['model_length', [], 'context_exceeded'],
    ['error', [], 'error'],
    ['tool_calls', [], 'end'],
    ['anything', [], 'unknown'],
    ['stop', [{ id: 'aaaaaaaaa', function: { name: 'a', arguments: '{}' } }], 'tool_calls'],
    ['length', [{ id: 'aaaaaaaaa', function: { name: 'a', arguments: '{"x' } }], 'length'],
  ])('ends with %s, calls %j as %s', (finish_reason, tool_calls, reason) => {
    const body = sse([chunk({ tool_calls }, { finish_reason }), '[DONE]']);
    expect(choiceOf(read(body).folded)?.stop).toEqual({ reason, raw: finish_reason });
  });

  it('says nothing where nothing is said, and does not take a call without a name for one', () => {
    const empty = { choices: [{ index: 0, message: { content: [], tool_calls: [] }, finish_reason: 'stop' }] };
    expect(choiceOf(readReply(mistralProvider, empty))).toEqual({
      index: 0,
      blocks: [],
      stop: { reason: 'end', raw: 'stop' },
    });
    const nameless = { tool_calls: [{ id: 'aaaaaaaaa', function: { arguments: '{}' } }] };
    const body = sse([chunk(nameless, { finish_reason: 'tool_calls' }), '[DONE]']);
    expect(choiceOf(read(body).folded)).toMatchObject({ blocks: [], stop: { reason: 'malformed_tool_call' } });
  });

  it('needs no terminator when every answer has its reason, and is cut otherwise', () => {
    const finished = chunk({ content: 'x' }, { finish_reason: 'stop' });
    expect(read(sse([finished])).folded).toBeDefined();
    expect(read(sse([chunk({ content: 'x' })])).folded).toBeUndefined();
    expect(read(sse(['[DONE]'])).events).toEqual([]);
    expect(read(sse([chunk({ content: 'x' }), '[DONE]'])).folded).toMatchObject({
      choices: [{ stop: { reason: 'unknown' } }],
    });
    const two = foreign({ sampling: { n: 2 } });
    expect(readStream(mistralProvider, sse([finished]), { request: two }).folded).toBeUndefined();
    expect(read(`${sse([chunk({ content: 'x' })])}data: {"choices":[{"ind`).folded).toBeUndefined();
  });

  it('keeps several answers apart', () => {
    const of = (index: number, content: string, finish_reason: string | null): object =>
      chunk({}, {}, { choices: [{ index, delta: { content }, finish_reason }] });
    const body = sse([of(0, 'a', null), of(1, 'b', 'stop'), of(0, 'c', 'length'), '[DONE]']);
    expect(read(body).folded).toMatchObject({
      choices: [
        { index: 0, blocks: [{ text: 'ac' }], stop: { reason: 'length' } },
        { index: 1, blocks: [{ text: 'b' }], stop: { reason: 'end' } },
      ],
    });
  });

  it.each([
    ['{"object":"error","message":"Rate limit","type":"rate_limited","param":null,"code":"1300"}', 'rate_limited'],
    ['{"object":"error","message":"Bad id","type":"invalid_function_call","raw_status_code":400}', 'invalid_request'],
    ['{"error":{"message":"no capacity","type":"overloaded"}}', 'overloaded'],
  ])('reports the failure %s', (data, kind) => {
    const { events } = read(sse([chunk({ content: 'x' }), data, '[DONE]']));
    expect(events.at(-1)).toMatchObject({ t: 'error', error: { kind } });
    expect(readReply(mistralProvider, data)).toMatchObject({ kind });
  });

  it.each<[number, unknown, string]>([
    [401, { detail: 'Unauthorized' }, 'authentication'],
    [422, { detail: [{ loc: ['body', 'x'], msg: 'Extra inputs', type: 'extra_forbidden' }] }, 'invalid_request'],
    [
      400,
      { object: 'error', message: 'Unexpected role', type: 'invalid_request_message_order', code: '3230' },
      'invalid_request',
    ],
    [400, { object: 'error', message: { detail: [{ msg: 'x' }] }, type: 'invalid_request_error' }, 'invalid_request'],
    [400, { message: 'Prompt contains 40000 tokens, too large for the maximum context length' }, 'context_length'],
    [429, { message: 'Requests rate limit exceeded' }, 'rate_limited'],
    [503, '<html>', 'overloaded'],
  ])('understands an error of status %i: %j', (status, body, kind) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(mistralProvider.readError(status, text)).toMatchObject({ kind });
  });

  it.each<[string, unknown]>([
    ['text', 'x'],
    ['a list', []],
    ['nothing', {}],
    ['no choice', { choices: [] }],
    ['odd choices', { choices: ['a', null] }],
  ])('takes %s for no reply', (_, body) => {
    expect(readReply(mistralProvider, body)).toBeUndefined();
  });

  it('survives whatever it is sent', () => {
    const parts = fc.jsonValue({ maxDepth: 3 });
    const odd = fc.record(
      {
        index: fc.jsonValue(),
        finish_reason: fc.constantFrom(null, 'stop', 5),
        delta: fc.record({ content: parts, tool_calls: parts }),
        message: parts,
      },
      { requiredKeys: [] },
    );
    const chunks = fc.array(fc.oneof(parts, fc.record({ choices: fc.array(odd), usage: parts, id: parts })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 30 }), (list, chunkBytes) => {
        read(sse([...list, '[DONE]']), chunkBytes);
        for (const one of list) readReply(mistralProvider, one);
      }),
      { numRuns: 300 },
    );
    const own: Json = asJson(
      '{"choices":[{"delta":{"content":"x","__proto__":{"a":1}},"finish_reason":"stop"}],"__proto__":{}}',
    );
    expect(read(sse([own])).folded).toMatchObject({ choices: [{ blocks: [{ text: 'x' }] }] });
  });
});
