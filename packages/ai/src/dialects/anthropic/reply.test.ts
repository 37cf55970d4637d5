import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatReply, StopReason } from '../../canonical/chat-reply.ts';
import type { Block, Tool } from '../../canonical/chat-request.ts';
import { parseExact, type Json } from '../../canonical/json.ts';
import { sealUnsigned } from '../../canonical/unsigned.ts';
import { estimateOutputTokens, estimateTokens } from '../../pricing/token-estimate.ts';
import { asText, listFields } from '../../loose-json.ts';
import { foreign, readContext, replyContext, target, written } from './__fixtures__/contexts.ts';
import { MESSAGE } from './__fixtures__/streams.ts';
import { readReply } from './reply-reader.ts';
import { writeReply } from './reply-writer.ts';

function read(body: Json): ChatReply {
  const one = readReply(body, readContext());
  if (one === undefined || 'kind' in one) throw new Error('This is no reply.');
  return one;
}

function reply(blocks: readonly Block[], members: Partial<ChatReply> = {}): ChatReply {
  const choices = [{ index: 0, blocks, stop: { reason: 'end' } as const }];
  return {
    id: 'chatcmpl-1',
    created: 1,
    model: 'gpt',
    choices,
    usage: { inputUncached: 5, outputText: 6 },
    ...members,
  };
}

function write(one: ChatReply): Anthropic.Message {
  const message: Anthropic.Message = JSON.parse(writeReply(one, replyContext()));
  return message;
}

