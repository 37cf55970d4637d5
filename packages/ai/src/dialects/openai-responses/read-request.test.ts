import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { parseExact } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { asJson, read } from './__fixtures__/contexts.ts';
import { openAiResponsesCaller } from './caller.ts';

const HELLO = { role: 'user', blocks: [{ type: 'text', text: 'Hello' }] };

describe('readRequest reads', () => {
  it('the smallest request', () => {
    expect(read({ input: 'Hello' })).toEqual({
      dialect: 'openai-responses',
      model: 'm',
      stream: false,
      instructions: [],
      turns: [HELLO],
      tools: [],
      sampling: {},
      output: {},
      cache: {},
      includeUsage: true,
      ext: {},
    });
  });

  it('null as absent, everywhere', () => {
    const names = 'instructions tools tool_choice text reasoning include store background conversation prompt metadata';
    const more =
      'temperature top_p top_logprobs max_output_tokens parallel_tool_calls stream service_tier user unknown';
    const nulls = Object.fromEntries(`${names} ${more}`.split(' ').map((name) => [name, null]));
    expect(read({ input: 'Hello', ...nulls })).toEqual(read({ input: 'Hello' }));
  });

  const members: Readonly<Record<string, readonly [object, object]>> = {
    sampling: [{ temperature: 0.5, top_p: 0.9 }, { sampling: { temperature: 0.5, topP: 0.9 } }],
    'a limit': [{ max_output_tokens: 100 }, { maxOutputTokens: 100 }],
    'a stream': [{ stream: true }, { stream: true }],
    'the cache key': [{ prompt_cache_key: 'k' }, { cache: { key: 'k' } }],
    'the end user': [{ safety_identifier: 'a', user: 'b' }, { endUser: 'a' }],
    'the end user by the old name': [{ user: 'b' }, { endUser: 'b' }],
    metadata: [{ metadata: { a: 'b', n: 1 } }, { metadata: { a: 'b', n: '1' } }],
    'a tier': [{ service_tier: 'flex' }, { tier: 'flex' }],
    'a tier that is new': [{ service_tier: 'fast' }, { ext: { 'openai-responses': { service_tier: 'fast' } } }],
    'calls one at a time': [{ parallel_tool_calls: false }, { parallelTools: false }],
    'tokens asked for by include': [{ include: ['message.output_text.logprobs'] }, { logprobs: { top: 0 } }],
    'tokens asked for by number': [{ top_logprobs: 3 }, { logprobs: { top: 3 } }],
    'an effort': [{ reasoning: { effort: 'low' } }, { reasoning: { mode: 'effort', effort: 'low' } }],
    'no reasoning': [{ reasoning: { effort: 'none' } }, { reasoning: { mode: 'off', effort: 'none' } }],
    'a summary': [
      { reasoning: { summary: 'concise' } },
      { reasoning: { mode: 'auto', expose: 'summary', summaryStyle: 'concise' } },
    ],
    'what is new in reasoning': [
      { reasoning: { effort: 'ultra', context: 'all_turns' } },
      { ext: { 'openai-responses': { reasoning: { context: 'all_turns', effort: 'ultra' } } } },
    ],
    'plain text, which is the default': [{ text: { format: { type: 'text' } } }, { output: {} }],
    'any JSON': [{ text: { format: { type: 'json_object' } } }, { output: { format: { kind: 'json' } } }],
    'a schema, which is flat': [
      {
        text: {
          verbosity: 'low',
          format: { type: 'json_schema', name: 'n', description: 'd', schema: { type: 'object' }, strict: true },
        },
      },
      {
        output: {
          verbosity: 'low',
          format: { kind: 'schema', name: 'n', description: 'd', schema: { type: 'object' }, strict: true },
        },
      },
    ],
    'instructions in front of those in the input': [
      {
        instructions: 'One',
        input: [
          { role: 'developer', content: 'Two' },
          { role: 'system', content: [{ type: 'input_text', text: 'Three', prompt_cache_breakpoint: {} }] },
          { role: 'user', content: 'Hello' },
        ],
      },
      {
        instructions: [
          { role: 'system', text: 'One' },
          { role: 'developer', text: 'Two' },
          { role: 'system', text: 'Three', cache: {} },
        ],
        turns: [HELLO],
      },
    ],
    'members that only this dialect knows': [
      { max_tool_calls: 3, truncation: 'auto', moderation: { model: 'x' }, top_k: 4 },
      {
        ext: { 'openai-responses': { max_tool_calls: 3, truncation: 'auto', moderation: { model: 'x' }, top_k: 4 } },
      },
    ],
    'what everybody does anyway as nothing': [
      { truncation: 'disabled', store: false, background: false, include: ['reasoning.encrypted_content'] },
      { ext: {} },
    ],
    'what only the vendor has': [
      {
        previous_response_id: 'resp_1',
        conversation: { id: 'conv_1' },
        store: true,
        background: true,
        prompt: { id: 'p' },
      },
      {
        state: {
          previous_response_id: 'resp_1',
          conversation: { id: 'conv_1' },
          store: true,
          background: true,
          prompt: { id: 'p' },
        },
      },
    ],
  };
  for (const [name, [body, expected]] of Object.entries(members)) {
    it(name, () => expect(read({ input: 'Hello', ...body })).toMatchObject(expected));
  }

  it('a number that Python wrote with 17 digits', () => {
    const body = parseExact('{"model":"m","input":"x","temperature":0.30000000000000004}') ?? null;
    const request = openAiResponsesCaller.readRequest(body, { header: () => undefined });
    expect(request.sampling.temperature).toBe(0.30000000000000004);
  });

  it('the model from the path when the body names none', () => {
    const facts = { model: 'p', header: () => undefined };
    expect(openAiResponsesCaller.readRequest(asJson({ input: 'x' }), facts).model).toBe('p');
  });

  it('a request without input that refers to what the vendor has', () => {
    expect(read({ previous_response_id: 'resp_1' }).turns).toEqual([]);
  });

  it('what the official SDK sends', async () => {
    let sent = '';
    const client = new OpenAI({
      apiKey: 'k',
      fetch: (_url, init) => {
        sent = typeof init?.body === 'string' ? init.body : '';
        return Promise.resolve(Response.json({ output: [] }));
      },
    });
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    await client.responses.create({
      model: 'gpt-5',
      instructions: 'Be brief.',
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }],
      tools: [{ type: 'function', name: 'weather', parameters, strict: true }],
      tool_choice: { type: 'function', name: 'weather' },
      reasoning: { effort: 'minimal', summary: 'auto' },
    });
    expect(read(JSON.parse(sent))).toMatchObject({
      model: 'gpt-5',
      instructions: [{ role: 'system', text: 'Be brief.' }],
      turns: [HELLO],
      tools: [{ kind: 'function', name: 'weather', schema: parameters, strict: true }],
      toolChoice: { mode: 'named', name: 'weather' },
      reasoning: { mode: 'effort', effort: 'minimal', expose: 'summary', summaryStyle: 'auto' },
    });
  });
});

