import { describe, expect, it } from 'vitest';
import { Losses, Untranslatable } from '../../canonical/loss.ts';
import { asJson, foreign, readFor } from './__fixtures__/contexts.ts';
import { RESPONSE } from './__fixtures__/response.ts';
import { openAiResponsesProvider } from './provider.ts';
import { MAPPED } from './request-names.ts';

const readReply = (body: unknown, request = foreign()): unknown =>
  openAiResponsesProvider.readReply(asJson(body), readFor(request));

const TEXT = { type: 'message', content: [{ type: 'output_text', text: 'Hi', annotations: [] }] };
const CALL = { type: 'function_call', call_id: 'a', name: 'f', arguments: '' };

describe('readReply reads', () => {
  it('the smallest response', () => {
    expect(readReply({ output: [TEXT] })).toEqual({
      id: 'resp_0',
      created: 1000,
      model: 'gpt',
      choices: [{ index: 0, blocks: [{ type: 'text', text: 'Hi' }], stop: { reason: 'end', raw: 'completed' } }],
    });
  });

  it('a response with all kinds of items', () => {
    expect(readReply(RESPONSE)).toEqual({
      ext: { 'openai-responses': expect.objectContaining({ service_tier: 'priority' }) },
      id: 'resp_1',
      created: 1_760_000_000,
      model: 'gpt-5-2025-08-07',
      usage: { inputUncached: 30, cacheRead: 60, cacheWrite: 10, outputText: 30, reasoning: 20 },
      choices: [
        {
          index: 0,
          stop: { reason: 'tool_calls', raw: 'completed' },
          blocks: [
            { type: 'reasoning', text: '**One**\n\nFirst', itemId: 'rs_1' },
            {
              type: 'reasoning',
              text: 'Two ',
              itemId: 'rs_1',
              signature: { value: 'rs_1#gAAAA-x_y==', dialect: 'openai-responses' },
            },
            { type: 'opaque', dialect: 'openai-responses', data: RESPONSE.output[1] },
            {
              type: 'text',
              text: 'See 😀',
              citations: [
                { url: 'https://a.example', title: 'A', start: 0, end: 3, raw: expect.anything() },
                { title: 'a.pdf', raw: expect.anything() },
              ],
            },
            { type: 'tool_call', id: 'call_1', name: 'look', input: '{ "n": 12345678901234567890 }', itemId: 'fc_1' },
            { type: 'tool_call', id: 'call_2', name: 'free', input: 'x y', custom: true, itemId: 'ctc_1' },
            { type: 'reasoning', text: 'Hm', itemId: 'rs_2' },
            { type: 'refusal', text: 'No.' },
          ],
        },
      ],
    });
  });

  const stops: Readonly<Record<string, readonly [object, object]>> = {
    'the end': [
      { status: 'completed', output: [TEXT] },
      { reason: 'end', raw: 'completed' },
    ],
    calls: [
      { status: 'completed', output: [TEXT, CALL] },
      { reason: 'tool_calls', raw: 'completed' },
    ],
    'a refusal': [
      { status: 'completed', output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }] },
      { reason: 'refusal', raw: 'completed' },
    ],
    'the limit, calls or not': [
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [CALL] },
      { reason: 'length', raw: 'max_output_tokens' },
    ],
    'a filter': [
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' }, output: [] },
      { reason: 'content_filter', raw: 'content_filter' },
    ],
    'what is not known': [
      { status: 'incomplete', incomplete_details: { reason: 'steered' }, output: [] },
      { reason: 'unknown', raw: 'steered' },
    ],
    'a response that has yet to come': [
      { status: 'queued', output: [] },
      { reason: 'unknown', raw: 'queued' },
    ],
  };
  for (const [name, [body, stop]] of Object.entries(stops)) {
    it(`why it ended: ${name}`, () => expect(readReply(body)).toMatchObject({ choices: [{ stop }] }));
  }

  it('arguments that are empty as an empty object, but not when they were cut off', () => {
    const output = [CALL, { ...CALL, status: 'incomplete' }];
    expect(readReply({ output })).toMatchObject({ choices: [{ blocks: [{ input: '{}' }, { input: '' }] }] });
  });

  it('names of tools as the caller wrote them', () => {
    const request = foreign({ tools: [{ kind: 'function', name: 'a.b' }] });
    const target = { model: 'm', stream: false, rules: { kind: 'x' } };
    const sent = openAiResponsesProvider.writeRequest(request, target, new Losses());
    const name: unknown = JSON.parse(sent).tools[0].name;
    expect(name).toMatch(MAPPED);
    expect(readReply({ output: [{ ...CALL, name }] }, request)).toMatchObject({
      choices: [{ blocks: [{ name: 'a.b' }] }],
    });
  });

  it('reasoning that is only stored as what only this dialect knows', () => {
    const item = { type: 'reasoning', id: 'rs_1', summary: [] };
    expect(readReply({ output: [item] })).toMatchObject({
      choices: [{ blocks: [{ type: 'opaque', dialect: 'openai-responses', data: item }] }],
    });
  });

  it('without asking for the request, which may be one that passes unread', () => {
    const context = {
      ...readFor(foreign()),
      get request(): never {
        throw new Untranslatable('odd');
      },
    };
    const output = [...RESPONSE.output, { ...CALL, name: 'looks_mappedlike1' }];
    expect(openAiResponsesProvider.readReply(asJson({ output }), context)).toHaveProperty('choices');
  });

  it('no usage where there is none, and no more cached than there is', () => {
    expect(readReply({ output: [], usage: null })).not.toHaveProperty('usage');
    const usage = { input_tokens: 5, input_tokens_details: { cached_tokens: 9 }, output_tokens: 'x' };
    expect(readReply({ output: [], usage })).toMatchObject({
      usage: { inputUncached: 5, cacheRead: 9, outputText: 0 },
    });
  });
});

describe('readReply does not take for a response', () => {
  for (const body of [null, [], 'x', {}, { choices: [] }, { object: 'response', output: {} }]) {
    it(JSON.stringify(body), () => expect(readReply(body)).toBeUndefined());
  }
});

describe('a failure under a status of success', () => {
  const cases: Readonly<Record<string, readonly [object, string]>> = {
    'a failed response': [{ status: 'failed', output: [], error: { code: 'server_error', message: 'x' } }, 'upstream'],
    'a failed response without a word': [{ status: 'failed', output: [], error: null }, 'upstream'],
    'a limit of rates': [{ status: 'failed', error: { code: 'rate_limit_exceeded', message: 'x' } }, 'rate_limited'],
    'an image that cannot be read': [
      { status: 'failed', error: { code: 'invalid_image_format', message: 'x' } },
      'invalid_request',
    ],
    'a prompt that is too long': [
      { error: { code: 'context_length_exceeded', message: 'x', type: 'invalid_request_error' } },
      'context_length',
    ],
    'a policy': [{ status: 'failed', error: { code: 'bio_policy', message: 'x' } }, 'content_blocked'],
    'an error in a few words': [{ error: 'model not loaded' }, 'upstream'],
    'an object of that name': [{ object: 'error', message: 'x', code: 429 }, 'rate_limited'],
  };
  for (const [name, [body, kind]] of Object.entries(cases)) {
    it(`is an error: ${name}`, () => expect(readReply(body)).toMatchObject({ kind }));
  }
});
