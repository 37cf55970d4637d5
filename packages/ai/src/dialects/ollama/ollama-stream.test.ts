import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import { foreign, readReply, readStream } from '../chat-shaped/__fixtures__/contexts.ts';
import { ollamaProvider } from './ollama-provider.ts';

const line = (message: object | undefined, members: object = {}): string =>
  `${JSON.stringify({ model: 'qwen3', created_at: '2026-11-02T10:00:00.123456789Z', message, done: false, ...members })}\n`;
const says = (content: string, more: object = {}): string => line({ role: 'assistant', content, ...more });
const last = (members: object = {}): string =>
  line(
    { role: 'assistant', content: '' },
    {
      done: true,
      done_reason: 'stop',
      total_duration: 5_191_566_416,
      prompt_eval_count: 26,
      eval_count: 298,
      ...members,
    },
  );
const read = (body: string, chunkBytes?: number): ReturnType<typeof readStream> =>
  readStream(ollamaProvider, body, chunkBytes === undefined ? {} : { chunkBytes });

const whole: ChatReply = {
  id: 'chatcmpl-made_1',
  created: 1_793_613_600,
  model: 'qwen3',
  choices: [
    {
      index: 0,
      blocks: [
        { type: 'reasoning', text: ' let me 🏯' },
        { type: 'text', text: 'Ulm it is' },
      ],
      stop: { reason: 'end', raw: 'stop' },
    },
  ],
  usage: { inputUncached: 26, outputText: 298 },
};

describe('a stream of Ollama', () => {
  it('is the same answer, wherever it is cut into pieces', () => {
    const body =
      says('', { thinking: ' let' }) + says('', { thinking: ' me 🏯' }) + says('Ulm') + says(' it is') + last();
    for (const bytes of [undefined, ...Array.from({ length: 40 }, (_, at) => at + 1)]) {
      expect(read(body, bytes).folded).toEqual(whole);
    }
    expect(read(body.trimEnd()).folded).toEqual(whole);
    expect(read(body.replaceAll('\n', '\r\n\r\n')).folded).toEqual(whole);
  });

  it('folds to what the whole reply says', () => {
    const reply = last().replace('"content":""', '"content":"Ulm it is","thinking":" let me 🏯"');
    expect(readReply(ollamaProvider, reply)).toEqual(whole);
  });

  it('tells calls, whatever their numbers', () => {
    const call = (name: string, args: unknown, more: object = {}): object => ({
      ...more,
      function: { index: 0, name, arguments: args },
    });
    const body =
      says('I look.', { tool_calls: [call('a', { x: 1 }), call('a', { x: 1 }), call('a', null)] }) +
      says('', { tool_calls: [call('b', {}, { id: 'c1' }), call('c', {}, { id: 'c1' })] }) +
      last();
    const blocks = [
      { type: 'text', text: 'I look.' },
      { type: 'tool_call', id: 'call_made_2', name: 'a', input: '{"x":1}' },
      { type: 'tool_call', id: 'call_made_3', name: 'a', input: '{"x":1}' },
      { type: 'tool_call', id: 'call_made_4', name: 'a', input: '{}' },
      { type: 'tool_call', id: 'c1', name: 'b', input: '{}' },
      { type: 'tool_call', id: 'call_made_5', name: 'c', input: '{}' },
    ];
    expect(read(body).folded).toMatchObject({ choices: [{ blocks, stop: { reason: 'tool_calls', raw: 'stop' } }] });
  });

  it('keeps every digit of arguments, and unwraps the text of custom tools', () => {
    const request = foreign({ tools: [{ kind: 'custom', name: 'free' }] });
    const calls =
      '[{"function":{"name":"a","arguments":{"id":12345678901234567890}}},{"function":{"name":"free","arguments":{"input":"x"}}}]';
    const body = says('').replace('"content":""', `"content":"","tool_calls":${calls}`) + last();
    expect(readStream(ollamaProvider, body, { request }).folded).toMatchObject({
      choices: [{ blocks: [{ input: '{"id":12345678901234567890}' }, { input: 'x', custom: true }] }],
    });
  });

  it('gathers probabilities of tokens', () => {
    const token = { token: 'Ulm', logprob: -0.5, bytes: [85, 108, 109] };
    const body =
      line({ content: 'Ulm' }, { logprobs: [{ ...token, top_logprobs: [{ token: 'é', logprob: -2 }] }] }) + last();
    const other = { token: 'é', logprob: -2, bytes: [195, 169] };
    expect(read(body).folded).toMatchObject({
      choices: [{ logprobs: { content: [{ ...token, top_logprobs: [other] }], refusal: null } }],
    });
  });

  it.each([
    ['stop', 'end'],
    ['length', 'length'],
    ['load', 'end'],
    ['unload', 'end'],
    ['else', 'unknown'],
  ])('ends with %s as %s', (done_reason, reason) => {
    expect(read(last({ done_reason })).folded).toMatchObject({ choices: [{ stop: { reason, raw: done_reason } }] });
  });

  it('leaves unknown what was not counted', () => {
    const uncounted = last({ prompt_eval_count: undefined, eval_count: undefined });
    expect(read(uncounted).folded).not.toHaveProperty('usage');
    expect(read(last({ prompt_eval_count: undefined })).folded).toMatchObject({
      usage: { inputUncached: 0, outputText: 298 },
    });
  });

  it('is cut when its last line is missing', () => {
    expect(read(says('x')).folded).toBeUndefined();
    expect(read('').events).toEqual([]);
    expect(read(says('x') + last().slice(0, 40)).folded).toBeUndefined();
  });

  it.each<[string, string]>([
    ['model runner has unexpectedly stopped', 'upstream'],
    ["model 'x' not found", 'upstream'],
  ])('reports the failure %s', (error, kind) => {
    const { events } = read(`${says('x')}${JSON.stringify({ error })}\n${last()}`);
    expect(events.at(-1)).toMatchObject({ t: 'error', error: { kind } });
    expect(readReply(ollamaProvider, { error })).toMatchObject({ kind });
  });

  it.each<[number, string, string]>([
    [400, 'registry.ollama.ai/library/x does not support tools', 'invalid_request'],
    [404, "model 'x' not found", 'not_found'],
    [401, 'unauthorized', 'authentication'],
    [429, 'too many concurrent requests', 'rate_limited'],
    [500, 'llama runner process has terminated', 'upstream'],
    [503, 'server busy, please try again.  maximum pending requests exceeded', 'overloaded'],
  ])('understands an error of status %i: %s', (status, error, kind) => {
    expect(ollamaProvider.readError(status, JSON.stringify({ error }))).toMatchObject({ kind });
  });

  it('takes other bodies for no reply', () => {
    for (const odd of ['x', [], {}, { message: 'x' }, { message: {}, done: false }]) {
      expect(readReply(ollamaProvider, odd)).toBeUndefined();
    }
  });

  it('survives whatever it is sent', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const message = fc.record({ content: value, thinking: value, tool_calls: value }, { requiredKeys: [] });
    const call = fc.record({ id: value, function: fc.record({ name: value, arguments: value }) });
    const known = fc.record({
      message: fc.oneof(message, fc.record({ tool_calls: fc.array(call) })),
      done: fc.boolean(),
      logprobs: value,
      eval_count: value,
      created_at: value,
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(known, value), { maxLength: 6 }), (lines) => {
        read(lines.map((one) => `${JSON.stringify(one)}\n`).join(''), 11);
        for (const one of lines) readReply(ollamaProvider, one);
      }),
      { numRuns: 300 },
    );
  });
});
