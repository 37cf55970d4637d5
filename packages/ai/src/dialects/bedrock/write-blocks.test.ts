import { describe, expect, it } from 'vitest';
import type { Block, MediaBlock, TextBlock, ToolResultBlock } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json } from '../../canonical/json.ts';
import { isList } from './expect-json.ts';
import { target, write } from './__fixtures__/calls.ts';
import { assistant, call, find, messages, NOVA, PNG, result, text, user } from './__fixtures__/turns.ts';

describe('turns', () => {
  it('begin with the user, take turns, have results first and calls last', () => {
    expect(
      messages([
        assistant(text('Hi'), call('a'), text('and'), call('b')),
        user(text('wait')),
        user(result('b', 'B'), text('more')),
        user(result('a', 'A')),
      ]),
    ).toEqual([
      { role: 'user', content: [{ text: '(empty)' }] },
      {
        role: 'assistant',
        content: [
          { text: 'Hi' },
          { text: 'and' },
          { toolUse: { toolUseId: 'a', name: 'find', input: {} } },
          { toolUse: { toolUseId: 'b', name: 'find', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'a', content: [{ text: 'A' }] } },
          { toolResult: { toolUseId: 'b', content: [{ text: 'B' }] } },
          { text: 'wait' },
          { text: 'more' },
        ],
      },
    ]);
  });

  it('have a result for every call', () => {
    const written = write({ turns: [user(text('a')), assistant(call('t')), user(text('never mind'))], tools: [find] });
    expect(written.losses).toEqual(['emulated:tool_result']);
    expect(written.body['messages']).toMatchObject([{}, {}, { content: [{ toolResult: { status: 'error' } }, {}] }]);
  });

  it('hold no blank text and no reasoning of others', () => {
    const written = write(
      {
        turns: [
          user(text(' \n'), text('a')),
          assistant(
            { type: 'reasoning', text: 'x' },
            { type: 'reasoning', text: 'y', signature: { value: 's', dialect: 'anthropic' } },
          ),
          assistant({ type: 'text', text: '', signature: { value: 's', dialect: 'gemini' } }),
          user(text('b')),
        ],
      },
      target(NOVA),
    );
    expect(written.losses).toEqual(['dropped:reasoning', 'dropped:reasoning_signature']);
    expect(written.body['messages']).toEqual([{ role: 'user', content: [{ text: 'a' }, { text: 'b' }] }]);
  });

  it('never cross signed reasoning with a call', () => {
    const signed: Block = { type: 'reasoning', text: 'r', signature: { value: 's', dialect: 'bedrock' } };
    expect(messages([user(text('q')), assistant(call('a'), text('x'), signed, text('y'))])).toMatchObject([
      {},
      { content: [{ text: 'x' }, { toolUse: {} }, { reasoningContent: {} }, { text: 'y' }] },
    ]);
  });

  it('say what a refusal said', () => {
    expect(messages([user(text('q')), assistant({ type: 'refusal', text: 'No.' }), user(text('w'))])).toMatchObject([
      {},
      { content: [{ text: 'No.' }] },
      {},
    ]);
  });
});

describe('tool calls', () => {
  it.each([
    ['', {}],
    [' ', {}],
    ['{"a":1}', { a: 1 }],
    ['{"a":', { _raw_arguments: '{"a":' }],
    ['[1]', { _raw_arguments: '[1]' }],
    ['12345678901234567890', { _raw_arguments: '12345678901234567890' }],
    ['null', { _raw_arguments: 'null' }],
  ])('have an object for the arguments %j', (input, object) => {
    expect(messages([user(text('q')), assistant(call('t', input)), user(result('t'))])).toMatchObject([
      {},
      { content: [{ toolUse: { input: object } }] },
      {},
    ]);
  });

  it('have names and ids that Bedrock takes, the same everywhere', () => {
    const name = 'a.tool/with a very long name '.repeat(4);
    const id = 'call|1:2'.repeat(12);
    const { body } = write({
      tools: [{ ...find, name }],
      toolChoice: { mode: 'named', name },
      turns: [user(text('q')), assistant(call(id, '{}', name)), user(result(id))],
    });
    const said = JSON.stringify(body);
    const names = [...said.matchAll(/"name":"([^"]*)"/g)].map(([, found]) => found);
    const ids = [...said.matchAll(/"toolUseId":"([^"]*)"/g)].map(([, found]) => found);
    expect(names).toHaveLength(3);
    expect(new Set(names).size).toBe(1);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    for (const found of [...names, ...ids]) expect(found).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });

  it('of free text carry it in an object', () => {
    const custom: Block = { type: 'tool_call', id: 't', name: 'run', input: 'ls -l', custom: true };
    expect(messages([user(text('q')), assistant(custom), user(result('t'))])).toMatchObject([
      {},
      { content: [{ toolUse: { input: { input: 'ls -l' } } }] },
      {},
    ]);
  });
});

describe('results', () => {
  const inResult = (part: TextBlock | MediaBlock, more: Partial<ToolResultBlock> = {}): Json | undefined => {
    const block: Block = { type: 'tool_result', callId: 't', content: [part], ...more };
    const [, , answer = {}] = messages([user(text('q')), assistant(call('t')), user(block)]);
    const content = answer['content'] ?? null;
    const [item] = isList(content) ? content : [];
    return isJsonFields(item) ? item['toolResult'] : undefined;
  };

  it('carry media as what they are', () => {
    const image: MediaBlock = { type: 'media', kind: 'image', source: { via: 'base64', data: PNG } };
    expect(inResult(image)).toMatchObject({ content: [{ image: { format: 'png', source: { bytes: PNG } } }] });
    const document: MediaBlock = { type: 'media', kind: 'document', source: { via: 'text', text: 'x' } };
    expect(inResult(document)).toMatchObject({ content: [{ document: { format: 'txt', source: { text: 'x' } } }] });
  });

  it('carry an object as one, without its text', () => {
    expect(inResult({ type: 'text', text: '{"a":1}' }, { json: { a: 1 } })).toEqual({
      toolUseId: 't',
      content: [{ json: { a: 1 } }],
    });
  });

  it('say nothing of success, and something where nothing was said', () => {
    expect(inResult({ type: 'text', text: '' }, { isError: false })).toEqual({
      toolUseId: 't',
      content: [{ text: '' }],
    });
  });

  it('leave sound out, and say so', () => {
    expect(inResult({ type: 'media', kind: 'audio', source: { via: 'base64', data: 'AA==' } })).toMatchObject({
      content: [{ text: '[audio left out]' }],
    });
  });
});
