import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { assistant, foreign, own, paramOf, user, write } from './__fixtures__/write-call.ts';

describe('writeRequest, of tools', () => {
  const f = { kind: 'function', name: 'f' } as const;

  it('gives every function a schema (T46), and leaves out what belongs to tools when there are none (T14)', () => {
    expect(write(foreign({ tools: [f] })).body['tools']).toEqual([
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    ]);
    const { body } = write(foreign({ tools: [], toolChoice: { mode: 'none' }, parallelTools: true }));
    expect(Object.keys(body)).toEqual(['model', 'messages']);
  });

  it('writes choices', () => {
    const choiceOf = (toolChoice: ChatRequest['toolChoice']) =>
      write(foreign({ tools: [f, { kind: 'custom', name: 'c' }], ...(toolChoice !== undefined && { toolChoice }) }))
        .body['tool_choice'];
    expect(choiceOf({ mode: 'none' })).toBe('none');
    expect(choiceOf({ mode: 'named', name: 'f' })).toEqual({ type: 'function', function: { name: 'f' } });
    expect(choiceOf({ mode: 'named', name: 'c' })).toEqual({ type: 'custom', custom: { name: 'c' } });
    expect(choiceOf({ mode: 'allowed', names: ['f', 'c'], required: true })).toEqual({
      type: 'allowed_tools',
      allowed_tools: {
        mode: 'required',
        tools: [
          { type: 'function', function: { name: 'f' } },
          { type: 'custom', custom: { name: 'c' } },
        ],
      },
    });
  });

  it('leaves the other tools out where a choice among some is unknown', () => {
    const request = foreign({
      tools: [f, { ...f, name: 'g' }],
      toolChoice: { mode: 'allowed', names: ['g'], required: true },
    });
    expect(write(request, { allowedTools: false })).toMatchObject({
      body: { tools: [{ function: { name: 'g' } }], tool_choice: 'required' },
      losses: ['emulated:tool_choice'],
    });
  });

  it('offers free text as a function where the vendor knows none', () => {
    const custom = { kind: 'custom', name: 'sh', grammar: { syntax: 'regex', definition: '.*' } } as const;
    const turns = [
      assistant({ type: 'tool_call', id: 'a', name: 'sh', input: 'ls "x"', custom: true }),
      user({ type: 'tool_result', callId: 'a', content: [] }),
    ];
    expect(write(foreign({ tools: [custom], turns })).body).toMatchObject({
      tools: [{ type: 'custom', custom: { name: 'sh', format: { type: 'grammar', grammar: { syntax: 'regex' } } } }],
      messages: [{ tool_calls: [{ type: 'custom', custom: { name: 'sh', input: 'ls "x"' } }] }, {}],
    });
    expect(write(foreign({ tools: [custom], turns }), { customTools: false })).toMatchObject({
      body: { tools: [{ type: 'function', function: { name: 'sh', parameters: { required: ['input'] } } }] },
      messages: [
        { tool_calls: [{ type: 'function', function: { name: 'sh', arguments: '{"input":"ls \\"x\\""}' } }] },
        {},
      ],
      losses: ['emulated:custom_tool'],
    });
  });

  it('closes strict schemas of foreign callers only', () => {
    const strict = { ...f, strict: true, schema: { type: 'object', properties: { a: { type: 'string' } } } };
    expect(write(foreign({ tools: [strict] })).body).toMatchObject({
      tools: [{ function: { strict: true, parameters: { additionalProperties: false, required: ['a'] } } }],
    });
    const { name, schema } = strict;
    const mine = own({ tools: [{ type: 'function', function: { name, strict: true, parameters: schema } }] });
    expect(write(mine).body['tools']).toEqual([
      { type: 'function', function: { name, strict: true, parameters: schema } },
    ]);
  });

  it('adapts schemas to what the vendor takes', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', format: 'uri' } } };
    expect(write(foreign({ tools: [{ ...f, schema }] }), { schemas: { drops: ['format'] } })).toMatchObject({
      body: { tools: [{ function: { parameters: { properties: { a: { type: 'string' } } } } }] },
      losses: ['dropped:tools.format'],
    });
  });

  it('drops tools where the vendor knows none, and refuses where that would be wrong', () => {
    const vendor = { drops: ['tools', 'tool_choice', 'parallel_tool_calls'] };
    expect(write(foreign({ tools: [f], toolChoice: { mode: 'auto' } }), vendor)).toMatchObject({
      losses: ['dropped:tools'],
    });
    expect(write(foreign({ tools: [f], toolChoice: { mode: 'none' } }), vendor)).toMatchObject({ losses: [] });
    expect(paramOf(foreign({ tools: [f], toolChoice: { mode: 'required' } }), vendor)).toBe('tools');
    const turns = [
      assistant({ type: 'tool_call', id: 'a', name: 'f', input: '{}' }),
      user({ type: 'tool_result', callId: 'a', content: [] }),
    ];
    expect(paramOf(foreign({ tools: [f], turns }), vendor)).toBe('tools');
  });

  it('writes hosted tools of its own dialect as they came', () => {
    const tools = [{ type: 'browser_search', depth: 2 }];
    expect(write(own({ tools, web_search_options: { search_context_size: 'low' } })).body).toMatchObject({
      tools,
      web_search_options: { search_context_size: 'low' },
    });
  });
});
