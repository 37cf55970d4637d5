import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import { parseExact, type Json } from '../../canonical/json.ts';
import { readContext, replay, streamOf, type Setting } from './__fixtures__/canonical-replay.ts';
import { readReply } from './read-reply.ts';

const read = (body: unknown, setting: Setting = {}) =>
  readReply(parseExact(JSON.stringify(body)) ?? null, readContext(setting));

const head = { id: 'chatcmpl-1', object: 'chat.completion', created: 1_762_500_000, model: 'm' };
const reply = (message: object, choice: object = {}): object => ({
  ...head,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: null, refusal: null, ...message },
      finish_reason: 'stop',
      ...choice,
    },
  ],
});
const blocksOf = (message: object, setting: Setting = {}) => {
  const answer = read(reply(message), setting);
  return answer !== undefined && 'choices' in answer ? answer.choices[0]?.blocks : answer;
};

describe('readReply', () => {
  it('reads a whole reply', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 30,
      total_tokens: 130,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    const annotations = [
      { type: 'url_citation', url_citation: { url: 'https://a.org', title: 'A', start_index: 1, end_index: 2 } },
    ];
    const logprobs = { content: [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }], refusal: null };
    const body = {
      ...reply({ content: 'Text', annotations }, { logprobs }),
      usage,
      service_tier: 'default',
      system_fingerprint: 'fp',
    };
    const expected: ChatReply = {
      id: 'chatcmpl-1',
      created: 1_762_500_000,
      model: 'm',
      choices: [
        {
          index: 0,
          blocks: [{ type: 'text', text: 'Text', citations: [{ url: 'https://a.org', title: 'A', start: 1, end: 2 }] }],
          stop: { reason: 'end', raw: 'stop' },
          logprobs,
        },
      ],
      usage: { inputUncached: 30, cacheRead: 60, cacheWrite: 10, outputText: 10, reasoning: 20 },
      ext: { 'openai-chat': { service_tier: 'default', system_fingerprint: 'fp' } },
    };
    expect(read(body)).toEqual(expected);
  });

  it('makes up what is not there', () => {
    expect(read({ choices: [{ message: { content: 'A' } }] })).toEqual({
      id: 'chatcmpl-0',
      created: 1_762_500_000,
      model: 'served',
      choices: [{ index: 0, blocks: [{ type: 'text', text: 'A' }], stop: { reason: 'unknown' } }],
    });
  });

  it('reads calls, whole or odd (T4, T5, T6)', () => {
    const calls = [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
      { id: 'b', function: { name: 'f', arguments: { x: 2 } } },
      { function: { name: 'g', arguments: '' } },
      { id: 'c', type: 'custom', custom: { name: 'sh', input: 'ls' } },
    ];
    expect(read(reply({ tool_calls: calls }))).toMatchObject({
      choices: [
        {
          blocks: [
            { id: 'a', name: 'f', input: '{"x":1}' },
            { id: 'b', name: 'f', input: '{"x":2}' },
            { id: 'call_0', name: 'g', input: '{}' },
            { id: 'c', name: 'sh', input: 'ls', custom: true },
          ],
          stop: { reason: 'tool_calls' },
        },
      ],
    });
    expect(blocksOf({ function_call: { name: 'f', arguments: '{}' } })).toMatchObject([
      { type: 'tool_call', name: 'f' },
    ]);
  });

  it('reads reasoning from entries, each a block, or from strings', () => {
    const details = [
      { type: 'reasoning.text', text: ' a', signature: 's1', index: 0 },
      { type: 'reasoning.encrypted', data: 'd', index: 1 },
      { type: 'reasoning.text', text: 'b ', signature: 's2', index: 2 },
    ];
    const own = (value: string) => ({ value, dialect: 'openai-chat' });
    expect(blocksOf({ content: 'T', reasoning: ' ab ', reasoning_details: details })).toEqual([
      { type: 'reasoning', text: ' a', signature: own('s1') },
      { type: 'reasoning', text: '', redacted: own('d') },
      { type: 'reasoning', text: 'b ', signature: own('s2') },
      { type: 'text', text: 'T' },
    ]);
    expect(blocksOf({ content: 'T', reasoning: 'R', reasoning_details: [] })).toMatchObject([
      { text: 'R' },
      { text: 'T' },
    ]);
    expect(
      blocksOf({ content: 'T', reasoning: 'R', reasoning_details: [{ type: 'reasoning.encrypted', data: 'd' }] }),
    ).toMatchObject([{ text: 'R' }, { redacted: own('d') }, { text: 'T' }]);
  });

  it('reads reasoning in tags where that is configured (T25)', () => {
    expect(blocksOf({ content: '<think>R</think>\n\nT' }, { rules: { thinkTags: true } })).toEqual([
      { type: 'reasoning', text: 'R' },
      { type: 'text', text: 'T' },
    ]);
  });

  it('reads the pages that a searching model read', () => {
    expect(read({ ...reply({ content: 'T' }), citations: ['https://a.org', 7] })).toMatchObject({
      choices: [{ blocks: [{ citations: [{ url: 'https://a.org' }] }] }],
    });
  });

  it.each<readonly [string, Json]>([
    ['rate_limited', { error: { code: 429, message: 'Slow.' } }],
    ['rate_limited', [{ error: { code: 429, message: 'Slow.', status: 'RESOURCE_EXHAUSTED' } }]],
    ['invalid_request', { object: 'error', message: 'x', code: 400 }],
    ['rate_limited', { error: 'Too many', code: 429 }],
    ['upstream', { base_resp: { status_code: 1000, status_msg: 'x' } }],
    ['upstream', { choices: [{ message: { content: 'A' }, finish_reason: 'error' }] }],
    ['upstream', { choices: [{ message: { content: '' }, error: { code: 502 } }] }],
  ])('finds %s in a reply that came as a success', (kind, body) => {
    expect(read(body)).toMatchObject({ kind });
  });

  it.each<Json>([
    null,
    7,
    'text',
    [],
    {},
    { choices: [] },
    { choices: {} },
    { detail: 'Not here.' },
    { base_resp: { status_code: 0 } },
  ])('is no reply: %j', (body) => {
    expect(read(body)).toBeUndefined();
  });
});

