import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { foreign, read } from './__fixtures__/contexts.ts';
import { write } from './__fixtures__/write.ts';

describe('a request of another dialect', () => {
  it('is small when it asks for little, and has nothing stored', () => {
    expect(write(foreign())).toEqual({
      body: {
        model: 'gpt-5',
        input: [{ type: 'message', role: 'user', content: 'Hello' }],
        store: false,
      },
      losses: [],
    });
  });

  const fields: Readonly<Record<string, readonly [Partial<ChatRequest>, object]>> = {
    sampling: [{ sampling: { temperature: 0.2, topP: 0.3 } }, { temperature: 0.2, top_p: 0.3 }],
    tokens: [{ logprobs: { top: 2 } }, { include: ['message.output_text.logprobs'], top_logprobs: 2 }],
    'any JSON': [{ output: { format: { kind: 'json' } } }, { text: { format: { type: 'json_object' } } }],
    'a schema without a name': [
      { output: { verbosity: 'low', format: { kind: 'schema', schema: { type: 'object', properties: {} } } } },
      {
        text: {
          verbosity: 'low',
          format: { type: 'json_schema', name: 'response', schema: { type: 'object', properties: {} } },
        },
      },
    ],
    'a schema that is strict, which has to be closed': [
      {
        output: {
          format: {
            kind: 'schema',
            name: 'my form',
            strict: true,
            schema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          },
        },
      },
      {
        text: {
          format: {
            type: 'json_schema',
            name: 'my_form',
            strict: true,
            schema: {
              type: 'object',
              properties: { a: { type: 'string' } },
              required: ['a'],
              additionalProperties: false,
            },
          },
        },
      },
    ],
    'reasoning that is wanted, with its proof for the way back': [
      { reasoning: { mode: 'budget', budgetTokens: 8000, expose: 'full' } },
      { reasoning: { effort: 'medium', summary: 'auto' }, include: ['reasoning.encrypted_content'] },
    ],
    'reasoning that is not': [{ reasoning: { mode: 'off' } }, { reasoning: { effort: 'none' } }],
    'who calls, and what for': [
      { endUser: 'u', metadata: { a: 'b' }, tier: 'flex', cache: { key: 'k' } },
      { safety_identifier: 'u', metadata: { a: 'b' }, service_tier: 'flex', prompt_cache_key: 'k' },
    ],
    'instructions one by one, not joined': [
      {
        instructions: [
          { role: 'system', text: 'One' },
          { role: 'developer', text: 'Two' },
        ],
      },
      {
        instructions: 'One',
        input: [
          { type: 'message', role: 'developer', content: 'Two' },
          { type: 'message', role: 'user', content: 'Hello' },
        ],
      },
    ],
    'tools, which are flat and not strict unless they say so': [
      {
        tools: [
          { kind: 'function', name: 'f', description: 'd', schema: { type: 'object', properties: {} } },
          { kind: 'function', name: 'g' },
          { kind: 'custom', name: 'c', grammar: { syntax: 'regex', definition: 'a+' } },
        ],
        toolChoice: { mode: 'allowed', names: ['f', 'c'], required: true },
        parallelTools: false,
      },
      {
        tools: [
          {
            type: 'function',
            name: 'f',
            description: 'd',
            parameters: { type: 'object', properties: {} },
            strict: false,
          },
          { type: 'function', name: 'g', parameters: { type: 'object', properties: {} }, strict: false },
          { type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'regex', definition: 'a+' } },
        ],
        tool_choice: {
          type: 'allowed_tools',
          mode: 'required',
          tools: [
            { type: 'function', name: 'f' },
            { type: 'custom', name: 'c' },
          ],
        },
        parallel_tool_calls: false,
      },
    ],
  };
  for (const [name, [request, expected]] of Object.entries(fields)) {
    it(`asks for ${name}`, () => {
      const { body, losses } = write(foreign(request));
      expect(body).toMatchObject(expected);
      expect(losses).toEqual([]);
    });
  }

  it('asks for a stream', () => expect(write(foreign(), { stream: true }).body['stream']).toBe(true));

  it('has no choice of tools without tools', () => {
    const { body } = write(foreign({ toolChoice: { mode: 'auto' }, parallelTools: true }));
    expect(Object.keys(body)).toEqual(['model', 'input', 'store']);
  });

  const losses: Readonly<Record<string, readonly [Partial<ChatRequest>, readonly string[]]>> = {
    'what there is no member for': [
      {
        sampling: {
          topK: 1,
          minP: 0.1,
          frequencyPenalty: 1,
          presencePenalty: 1,
          seed: 1,
          logitBias: { '1': 2 },
        },
        output: { modalities: ['text', 'audio'] },
      },
      [
        'dropped:frequency_penalty',
        'dropped:logit_bias',
        'dropped:min_p',
        'dropped:modalities',
        'dropped:presence_penalty',
        'dropped:seed',
        'dropped:top_k',
      ],
    ],
    'members of the other dialect': [{ ext: { anthropic: { mcp_servers: [] } } }, ['dropped:mcp_servers']],
    'a tier that only others have': [{ tier: 'reserved' }, ['dropped:service_tier']],
    'a name that is too long': [{ endUser: 'u'.repeat(65) }, ['clamped:user']],
    'a limit below the least': [{ maxOutputTokens: 1 }, ['clamped:max_tokens']],
    'a beginning that the model is to go on with': [
      { turns: [{ role: 'assistant', blocks: [{ type: 'text', text: 'Once' }] }] },
      ['dropped:prefill'],
    ],
    'marks of a cache that is another': [
      { instructions: [{ role: 'system', text: 'S', cache: {} }] },
      ['dropped:cache_control'],
    ],
  };
  for (const [name, [request, expected]] of Object.entries(losses)) {
    it(`loses ${name}, and says so`, () => expect(write(foreign(request)).losses).toEqual(expected));
  }

  it('keeps to what the model can', () => {
    const { body, losses: lost } = write(foreign({ maxOutputTokens: 500 }), { maxOutputTokens: 100 });
    expect(body['max_output_tokens']).toBe(100);
    expect(lost).toEqual(['clamped:max_tokens']);
  });

  it('leaves out what the vendor refuses, and names it', () => {
    const request = foreign({ sampling: { temperature: 1 } });
    expect(write(request, {}, { drops: ['temperature', 'store', 'top_p'] })).toEqual({
      body: { model: 'gpt-5', input: expect.anything() },
      losses: ['dropped:store', 'dropped:temperature'],
    });
  });

  it('does not ask for tokens that the vendor has not', () => {
    expect(write(foreign({ logprobs: { top: 2 } }), {}, { drops: ['logprobs'] })).toEqual({
      body: expect.not.objectContaining({ include: expect.anything(), top_logprobs: expect.anything() }),
      losses: ['dropped:logprobs'],
    });
  });

  const refused: Readonly<Record<string, readonly [Partial<ChatRequest>, string]>> = {
    'stop sequences': [{ sampling: { stop: ['END'] } }, 'stop'],
    'several answers': [{ sampling: { n: 2 } }, 'n'],
    'what another vendor keeps': [{ state: { conversation: 'x' } }, 'conversation'],
    'a cache that another vendor keeps': [{ cache: { contentRef: 'x' } }, 'cachedContent'],
    'tools of another vendor': [
      {
        tools: [
          { kind: 'hosted', name: 'w', hosted: { dialect: 'anthropic', definition: { type: 'web_search_20250305' } } },
        ],
      },
      'tools',
    ],
    'files of another vendor': [
      {
        turns: [
          {
            role: 'user',
            blocks: [{ type: 'media', kind: 'image', source: { via: 'file', id: 'f', dialect: 'anthropic' } }],
          },
        ],
      },
      'messages',
    ],
    sound: [
      {
        dialect: 'gemini',
        turns: [{ role: 'user', blocks: [{ type: 'media', kind: 'audio', source: { via: 'base64', data: 'AAAA' } }] }],
      },
      'contents',
    ],
    'results without a call': [
      { turns: [{ role: 'user', blocks: [{ type: 'tool_result', callId: 'a', content: [] }] }] },
      'messages',
    ],
    nothing: [{ turns: [] }, 'messages'],
  };
  for (const [name, [request, param]] of Object.entries(refused)) {
    it(`is refused for ${name}`, () => {
      const writing = (): unknown => write(foreign(request));
      expect(writing).toThrow(Untranslatable);
      expect(writing).toThrow(expect.objectContaining({ param }));
    });
  }

  it('is not refused for stop sequences that are blank', () => {
    expect(write(foreign({ sampling: { stop: [' '] } })).losses).toEqual([]);
  });
});

describe('where a caller of this dialect left store out', () => {
  it('so does the request', () => expect(write(read({ input: 'x' })).body).not.toHaveProperty('store'));

  it('nothing is stored when what it said is lost', () => {
    expect(write({ ...read({ input: 'x' }), output: {} }).body['store']).toBe(false);
  });

  it('proofs are asked for when nothing is stored', () => {
    const { body } = write(read({ input: 'x', store: false, reasoning: { effort: 'low' } }));
    expect(body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] });
  });
});
