import { describe, expect, it } from 'vitest';
import type { Tool } from '../../canonical/chat-request.ts';
import { foreign, target, written } from './__fixtures__/contexts.ts';
import { assistant, call, GET, HI, result, user } from './__fixtures__/turns.ts';

describe('tools and answers in a form', () => {
  it('chooses tools as the model lets it', () => {
    const required = foreign({ tools: [GET], toolChoice: { mode: 'required' } });
    expect(written(required).body['tool_choice']).toEqual({ type: 'any' });
    expect(written(required, target('claude-opus-5-5'))).toMatchObject({
      body: { tool_choice: { type: 'auto' } },
      losses: ['dropped:tool_choice'],
    });
    const thinking = { ...required, reasoning: { mode: 'effort', effort: 'low' } as const };
    expect(written(thinking, target('claude-opus-4-6')).body['tool_choice']).toEqual({ type: 'auto' });
    expect(written(thinking).body['tool_choice']).toEqual({ type: 'any' });
    const serial = foreign({ tools: [GET], parallelTools: false });
    expect(written(serial).body['tool_choice']).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    expect(written(foreign({ tools: [GET], toolChoice: { mode: 'none' } })).body).toMatchObject({
      tools: [{}],
      tool_choice: { type: 'none' },
    });
    const allowed = foreign({
      tools: [GET, { ...GET, name: 'put' }],
      toolChoice: { mode: 'allowed', names: ['put'], required: true },
    });
    expect(written(allowed)).toMatchObject({
      body: { tools: [{ name: 'put' }], tool_choice: { type: 'any' } },
      losses: ['emulated:tool_choice'],
    });
    expect('tool_choice' in written(foreign({ toolChoice: { mode: 'auto' } })).body).toBe(false);
    expect(written(foreign({ toolChoice: { mode: 'required' } })).losses).toEqual(['dropped:tool_choice']);
  });

  it('defines the tools of a history that defines none', () => {
    const turns = [HI, assistant(call('a')), user(result('a'))];
    expect(written(foreign({ turns }))).toMatchObject({
      body: { tools: [{ name: 'get', input_schema: { type: 'object' } }], tool_choice: { type: 'none' } },
      losses: ['emulated:tools'],
    });
  });

  it('makes an object of the free text of custom tools', () => {
    const tools: Tool[] = [{ kind: 'custom', name: 'shell', grammar: { type: 'grammar' } }];
    const turns = [
      HI,
      assistant({ type: 'tool_call', id: 'a', name: 'shell', input: 'ls', custom: true }),
      user(result('a')),
    ];
    const { body, losses } = written(foreign({ tools, turns }));
    expect(body).toMatchObject({
      tools: [{ name: 'shell', input_schema: { required: ['input'] } }],
      messages: [{}, { content: [{ input: { input: 'ls' } }] }, {}],
    });
    expect(losses).toEqual(['dropped:grammar', 'emulated:custom_tool', 'emulated:tool_calls']);
  });

  it('binds answers to a schema, closed as the API wants it', () => {
    const schema = {
      type: 'object',
      properties: {
        minimum: { type: 'number', minimum: 3 },
        any: { oneOf: [{ type: 'string', format: 'color' }] },
        map: { type: 'object' },
      },
      required: ['any'],
    };
    const request = foreign({ output: { format: { kind: 'schema', name: 'x', schema, strict: true } } });
    const { body, losses } = written(request);
    expect(body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            minimum: { type: 'number' },
            any: { anyOf: [{ type: 'string' }] },
            map: { type: 'object', additionalProperties: false },
          },
          required: ['any'],
          additionalProperties: false,
        },
      },
    });
    expect(losses).toEqual([
      'dropped:response_format.additionalProperties',
      'dropped:response_format.format',
      'dropped:response_format.minimum',
    ]);
  });

  it('lets a tool stand for the schema on models that know none', () => {
    const request = foreign({ output: { format: { kind: 'schema', schema: { type: 'object', properties: {} } } } });
    const alone = written(request, target('claude-sonnet-4-20250514'));
    expect(alone).toMatchObject({
      body: { tools: [{ name: 'json_answer' }], tool_choice: { type: 'tool', name: 'json_answer' } },
      losses: ['emulated:response_format'],
    });
    expect('output_config' in alone.body).toBe(false);
    const beside = written(
      { ...request, tools: [GET, { ...GET, name: 'json_answer' }] },
      target('claude-sonnet-4-20250514'),
    );
    expect(beside.body).toMatchObject({ tools: [{}, {}, { name: 'json_answer_2' }], tool_choice: { type: 'any' } });
    const thinking = { ...request, reasoning: { mode: 'effort', effort: 'low' } as const };
    expect(written(thinking, target('claude-sonnet-4-20250514')).body['tool_choice']).toEqual({ type: 'auto' });
  });

  it('asks for JSON in words', () => {
    const { body, losses } = written(foreign({ output: { format: { kind: 'json' } } }));
    expect(body['system']).toMatchObject([{ text: expect.stringContaining('JSON') }]);
    expect(losses).toEqual(['emulated:response_format']);
  });
});
