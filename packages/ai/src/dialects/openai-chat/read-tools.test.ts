import { describe, expect, it } from 'vitest';
import { readWith } from './__fixtures__/read-call.ts';

describe('readRequest, of tools', () => {
  it('reads functions, free text, hosted tools, the functions of old and searches', () => {
    const grammar = { definition: 'start: "a"', syntax: 'lark' };
    const { tools } = readWith({
      tools: [
        { type: 'function', function: { name: 'f', description: 'F.', parameters: { type: 'object' }, strict: true } },
        { function: { name: 'g', parameters: null }, cache_control: { type: 'ephemeral' } },
        { type: 'custom', custom: { name: 'c', description: 'C.', format: { type: 'grammar', grammar } } },
        { type: 'custom', custom: { name: 'd', format: { type: 'text' } } },
        { type: 'browser_search', depth: 2 },
      ],
      functions: [{ name: 'old', parameters: {} }],
      web_search_options: { search_context_size: 'low' },
    });
    expect(tools).toEqual([
      { kind: 'function', name: 'f', description: 'F.', schema: { type: 'object' }, strict: true },
      { kind: 'function', name: 'g', cache: {} },
      { kind: 'custom', name: 'c', description: 'C.', grammar },
      { kind: 'custom', name: 'd' },
      {
        kind: 'hosted',
        name: 'browser_search',
        hosted: { dialect: 'openai-chat', definition: { type: 'browser_search', depth: 2 } },
      },
      { kind: 'function', name: 'old', schema: {} },
      {
        kind: 'hosted',
        name: 'web_search',
        hosted: { dialect: 'openai-chat', definition: { web_search_options: { search_context_size: 'low' } } },
      },
    ]);
  });

  it.each([
    ['auto', { mode: 'auto' }],
    ['none', { mode: 'none' }],
    ['required', { mode: 'required' }],
    ['any', { mode: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { mode: 'named', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'c' } },
      { mode: 'named', name: 'c' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
      { mode: 'allowed', names: ['f'], required: true },
    ],
  ])('reads the choice %j', (choice, expected) => {
    expect(readWith({ tool_choice: choice }).toolChoice).toEqual(expected);
  });

  it('reads the choice of old', () => {
    expect(readWith({ function_call: { name: 'f' } }).toolChoice).toEqual({ mode: 'named', name: 'f' });
    expect(readWith({ function_call: 'none' }).toolChoice).toEqual({ mode: 'none' });
  });
});