describe('replies', () => {
  it('are read with everything in them', () => {
    expect(read(MESSAGE)).toEqual({
      id: 'msg_01',
      created: 1_700_000_000,
      model: 'claude-opus-4-8',
      choices: [
        {
          index: 0,
          blocks: [
            { type: 'reasoning', text: 'Let me see… ', signature: { value: 'EqQBCg==', dialect: 'anthropic' } },
            { type: 'reasoning', text: '', redacted: { value: 'Emk=', dialect: 'anthropic' } },
            {
              type: 'text',
              text: 'I’ll look 🔎 it up.',
              citations: [
                {
                  url: 'https://a.b/c',
                  title: 'Page',
                  text: 'It is.',
                  raw: { dialect: 'anthropic', data: expect.anything() },
                },
              ],
            },
            {
              type: 'opaque',
              dialect: 'anthropic',
              data: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'weather' } },
            },
            {
              type: 'opaque',
              dialect: 'anthropic',
              data: { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
            },
            { type: 'tool_call', id: 'toolu_1', name: 'get_weather', input: '{"city":"Kraków","days":2}' },
            { type: 'tool_call', id: 'toolu_2', name: 'get_time', input: '{}' },
          ],
          stop: { reason: 'tool_calls', raw: 'tool_use' },
        },
      ],
      usage: { inputUncached: 25, cacheRead: 7, cacheWrite: 0, cacheWrite1h: 0, outputText: 77, reasoning: 12 },
      ext: {
        anthropic: {
          usage: {
            cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
            service_tier: 'standard',
          },
        },
      },
    });
  });

  it('come back as they were', () => {
    const direct = MESSAGE.content.map((block) =>
      block.type === 'tool_use' ? { ...block, caller: { type: 'direct' } } : block,
    );
    expect(write(read(MESSAGE))).toEqual({
      ...MESSAGE,
      content: direct,
      stop_details: null,
      container: null,
      diagnostics: null,
    });
    const more = {
      ...MESSAGE,
      container: { id: 'c', expires_at: 'x' },
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: 'bio', explanation: 'No.' },
      content: [
        { type: 'tool_use', id: 't', name: 'n', input: {}, caller: { type: 'code_execution_20260120', tool_id: 's' } },
      ],
    };
    expect(write(read(more))).toEqual({ ...more, diagnostics: null });
  });

  it.each<[string | null, boolean, StopReason]>([
    ['end_turn', false, 'end'],
    ['end_turn', true, 'tool_calls'],
    ['max_tokens', true, 'length'],
    ['stop_sequence', false, 'stop_sequence'],
    ['tool_use', true, 'tool_calls'],
    ['tool_use', false, 'end'],
    ['pause_turn', false, 'pause'],
    ['refusal', true, 'refusal'],
    ['model_context_window_exceeded', false, 'context_exceeded'],
    ['something_new', false, 'unknown'],
    [null, true, 'tool_calls'],
    [null, false, 'unknown'],
  ])('that stop by %s, calls: %s, stop by %s', (raw, calls, reason) => {
    const content = calls ? [{ type: 'tool_use', id: 'a', name: 'b', input: {} }] : [];
    expect(read({ ...MESSAGE, content, stop_reason: raw }).choices[0]?.stop).toMatchObject({ reason });
  });

  it('of which the input is counted without what was cached, and cache writes by their sum and by how long they live', () => {
    const cache_creation = { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 };
    const usage = (counts: { [name: string]: Json }) => read({ ...MESSAGE, usage: counts }).usage;
    expect(usage({ input_tokens: 5, output_tokens: 6, cache_read_input_tokens: null, cache_creation })).toEqual({
      inputUncached: 5,
      cacheWrite: 7,
      cacheWrite1h: 4,
      outputText: 6,
    });
    expect(usage({ input_tokens: -5, output_tokens: 'x' })).toBeUndefined();
    expect(usage({ output_tokens: 3, output_tokens_details: { thinking_tokens: 9 } })).toEqual({
      inputUncached: 0,
      outputText: 0,
      reasoning: 9,
    });
  });

  it('of other dialects are messages that the official SDK understands', async () => {
    const blocks: Block[] = [
      { type: 'reasoning', text: 'Hm' },
      { type: 'reasoning', text: '' },
      { type: 'text', text: '' },
      { type: 'text', text: 'Hi', citations: [{ url: 'https://a.b' }] },
      { type: 'refusal', text: 'No.' },
      { type: 'tool_call', id: 'call_1', name: 'get', input: '' },
      { type: 'tool_call', id: 'call_2', name: 'get', input: '{"cut' },
      { type: 'opaque', dialect: 'gemini', data: {} },
      { type: 'media', kind: 'image', source: { via: 'base64', data: '' } },
    ];
    const body = writeReply(reply(blocks), replyContext());
    const fetch = () => Promise.resolve(new Response(body, { headers: { 'content-type': 'application/json' } }));
    const client = new Anthropic({ apiKey: 'k', maxRetries: 0, fetch });
    const message = await client.messages.create({
      model: 'm',
      max_tokens: 1,
      messages: [{ role: 'user', content: 'x' }],
    });
    expect(message).toMatchObject({
      id: 'msg_made_1',
      type: 'message',
      role: 'assistant',
      model: 'gpt',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: sealUnsigned('anthropic') },
        { type: 'text', text: 'Hi', citations: [{ type: 'web_search_result_location', url: 'https://a.b' }] },
        { type: 'text', text: 'No.' },
        { type: 'tool_use', id: 'call_1', input: {} },
        { type: 'tool_use', id: 'call_2', input: { _raw_arguments: '{"cut' } },
      ],
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, output_tokens: 6, cache_read_input_tokens: null },
    });
    expect(message.content).toHaveLength(5);
  });

  it('without a count have an estimate, which the dialect requires', () => {
    const blocks: readonly Block[] = [{ type: 'text', text: 'one two three '.repeat(40) }];
    const { usage: _, ...uncounted } = reply(blocks);
    expect(write(uncounted).usage).toMatchObject({
      input_tokens: estimateTokens(replyContext().request),
      output_tokens: estimateOutputTokens(blocks),
    });
  });

  it('tell what is kept for minutes from what is kept for an hour, where a provider does', () => {
    const usage = { inputUncached: 5, cacheRead: 1, cacheWrite: 7, cacheWrite1h: 4, outputText: 6 };
    expect(write(reply([], { usage })).usage).toMatchObject({
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
    });
    expect(write(reply([], { usage: { ...usage, cacheWrite1h: 9 } })).usage).toMatchObject({
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 9 },
    });
  });

  it('give back names and free text as the caller has them', () => {
    const tools: Tool[] = [
      { kind: 'function', name: 'files.read all' },
      { kind: 'custom', name: 'shell' },
    ];
    const request = foreign({ tools });
    const [wire] = listFields(written(request).body['tools']);
    const content: Json[] = [
      { type: 'tool_use', id: 't', name: asText(wire?.['name']) ?? '', input: {} },
      { type: 'tool_use', id: 'u', name: 'shell', input: { input: 'ls' } },
    ];
    expect(wire?.['name']).toMatch(/^[\w-]+$/);
    expect(readReply({ ...MESSAGE, content }, readContext(request))).toMatchObject({
      choices: [{ blocks: [{ name: 'files.read all' }, { name: 'shell', custom: true, input: 'ls' }] }],
    });
  });

  it('of a tool that stands for a schema are the text that was asked for', () => {
    const request = foreign({ output: { format: { kind: 'schema', schema: {} } } });
    const content = [{ type: 'tool_use', id: 't', name: 'json_answer', input: { a: 1 } }];
    const answer = readReply({ ...MESSAGE, content }, readContext(request, target('claude-sonnet-4-20250514')));
    expect(answer).toMatchObject({
      choices: [{ blocks: [{ type: 'text', text: '{"a":1}' }], stop: { reason: 'end' } }],
    });
  });

  it('that are none are told apart', () => {
    expect(
      readReply({ type: 'error', error: { type: 'overloaded_error', message: 'x' } }, readContext()),
    ).toMatchObject({ kind: 'overloaded' });
    expect(readReply({ error: { message: 'x' } }, readContext())).toMatchObject({ kind: 'upstream' });
    for (const body of [null, 1, 'x', [], {}, { content: 'x' }]) expect(readReply(body, readContext())).toBeUndefined();
  });

  it('survive whatever a server sends, and digits survive too', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('id', 'model', 'usage', 'stop_reason', '__proto__'), fc.jsonValue()),
        fc.array(fc.jsonValue()),
        (members, content) => {
          const one = readReply(parseExact(JSON.stringify({ ...members, content })) ?? null, readContext());
          if (one !== undefined && !('kind' in one)) JSON.parse(writeReply(one, replyContext()));
        },
      ),
    );
    const exact = parseExact(
      '{"content":[{"type":"tool_use","id":"a","name":"b","input":{"n":12345678901234567890}}]}',
    );
    expect(writeReply(read(exact ?? null), replyContext())).toContain('"n":12345678901234567890');
  });
});
