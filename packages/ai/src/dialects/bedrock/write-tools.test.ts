import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest } from '../../canonical/chat-request.ts';
import { CLAUDE, target, write } from './__fixtures__/calls.ts';
import { assistant, call, find, result, text, user } from './__fixtures__/turns.ts';

describe('tools', () => {
  const history = [user(text('q')), assistant(call('t')), user(result('t'))];

  it.each<[string, Partial<ChatRequest>, object | undefined, readonly string[]]>([
    ['no tools', { tools: [] }, undefined, []],
    ['none of them', { tools: [find], toolChoice: { mode: 'none' } }, undefined, []],
    ['the model chooses', { tools: [find], toolChoice: { mode: 'auto' } }, { tools: [{}] }, []],
    ['any', { tools: [find], toolChoice: { mode: 'required' } }, { tools: [{}], toolChoice: { any: {} } }, []],
    [
      'some of them',
      { tools: [find, { ...find, name: 'b' }], toolChoice: { mode: 'allowed', names: ['b'], required: true } },
      { tools: [{ toolSpec: { name: 'b' } }], toolChoice: { any: {} } },
      ['emulated:tool_choice'],
    ],
    [
      'calls without tools',
      { turns: history, tools: [] },
      { tools: [{ toolSpec: { name: 'find', inputSchema: { json: { type: 'object' } } } }] },
      ['emulated:tools'],
    ],
    [
      'calls, but none of the tools',
      { turns: history, tools: [find], toolChoice: { mode: 'none' } },
      { tools: [{ toolSpec: { name: 'find' } }] },
      ['emulated:tool_choice'],
    ],
    ['a choice without tools', { toolChoice: { mode: 'required' } }, undefined, []],
    [
      'a strict one',
      { tools: [{ ...find, strict: true, description: ' ' }] },
      { tools: [{ toolSpec: { strict: true, inputSchema: { json: { additionalProperties: false } } } }] },
      [],
    ],
    [
      'without a schema',
      { tools: [{ kind: 'function', name: 'a' }] },
      { tools: [{ toolSpec: { inputSchema: { json: { type: 'object', properties: {} } } } }] },
      [],
    ],
    [
      'of free text',
      { tools: [{ kind: 'custom', name: 'a', grammar: { x: 1 } }] },
      { tools: [{ toolSpec: { inputSchema: { json: { required: ['input'] } } } }] },
      ['emulated:custom_tool'],
    ],
  ])('%s', (_what, said, toolConfig, losses) => {
    const written = write(said);
    if (toolConfig === undefined) expect(written.body).not.toHaveProperty('toolConfig');
    else expect(written.body['toolConfig']).toMatchObject(toolConfig);
    expect(written.losses).toEqual(losses);
  });

  it('have no choice where the model chooses, and never one of none', () => {
    const { body } = write({ tools: [find], toolChoice: { mode: 'auto' } });
    expect(body['toolConfig']).not.toHaveProperty('toolChoice');
  });

  it('cannot be strict for models that know no schemas', () => {
    const written = write({ tools: [{ ...find, strict: true }] }, target('anthropic.claude-3-haiku-20240307-v1:0'));
    expect(written.losses).toEqual(['dropped:strict']);
    expect(JSON.stringify(written.body)).not.toContain('strict');
  });
});

describe('cache points', () => {
  const marked = (said: string, ttl?: '5m' | '30m' | '1h'): Block => ({
    type: 'text',
    text: said,
    cache: ttl === undefined ? {} : { ttl },
  });
  const points = (said: Partial<ChatRequest>, model = CLAUDE): readonly [unknown, readonly string[]] => {
    const { body, losses } = write(said, target(model));
    return [
      JSON.stringify(body).match(/"text":"\w+"\},\{"cachePoint":\{[^}]*\}|\}\},\{"cachePoint":\{[^}]*\}/g),
      losses,
    ];
  };
  const POINT = '"text":"a"},{"cachePoint":{"type":"default"}';

  it('stand behind what they mark', () => {
    expect(points({ turns: [user(marked('a'), text('b'))] })).toEqual([[POINT], []]);
  });

  it('are at most four, the last ones', () => {
    const [found, losses] = points({
      tools: [{ ...find, cache: {} }],
      instructions: [{ role: 'system', text: 's', cache: {} }],
      turns: [user(marked('a'), marked('b'), marked('c'), marked('d'))],
    });
    expect(found).toEqual(['a', 'b', 'c', 'd'].map((one) => POINT.replace('a', one)));
    expect(losses).toEqual(['dropped:cache_control']);
  });

  it('never live longer than one in front of them', () => {
    expect(
      points({ turns: [user(marked('a', '1h'), marked('b', '30m'), marked('c', '5m'), marked('d', '1h'))] }),
    ).toEqual([
      [
        expect.stringContaining('a"},{"cachePoint":{"type":"default","ttl":"1h"}'),
        expect.stringContaining('b"},{"cachePoint":{"type":"default","ttl":"1h"}'),
        expect.stringContaining('c"},{"cachePoint":{"type":"default"}'),
        expect.stringContaining('d"},{"cachePoint":{"type":"default"}'),
      ],
      ['clamped:cache_control'],
    ]);
  });

  it('are set at the end for callers who leave the place to us', () => {
    expect(points({ turns: [user(text('a'))], cache: { auto: {} } })).toEqual([[POINT], []]);
    expect(points({ turns: [user(marked('a'))], cache: { auto: {} } })).toEqual([[POINT], []]);
  });

  it('are left out for models that refuse them', () => {
    expect(points({ turns: [user(marked('a'))] }, 'meta.llama3-3-70b-instruct-v1:0')).toEqual([
      null,
      ['dropped:cache_control'],
    ]);
    expect(
      points({ turns: [user(marked('a'))] }, 'arn:aws:bedrock:us-east-1:1:application-inference-profile/x'),
    ).toEqual([[POINT], []]);
  });
});