describe('readReply and the stream of the same answer', () => {
  const call = (index: number, id: string, args: string): object => ({
    index,
    id,
    type: 'function',
    function: { name: 'f', arguments: args },
  });
  const or = { format: 'anthropic-claude-v1', index: 0 };

  it.each<readonly [string, object, readonly object[]]>([
    ['text', { content: 'AB' }, [{ role: 'assistant', content: '' }, { content: 'A' }, { content: 'B' }]],
    [
      'reasoning',
      { content: 'T', reasoning_content: 'AB' },
      [{ reasoning_content: 'A' }, { reasoning_content: 'B' }, { content: 'T' }],
    ],
    [
      'calls',
      { content: 'T', tool_calls: [call(0, 'a', '{"x":1}'), call(1, 'b', '{}')] },
      [
        { content: 'T' },
        { tool_calls: [call(0, 'a', '{"x"')] },
        { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
        { tool_calls: [call(1, 'b', '')] },
      ],
    ],
    ['a refusal', { refusal: 'No.' }, [{ refusal: 'N' }, { refusal: 'o.' }]],
    [
      'signed entries',
      {
        content: 'T',
        reasoning: 'AB',
        reasoning_details: [{ type: 'reasoning.text', text: 'AB', signature: 's', ...or }],
      },
      [
        { reasoning: 'A', reasoning_details: [{ type: 'reasoning.text', text: 'A', ...or }] },
        { reasoning: 'B', reasoning_details: [{ type: 'reasoning.text', text: 'B', ...or }] },
        { reasoning_details: [{ ...or, type: 'reasoning.text', signature: 's' }] },
        { content: 'T' },
      ],
    ],
    [
      'encrypted entries',
      {
        content: 'T',
        reasoning_details: [
          { type: 'reasoning.summary', summary: 'AB', format: 'openai-responses-v1', index: 0 },
          { type: 'reasoning.encrypted', data: 'd', id: 'rs_1', format: 'openai-responses-v1', index: 1 },
        ],
      },
      [
        { reasoning_details: [{ type: 'reasoning.summary', summary: 'A', format: 'openai-responses-v1', index: 0 }] },
        { reasoning_details: [{ type: 'reasoning.summary', summary: 'B', format: 'openai-responses-v1', index: 0 }] },
        {
          reasoning_details: [
            { type: 'reasoning.encrypted', data: 'd', id: 'rs_1', format: 'openai-responses-v1', index: 1 },
          ],
        },
        { content: 'T' },
      ],
    ],
    [
      'sound',
      { audio: { id: 'a', data: 'AABB', transcript: 'Hi' } },
      [{ audio: { id: 'a', data: 'AA' } }, { audio: { data: 'BB', transcript: 'Hi' } }],
    ],
  ])('are read alike: %s', (_, message, deltas) => {
    const usage = { prompt_tokens: 5, completion_tokens: 6 };
    const chunk = (delta: object, finish_reason: string | null) => ({
      ...head,
      choices: [{ index: 0, delta, finish_reason }],
    });
    const stream = streamOf(...deltas.map((delta) => chunk(delta, null)), chunk({}, 'stop'), {
      ...head,
      choices: [],
      usage,
    });
    expect(replay([stream]).end).toEqual(read({ ...reply(message), usage }));
  });
});