describe('readRequest reads tools', () => {
  const definition = { type: 'web_search', filters: { allowed_domains: ['a.example'] } };

  it('of all kinds', () => {
    const request = read({
      input: 'Hello',
      tools: [
        { type: 'function', name: 'f', description: 'd', parameters: null, strict: null },
        { type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
        { type: 'custom', name: 't', format: { type: 'text' } },
        { type: 'mcp', server_label: 'docs', server_url: 'https://a.example' },
        definition,
      ],
    });
    expect(request.tools).toEqual([
      { kind: 'function', name: 'f', description: 'd' },
      { kind: 'custom', name: 'c', grammar: { syntax: 'lark', definition: 'start: "a"' } },
      { kind: 'custom', name: 't' },
      { kind: 'hosted', name: 'docs', hosted: { dialect: 'openai-responses', definition: expect.any(Object) } },
      { kind: 'hosted', name: 'web_search', hosted: { dialect: 'openai-responses', definition } },
    ]);
  });

  it('and names what only this dialect knows of them', () => {
    const tools = [{ type: 'function', name: 'f', parameters: {}, strict: false, defer_loading: true }];
    expect(read({ input: 'Hello', tools }).ext).toEqual({ 'openai-responses': { 'tools.defer_loading': true } });
  });

  const named = [
    { type: 'function', name: 'a' },
    { type: 'custom', name: 'b' },
  ];
  const choices: Readonly<Record<string, readonly [unknown, object]>> = {
    auto: ['auto', { toolChoice: { mode: 'auto' } }],
    none: ['none', { toolChoice: { mode: 'none' } }],
    required: ['required', { toolChoice: { mode: 'required' } }],
    'a function': [named[0], { toolChoice: { mode: 'named', name: 'a' } }],
    'a custom tool': [named[1], { toolChoice: { mode: 'named', name: 'b' } }],
    'some tools': [
      { type: 'allowed_tools', mode: 'required', tools: named },
      { toolChoice: { mode: 'allowed', names: ['a', 'b'], required: true } },
    ],
    "one of the vendor's tools": [
      { type: 'web_search' },
      { ext: { 'openai-responses': { tool_choice: { type: 'web_search' } } } },
    ],
    "some of the vendor's tools": [
      { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp', server_label: 'x' }] },
      { ext: { 'openai-responses': { tool_choice: expect.objectContaining({ type: 'allowed_tools' }) } } },
    ],
  };
  for (const [name, [choice, expected]] of Object.entries(choices)) {
    it(`and the choice of ${name}`, () => {
      expect(read({ input: 'Hello', tool_choice: choice })).toMatchObject(expected);
    });
  }
});

describe('readRequest refuses', () => {
  const cases: Readonly<Record<string, readonly [unknown, string | undefined]>> = {
    'what is no object': [[], undefined],
    'a request without a model': [{ input: 'x' }, 'model'],
    'a model that is no string': [{ model: 1, input: 'x' }, 'model'],
    'a request without input': [{ model: 'm' }, 'input'],
    'input of another kind': [{ model: 'm', input: 5 }, 'input'],
    'items that are no objects': [{ model: 'm', input: [5] }, 'input[0]'],
    'items without a kind': [{ model: 'm', input: [{ id: 'x' }] }, 'input[0].role'],
    'roles that there are not': [{ model: 'm', input: [{ role: 'tool', content: 'x' }] }, 'input[0].role'],
    'calls without a name': [{ model: 'm', input: [{ type: 'function_call', call_id: 'a' }] }, 'input[0]'],
    'a temperature that is text': [{ model: 'm', input: 'x', temperature: 'hot' }, 'temperature'],
    'tools of another kind': [{ model: 'm', input: 'x', tools: {} }, 'tools'],
    'tools without a kind': [{ model: 'm', input: 'x', tools: [{}] }, 'tools[0].type'],
    'functions without a name': [{ model: 'm', input: 'x', tools: [{ type: 'function' }] }, 'tools[0].name'],
    'a format without its schema': [
      { model: 'm', input: 'x', text: { format: { type: 'json_schema', name: 'n' } } },
      'text.format.schema',
    ],
    'a stream that is neither': [{ model: 'm', input: 'x', stream: 'yes' }, 'stream'],
  };
  for (const [name, [body, param]] of Object.entries(cases)) {
    it(name, () => {
      const reading = (): unknown => openAiResponsesCaller.readRequest(asJson(body), { header: () => undefined });
      expect(reading).toThrow(Untranslatable);
      expect(reading).toThrow(expect.objectContaining({ param }));
    });
  }
});
