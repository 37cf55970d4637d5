import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProviderError } from '../provider-error.ts';
import type { ChatReply } from './chat-reply.ts';
import { StreamCheck } from './check-stream.ts';
import { StreamFold, unfoldReply } from './fold-stream.ts';
import type { StreamEvent } from './stream-event.ts';

const START: StreamEvent = { t: 'start', id: 'i', model: 'm', created: 1 };
const DONE: StreamEvent = { t: 'done' };
const ERROR: ProviderError = {
  status: 503,
  headers: {},
  body: '{}',
  kind: 'overloaded',
  retryElsewhere: true,
  code: 'provider.overloaded',
  message: 'busy',
  param: undefined,
  retry: true,
};

function fold(events: readonly StreamEvent[]): ChatReply | ProviderError | undefined {
  const gathered = new StreamFold();
  for (const event of events) gathered.add(event);
  return gathered.end();
}

describe('StreamFold', () => {
  it('joins fragments, also of tool calls that are open at once', () => {
    const events: readonly StreamEvent[] = [
      START,
      { t: 'ping' },
      { t: 'usage', usage: { inputUncached: 1, outputText: 1 } },
      { t: 'block', choice: 0, index: 0, block: { type: 'reasoning', itemId: 'rs' } },
      { t: 'delta', choice: 0, index: 0, delta: { text: ' a' } },
      { t: 'delta', choice: 0, index: 0, delta: { text: ' ' } },
      { t: 'delta', choice: 0, index: 0, delta: { signature: { value: 's', dialect: 'anthropic' } } },
      { t: 'block_stop', choice: 0, index: 0 },
      { t: 'block', choice: 0, index: 1, block: { type: 'tool_call', id: 'c1', name: 'f' } },
      { t: 'block', choice: 0, index: 2, block: { type: 'tool_call', id: 'c2', name: 'g' } },
      { t: 'delta', choice: 0, index: 1, delta: { input: '{"a":' } },
      { t: 'delta', choice: 0, index: 2, delta: { input: '{' } },
      { t: 'delta', choice: 0, index: 1, delta: { input: '1}' } },
      { t: 'delta', choice: 0, index: 2, delta: { input: '}' } },
      { t: 'block_stop', choice: 0, index: 1 },
      { t: 'block_stop', choice: 0, index: 2 },
      { t: 'stop', choice: 0, stop: { reason: 'tool_calls' } },
      { t: 'usage', usage: { inputUncached: 1, outputText: 9 } },
      DONE,
    ];
    expect(fold(events)).toEqual({
      id: 'i',
      model: 'm',
      created: 1,
      choices: [
        {
          index: 0,
          blocks: [
            { type: 'reasoning', itemId: 'rs', text: ' a ', signature: { value: 's', dialect: 'anthropic' } },
            { type: 'tool_call', id: 'c1', name: 'f', input: '{"a":1}' },
            { type: 'tool_call', id: 'c2', name: 'g', input: '{}' },
          ],
          stop: { reason: 'tool_calls' },
        },
      ],
      usage: { inputUncached: 1, outputText: 9 },
    });
  });

  it('gives nothing for a stream that was cut, and the error that a stream held', () => {
    expect(fold([])).toBeUndefined();
    expect(fold([START, { t: 'stop', choice: 0, stop: { reason: 'end' } }])).toBeUndefined();
    expect(fold([START, { t: 'error', error: ERROR }])).toBe(ERROR);
    expect(fold([{ t: 'error', error: ERROR }])).toBe(ERROR);
  });

  it('gives choices by their index, and knows no reason for one that never stopped', () => {
    const events: readonly StreamEvent[] = [
      START,
      { t: 'stop', choice: 1, stop: { reason: 'end' } },
      { t: 'block', choice: 0, index: 0, block: { type: 'text' } },
      { t: 'delta', choice: 7, index: 0, delta: { text: 'nowhere' } },
      DONE,
    ];
    expect(fold(events)).toMatchObject({
      choices: [
        { index: 0, blocks: [{ type: 'text', text: '' }], stop: { reason: 'unknown' } },
        { index: 1, blocks: [], stop: { reason: 'end' } },
      ],
    });
  });

  it('gathers a hundred thousand fragments at once', () => {
    const gathered = new StreamFold();
    gathered.add(START);
    gathered.add({ t: 'block', choice: 0, index: 0, block: { type: 'text' } });
    for (let at = 0; at < 100_000; at++) gathered.add({ t: 'delta', choice: 0, index: 0, delta: { text: 'é' } });
    gathered.add(DONE);
    expect(gathered.end()).toMatchObject({ choices: [{ blocks: [{ text: 'é'.repeat(100_000) }] }] });
  });
});

