import { describe, expect, it } from 'vitest';
import type { StopReason } from '../../canonical/chat-reply.ts';
import type { Delta, OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { eventsOf, read, replyTo, writeStream } from './__fixtures__/contexts.ts';
import { openAiResponsesCaller } from './caller.ts';

const request = read({ input: 'x', stream: true, temperature: 0.5 });
const START: StreamEvent = { t: 'start', id: 'chatcmpl-1', model: 'claude', created: 5 };

const block = (index: number, open: OpenBlock, ...deltas: readonly Delta[]): readonly StreamEvent[] => [
  { t: 'block', choice: 0, index, block: open },
  ...deltas.map((delta) => ({ t: 'delta', choice: 0, index, delta }) as const),
  { t: 'block_stop', choice: 0, index },
];

const end = (reason: StopReason = 'end', detail?: string): readonly StreamEvent[] => [
  { t: 'stop', choice: 0, stop: { reason, ...(detail !== undefined && { detail }) } },
  { t: 'done' },
];

/** Written, without what begins and ends it. */
const written = (...events: readonly StreamEvent[]): readonly Record<string, unknown>[] =>
  eventsOf(writeStream([START, ...events, ...end()], request)).slice(2, -1);

const last = (...events: readonly StreamEvent[]): Record<string, unknown> =>
  eventsOf(writeStream([START, ...events], request)).at(-1) ?? {};

const CALL = { type: 'tool_call', id: 'call_1', name: 'f' } as const;

describe('a stream is written', () => {
  it('with a head that says what was asked, twice, and once more at the end', () => {
    const events = eventsOf(writeStream([START, ...end()], request));
    expect(events.map(({ type }) => type)).toEqual(['response.created', 'response.in_progress', 'response.completed']);
    const response = { id: 'resp_0', model: 'claude', created_at: 5, object: 'response', temperature: 0.5, output: [] };
    expect(events[0]).toMatchObject({ response: { ...response, status: 'in_progress', usage: null } });
    expect(events[2]).toMatchObject({ response: { ...response, status: 'completed', error: null } });
  });

  it('with a message', () => {
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    const part = { type: 'output_text', annotations: [], logprobs: [] };
    const message = { type: 'message', id: 'msg_1', role: 'assistant' };
    expect(written(...block(0, { type: 'text' }, { text: 'He' }, { text: 'y' }))).toMatchObject([
      { type: 'response.output_item.added', output_index: 0, item: { ...message, status: 'in_progress', content: [] } },
      { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
      { type: 'response.output_text.delta', ...place, delta: 'He', logprobs: [] },
      { type: 'response.output_text.delta', ...place, delta: 'y', logprobs: [] },
      { type: 'response.output_text.done', ...place, text: 'Hey', logprobs: [] },
      { type: 'response.content_part.done', ...place, part: { ...part, text: 'Hey' } },
      { type: 'response.output_item.done', item: { ...message, status: 'completed', content: [{ text: 'Hey' }] } },
    ]);
  });

  it('with texts and refusals in a row as parts of one message', () => {
    const events = written(
      ...block(0, { type: 'text' }, { text: 'A' }),
      ...block(1, { type: 'refusal' }, { text: 'B' }),
      ...block(2, CALL),
      ...block(3, { type: 'text' }, { text: 'C' }),
    );
    expect(events.flatMap(({ type, item }) => (type === 'response.output_item.done' ? [item] : []))).toMatchObject([
      {
        id: 'msg_1',
        content: [
          { type: 'output_text', text: 'A' },
          { type: 'refusal', refusal: 'B' },
        ],
      },
      { type: 'function_call' },
      { type: 'message', content: [{ text: 'C' }] },
    ]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'response.refusal.delta', content_index: 1 }));
  });

  it('with nothing for a text that never came', () => {
    expect(written(...block(0, { type: 'text' }), ...block(1, { type: 'text' }, { text: '' }))).toEqual([]);
  });

  it('with calls, whose arguments are never nothing', () => {
    const place = { item_id: 'fc_1', output_index: 0 };
    const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f' };
    expect(written(...block(0, CALL))).toMatchObject([
      { type: 'response.output_item.added', item: { ...item, arguments: '', status: 'in_progress' } },
      { type: 'response.function_call_arguments.delta', ...place, delta: '{}' },
      { type: 'response.function_call_arguments.done', ...place, name: 'f', arguments: '{}' },
      { type: 'response.output_item.done', item: { ...item, arguments: '{}', status: 'completed' } },
    ]);
  });

  it('with calls of custom tools', () => {
    expect(written(...block(0, { ...CALL, custom: true }, { input: 'x' })).map(({ type }) => type)).toEqual([
      'response.output_item.added',
      'response.custom_tool_call_input.delta',
      'response.custom_tool_call_input.done',
      'response.output_item.done',
    ]);
  });

  it('with calls that grow at once one behind the other', () => {
    const second = { ...CALL, id: 'call_2' };
    const events = written(
      { t: 'block', choice: 0, index: 0, block: CALL },
      { t: 'block', choice: 0, index: 1, block: second },
      { t: 'delta', choice: 0, index: 1, delta: { input: '{"b"' } },
      { t: 'delta', choice: 0, index: 0, delta: { input: '{"a":1}' } },
      { t: 'block_stop', choice: 0, index: 1 },
      { t: 'block_stop', choice: 0, index: 0 },
      ...block(2, { ...CALL, id: 'call_3' }),
    );
    expect(events.map(({ output_index: index }) => index)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    expect(events.flatMap(({ delta }) => delta ?? [])).toEqual(['{"a":1}', '{"b"', '{}']);
  });

  it('with the two halves of a character together', () => {
    const events = written(...block(0, { type: 'text' }, { text: 'a\ud83d' }, { text: '\ude00' }));
    expect(events.flatMap(({ delta }) => delta ?? [])).toEqual(['a', '😀']);
    const torn = written(...block(0, { type: 'text' }, { text: 'a\ud83d' }));
    expect(torn.flatMap(({ delta }) => delta ?? [])).toEqual(['a', '\ud83d']);
  });

  it('with citations that have an address', () => {
    const events = written(
      ...block(
        0,
        { type: 'text' },
        { text: 'See' },
        { citation: { url: 'https://a.example' } },
        { citation: { text: 'a passage' } },
      ),
    );
    const annotation = {
      type: 'url_citation',
      start_index: 0,
      end_index: 3,
      url: 'https://a.example',
      title: 'https://a.example',
    };
    expect(events.filter(({ annotation: cited }) => cited !== undefined)).toMatchObject([
      { type: 'response.output_text.annotation.added', annotation_index: 0, annotation },
    ]);
    expect(events.at(-1)).toMatchObject({ item: { content: [{ annotations: [annotation] }] } });
  });

  it('with images as what makes them here', () => {
    const source = { via: 'base64', data: 'AAAA' } as const;
    const events = written(...block(0, { type: 'media', kind: 'image', source }));
    expect(events.at(-1)).toMatchObject({
      item: { type: 'image_generation_call', id: 'image_generation_call_1', result: 'AAAA' },
    });
  });

  it('without what only other dialects know, and without other answers than the first', () => {
    const events = written(
      ...block(0, { type: 'opaque', dialect: 'anthropic', data: { type: 'x' } }),
      { t: 'block', choice: 1, index: 0, block: { type: 'text' } },
      { t: 'delta', choice: 1, index: 0, delta: { text: 'B' } },
      { t: 'block_stop', choice: 1, index: 0 },
      { t: 'stop', choice: 1, stop: { reason: 'length' } },
    );
    expect(events).toEqual([]);
  });

  it('with comments, not with events, to keep it alive', () => {
    const writer = openAiResponsesCaller.streamWriter(replyTo(request));
    expect(writer.keepAlive()).toBe(': keep-alive\n\n');
    expect(writer.write({ t: 'ping' })).toBe('');
  });

  it('with its usage, in members that are all there', () => {
    const usage = { inputUncached: 1, cacheRead: 2, cacheWrite: 3, outputText: 4, reasoning: 5 };
    expect(
      last({ t: 'usage', usage: { inputUncached: 0, outputText: 0 } }, { t: 'usage', usage }, ...end()),
    ).toMatchObject({
      response: {
        usage: {
          input_tokens: 6,
          input_tokens_details: { cached_tokens: 2, cache_write_tokens: 3 },
          output_tokens: 9,
          output_tokens_details: { reasoning_tokens: 5 },
          total_tokens: 15,
        },
      },
    });
  });
});

describe('a stream ends', () => {
  const ends: readonly (readonly [StopReason, string, object])[] = [
    ['end', 'completed', { incomplete_details: null }],
    ['stop_sequence', 'completed', {}],
    ['tool_calls', 'completed', {}],
    ['unknown', 'completed', {}],
    ['refusal', 'completed', { output: [{ content: [{ type: 'refusal', refusal: 'The model refused to answer.' }] }] }],
    ['length', 'incomplete', { incomplete_details: { reason: 'max_output_tokens' } }],
    ['context_exceeded', 'incomplete', { incomplete_details: { reason: 'max_output_tokens' } }],
    ['pause', 'incomplete', {}],
    ['content_filter', 'incomplete', { incomplete_details: { reason: 'content_filter' } }],
    ['malformed_tool_call', 'failed', { error: { code: 'server_error' } }],
    ['error', 'failed', { error: { code: 'server_error' } }],
  ];
  for (const [reason, status, response] of ends) {
    const stop: StreamEvent = { t: 'stop', choice: 0, stop: { reason } };
    it(`${status} for ${reason}`, () => {
      expect(last(stop, { t: 'done' })).toMatchObject({
        type: `response.${status}`,
        response: { status, ...response },
      });
    });
  }

  it('with items that are as incomplete as it is', () => {
    const cut = last(
      ...block(0, { type: 'text' }, { text: 'A' }),
      ...block(1, CALL, { input: '{"a' }),
      ...end('length'),
    );
    expect(cut).toMatchObject({
      response: { output: [{ status: 'completed' }, { status: 'incomplete', arguments: '{"a' }] },
    });
    expect(last(...block(0, CALL), ...end('length'))).toMatchObject({ response: { output: [{ arguments: '' }] } });
  });

  it('with what a refusal says of itself, unless the model has refused in words', () => {
    expect(last(...end('refusal', 'Cyber.'))).toMatchObject({
      response: { output: [{ content: [{ refusal: 'Cyber.' }] }] },
    });
    const said = last(...block(0, { type: 'refusal' }, { text: 'No.' }), ...end('refusal', 'Cyber.'));
    expect(said).toMatchObject({ response: { output: [{ content: [{ refusal: 'No.' }] }] } });
  });

  const error = {
    status: 502,
    kind: 'upstream',
    code: 'provider.truncated',
    message: 'The stream broke off.',
    retry: true,
    requestId: 'r',
  } as const;

  it('with an error that is nested, and then failed, when it broke', () => {
    const writer = openAiResponsesCaller.streamWriter(replyTo(request));
    const begun = [START, ...block(0, { type: 'text' }, { text: 'A' })].map((event) => writer.write(event)).join('');
    const events = eventsOf(begun + writer.fail(error).toString());
    const said = { message: 'The stream broke off.', type: 'server_error', param: null, code: 'provider.truncated' };
    expect(events.slice(-2)).toMatchObject([
      { type: 'error', error: said },
      {
        type: 'response.failed',
        response: {
          status: 'failed',
          error: { code: 'provider.truncated', message: 'The stream broke off.' },
          output: [],
        },
      },
    ]);
    expect(writer.fail(error)).toBe('');
    expect(writer.write({ t: 'done' })).toBe('');
  });

  it('with an error also when it never began', () => {
    const writer = openAiResponsesCaller.streamWriter(replyTo(request));
    expect(eventsOf(writer.fail(error).toString())).toMatchObject([
      { type: 'error' },
      { type: 'response.failed', response: { id: 'resp_0', output: [] } },
    ]);
  });

  it("with the provider's error as callers may see it", () => {
    const failure = classifyProviderError(200, '{"error":{"code":"rate_limit_exceeded","message":"key sk-123456789"}}');
    const [said] = eventsOf(writeStream([START, { t: 'error', error: failure }], request)).slice(-2);
    expect(said).toMatchObject({ type: 'error', error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' } });
    expect(JSON.stringify(said)).not.toContain('sk-1');
  });
});
