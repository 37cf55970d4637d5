import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { asJson, NO_FACTS } from '../chat-shaped/__fixtures__/contexts.ts';
import { cohereCaller } from './cohere-caller.ts';

const HELLO = { model: 'command-a', messages: [{ role: 'user', content: 'Hello' }] };
const read = (body: unknown): ChatRequest => cohereCaller.readRequest(asJson(body), NO_FACTS);

describe('a request of Cohere', () => {
  it('is read as a whole', () => {
    expect(
      read({
        model: 'command-a',
        stream: true,
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Look' },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
            ],
          },
          {
            role: 'assistant',
            content: [{ type: 'thinking', thinking: 'hm' }],
            tool_plan: 'I look.',
            tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '' } }],
          },
          { role: 'tool', tool_call_id: 'c1', content: [{ type: 'document', document: { id: 'd', data: { t: 20 } } }] },
          { role: 'system', content: [{ type: 'text', text: 'Now answer.' }] },
        ],
        tools: [{ type: 'function', function: { name: 'look', description: 'Looks', parameters: { type: 'object' } } }],
        strict_tools: true,
        tool_choice: 'REQUIRED',
        response_format: { type: 'json_object', json_schema: { type: 'object' } },
        max_tokens: 100,
        stop_sequences: ['END'],
        temperature: 0.30000000000000004,
        seed: 5,
        frequency_penalty: 0.1,
        presence_penalty: 0.2,
        k: 10,
        p: 0.9,
        logprobs: true,
        thinking: { type: 'enabled', token_budget: 500 },
        safety_mode: 'STRICT',
        citation_options: { mode: 'FAST' },
        priority: 3,
        raw_prompting: null,
      }),
    ).toEqual({
      dialect: 'cohere',
      model: 'command-a',
      stream: true,
      instructions: [{ role: 'system', text: 'Be brief.' }],
      turns: [
        {
          role: 'user',
          blocks: [
            { type: 'text', text: 'Look' },
            {
              type: 'media',
              kind: 'image',
              mime: 'image/png',
              detail: 'low',
              source: { via: 'base64', data: 'iVBORw0KGgo=' },
            },
          ],
        },
        {
          role: 'assistant',
          blocks: [
            { type: 'reasoning', text: 'hm' },
            { type: 'text', text: 'I look.' },
            { type: 'tool_call', id: 'c1', name: 'look', input: '{}' },
          ],
        },
        {
          role: 'user',
          blocks: [
            {
              type: 'tool_result',
              callId: 'c1',
              name: 'look',
              content: [{ type: 'text', text: '{"t":20}' }],
              json: { t: 20 },
            },
          ],
        },
        { role: 'system', blocks: [{ type: 'text', text: 'Now answer.' }] },
      ],
      tools: [{ kind: 'function', name: 'look', description: 'Looks', schema: { type: 'object' }, strict: true }],
      toolChoice: { mode: 'required' },
      sampling: {
        temperature: 0.30000000000000004,
        topP: 0.9,
        topK: 10,
        seed: 5,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        stop: ['END'],
      },
      maxOutputTokens: 100,
      logprobs: { top: 0 },
      output: { format: { kind: 'schema', schema: { type: 'object' } } },
      reasoning: { mode: 'budget', budgetTokens: 500 },
      cache: {},
      includeUsage: true,
      ext: { cohere: { safety_mode: 'STRICT', citation_options: { mode: 'FAST' }, priority: 3 } },
    });
  });

  it('takes null for absent', () => {
    const nulls = Object.fromEntries(
      [
        'tools',
        'temperature',
        'stop_sequences',
        'thinking',
        'response_format',
        'documents',
        'stream',
        'tool_choice',
      ].map((name) => [name, null]),
    );
    expect(read({ ...HELLO, ...nulls })).toEqual(read(HELLO));
    expect(read(HELLO)).toMatchObject({ stream: false, ext: {} });
  });

  it('puts documents in front of what the user said last', () => {
    const { turns } = read({
      ...HELLO,
      documents: [
        'plain',
        { id: 'a', data: { title: 'T', snippet: 's' } },
        { data: { a: 1, b: 'x' } },
        { data: 'raw' },
      ],
    });
    const text = (words: string, title?: string): object => ({
      type: 'media',
      kind: 'document',
      mime: 'text/plain',
      ...(title !== undefined && { title }),
      citations: true,
      source: { via: 'text', text: words },
    });
    expect(turns).toEqual([
      {
        role: 'user',
        blocks: [text('plain'), text('s', 'T'), text('a: 1\nb: x'), text('raw'), { type: 'text', text: 'Hello' }],
      },
    ]);
    const without = read({ model: 'm', messages: [{ role: 'system', content: 'x' }], documents: ['d'] });
    expect(without.ext).toEqual({ cohere: { documents: ['d'] } });
  });

  it('reads results of one turn as one', () => {
    const call = (id: string): object => ({ id, type: 'function', function: { name: id, arguments: '{}' } });
    const { turns } = read({
      model: 'm',
      messages: [
        { role: 'assistant', tool_calls: [call('a'), call('b')] },
        { role: 'tool', tool_call_id: 'a', content: 'one' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'two' }, 'three'] },
        { role: 'user', content: 'And?' },
      ],
    });
    expect(turns).toMatchObject([
      {},
      {
        role: 'user',
        blocks: [
          { callId: 'a', name: 'a' },
          { callId: 'b', content: [{ text: 'two' }, { text: 'three' }] },
        ],
      },
      { role: 'user', blocks: [{ text: 'And?' }] },
    ]);
  });

  it('names members of messages that nobody knows', () => {
    const { ext } = read({ model: 'm', messages: [{ role: 'user', content: 'x', odd: 1 }] });
    expect(ext).toEqual({ cohere: { 'messages.odd': 1 } });
  });

  it.each<[string, unknown, string | undefined]>([
    ['no object', 'x', undefined],
    ['no model', { messages: HELLO.messages }, 'model'],
    ['no messages', { model: 'm' }, 'messages'],
    ['a role that nobody has', { model: 'm', messages: [{ role: 'developer', content: 'x' }] }, 'messages[0].role'],
    [
      'a part that nobody knows',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'x' }] }] },
      'messages[0].content[0].type',
    ],
    ['a tool without a function', { ...HELLO, tools: [{ type: 'function' }] }, 'tools[0].function'],
    ['a choice that nobody knows', { ...HELLO, tool_choice: 'auto' }, 'tool_choice'],
    ['text for a number', { ...HELLO, temperature: '1' }, 'temperature'],
    ['a format that nobody knows', { ...HELLO, response_format: { type: 'xml' } }, 'response_format.type'],
  ])('refuses %s', (_, body, param) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ name: 'Untranslatable', param }));
  });

  it('throws nothing else, whatever it is sent', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const message = fc.record(
      {
        role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
        content: value,
        tool_calls: value,
        tool_call_id: value,
      },
      { requiredKeys: ['role'] },
    );
    const body = fc.record(
      {
        model: fc.constant('m'),
        messages: fc.array(message),
        tools: value,
        documents: value,
        thinking: value,
        __proto__: value,
      },
      { requiredKeys: ['model', 'messages'] },
    );
    fc.assert(
      fc.property(fc.oneof(body, value), (sent) => {
        try {
          read(sent);
        } catch (error) {
          expect(error).toBeInstanceOf(Untranslatable);
        }
      }),
      { numRuns: 500 },
    );
  });
});