const text = fc.string({ unit: 'grapheme' });
const dialect = fc.constantFrom('anthropic' as const, 'gemini' as const);
const signature = fc.record({ value: text, dialect });
/** Members that are left out, rather than undefined. */
const REQUIRED_TYPE = { requiredKeys: ['type', 'text'] as ['type', 'text'] };

const block = fc.oneof(
  fc.record(
    {
      type: fc.constant('text' as const),
      text,
      signature,
      citations: fc.array(fc.record({ url: text, start: fc.nat() }), { minLength: 1 }),
    },
    REQUIRED_TYPE,
  ),
  fc.record({ type: fc.constant('refusal' as const), text }),
  fc.record(
    { type: fc.constant('reasoning' as const), text, signature, redacted: signature, itemId: text },
    REQUIRED_TYPE,
  ),
  fc.record(
    {
      type: fc.constant('tool_call' as const),
      id: text,
      name: text,
      input: text,
      custom: fc.boolean(),
      signature,
      itemId: text,
    },
    { requiredKeys: ['type', 'id', 'name', 'input'] },
  ),
  fc.record({
    type: fc.constant('media' as const),
    kind: fc.constantFrom('image' as const, 'audio' as const),
    source: fc.record({ via: fc.constant('base64' as const), data: text }),
  }),
  fc.record({ type: fc.constant('opaque' as const), dialect, data: fc.record({ kind: text }) }),
);

const reply: fc.Arbitrary<ChatReply> = fc.record(
  {
    id: text,
    model: text,
    created: fc.nat(),
    choices: fc
      .array(
        fc.record(
          {
            blocks: fc.array(block, { maxLength: 6 }),
            stop: fc.record({ reason: fc.constantFrom('end' as const, 'length' as const), raw: text }),
            logprobs: fc.record({ content: fc.array(fc.nat()) }),
          },
          { requiredKeys: ['blocks', 'stop'] },
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((choices) => choices.map((choice, index) => ({ ...choice, index }))),
    usage: fc.record({ inputUncached: fc.nat(), outputText: fc.nat() }),
    ext: fc.record({ gemini: fc.record({ modelVersion: text }) }),
  },
  { requiredKeys: ['id', 'model', 'created', 'choices'] },
);

describe('unfoldReply', () => {
  it('makes a stream within the rules that folds to the same reply', () => {
    fc.assert(
      fc.property(reply, (whole) => {
        const events = unfoldReply(whole);
        const check = new StreamCheck();
        for (const event of events) check.add(event);
        check.end({ cut: false });
        expect(fold(events)).toEqual(whole);
      }),
    );
  });

  it('leaves out results of tools, which no answer holds, and keeps indexes dense', () => {
    const events = unfoldReply({
      id: 'i',
      model: 'm',
      created: 1,
      choices: [
        {
          index: 0,
          blocks: [
            { type: 'tool_result', callId: 'c', content: [] },
            { type: 'text', text: 'a' },
          ],
          stop: { reason: 'end' },
        },
      ],
    });
    expect(events).toContainEqual({ t: 'block', choice: 0, index: 0, block: { type: 'text' } });
  });
});
