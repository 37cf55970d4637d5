import { describe, expect, it } from 'vitest';
import type { ChatRequest, MediaBlock } from '../../canonical/chat-request.ts';
import { foreign, targetOf, written } from '../chat-shaped/__fixtures__/contexts.ts';
import { cohereProvider } from './cohere-provider.ts';

const write = (members: Partial<ChatRequest> = {}, target = targetOf()): ReturnType<typeof written> =>
  written(cohereProvider, foreign(members), target);
const bodyOf = (members: object): object => ({
  model: 'their-model',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: false,
  ...members,
});

const look = { kind: 'function', name: 'look', schema: { type: 'object', properties: {} } } as const;

describe('a request to Cohere', () => {
  it('says everything in the words of this API', () => {
    const { body, losses } = write(
      {
        instructions: [
          { role: 'system', text: 'Be brief.' },
          { role: 'developer', text: 'Be kind.' },
        ],
        tools: [{ ...look, description: 'Looks', strict: true }],
        toolChoice: { mode: 'required' },
        sampling: {
          temperature: 1,
          topP: 0.5,
          topK: 20,
          seed: 7,
          stop: ['END'],
          presencePenalty: 0.1,
          frequencyPenalty: 0.2,
          n: 1,
        },
        maxOutputTokens: 2000,
        logprobs: { top: 0 },
        reasoning: { mode: 'budget', budgetTokens: 500 },
        tier: 'flex',
      },
      targetOf({ stream: true }),
    );
    expect(body).toEqual({
      model: 'their-model',
      messages: [
        {
          role: 'system',
          content: [
            { type: 'text', text: 'Be brief.' },
            { type: 'text', text: 'Be kind.' },
          ],
        },
        { role: 'user', content: 'Hello' },
      ],
      stream: true,
      tools: [
        {
          type: 'function',
          function: { name: 'look', description: 'Looks', parameters: { type: 'object', properties: {} } },
        },
      ],
      strict_tools: true,
      tool_choice: 'REQUIRED',
      temperature: 1,
      p: 0.5,
      k: 20,
      seed: 7,
      stop_sequences: ['END'],
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      max_tokens: 2000,
      logprobs: true,
      thinking: { type: 'enabled', token_budget: 500 },
      priority: 500,
    });
    expect(losses).toEqual([]);
  });

  it('names what Cohere has no member for, and brings numbers into its ranges', () => {
    const { body, losses } = write({
      sampling: {
        topP: 1,
        topK: 1000,
        minP: 0.1,
        frequencyPenalty: -1,
        presencePenalty: 2,
        logitBias: { '5': 1 },
        seed: -1,
        stop: ['1', '2', '3', '4', '5', '6'],
      },
      logprobs: { top: 3 },
      output: { verbosity: 'low' },
      cache: { key: 'k' },
      endUser: 'u',
      metadata: { a: 'b' },
      parallelTools: false,
      tier: 'scale',
      ext: { 'openai-chat': { store: true } },
      turns: [{ role: 'user', name: 'bob', blocks: [{ type: 'text', text: 'Hello', cache: {} }] }],
    });
    expect(body).toEqual(
      bodyOf({
        p: 0.99,
        k: 500,
        frequency_penalty: 0,
        presence_penalty: 1,
        stop_sequences: ['1', '2', '3', '4', '5'],
        logprobs: true,
      }),
    );
    expect(losses).toEqual([
      'clamped:frequency_penalty',
      'clamped:presence_penalty',
      'clamped:stop',
      'clamped:top_k',
      'clamped:top_p',
      'dropped:cache_control',
      'dropped:logit_bias',
      'dropped:metadata',
      'dropped:min_p',
      'dropped:name',
      'dropped:parallel_tool_calls',
      'dropped:prompt_cache_key',
      'dropped:seed',
      'dropped:service_tier',
      'dropped:store',
      'dropped:top_logprobs',
      'dropped:user',
      'dropped:verbosity',
    ]);
  });

  it.each<[string, Partial<ChatRequest>, object, readonly string[]]>([
    ['no reasoning', { reasoning: { mode: 'off' } }, { thinking: { type: 'disabled' } }, []],
    ['any reasoning', { reasoning: { mode: 'auto' } }, { thinking: { type: 'enabled' } }, []],
    [
      'an effort, which grows the limit when it would use it up',
      { reasoning: { mode: 'effort', effort: 'medium' }, maxOutputTokens: 100 },
      { thinking: { type: 'enabled', token_budget: 8192 }, max_tokens: 8292 },
      ['emulated:max_tokens', 'emulated:reasoning'],
    ],
    ['any JSON', { output: { format: { kind: 'json' } } }, { response_format: { type: 'json_object' } }, []],
    [
      'a schema',
      { output: { format: { kind: 'schema', schema: { type: 'object' }, description: 'An answer' } } },
      { response_format: { type: 'json_object', json_schema: { type: 'object', description: 'An answer' } } },
      [],
    ],
    ['no tools at all', { tools: [], toolChoice: { mode: 'named', name: 'x' } }, {}, ['dropped:tool_choice']],
    [
      'a schema beside tools that must not be called',
      {
        tools: [look],
        toolChoice: { mode: 'none' },
        output: { format: { kind: 'schema', schema: { type: 'object' } } },
      },
      { response_format: { type: 'json_object', json_schema: { type: 'object' } } },
      [],
    ],
    ['first place in the queue', { tier: 'priority' }, { priority: 0 }, []],
  ])('tells of %s', (_, members, expected, losses) => {
    expect(write(members)).toEqual({ body: bodyOf(expected), losses });
  });

  it('chooses among tools by offering fewer', () => {
    const tools = [look, { ...look, name: 'other-one', strict: true }] as const;
    const named = write({ tools, toolChoice: { mode: 'named', name: 'look' } });
    expect(named.body).toMatchObject({ tools: [{ function: { name: 'look' } }], tool_choice: 'REQUIRED' });
    expect(named.losses).toEqual(['dropped:strict', 'emulated:tool_choice']);
    const allowed = write({ tools, toolChoice: { mode: 'allowed', names: ['other-one'], required: false } });
    expect(allowed.body).toMatchObject({ tools: [{ function: { name: expect.stringMatching(/^other_one_\w+$/) } }] });
    expect(allowed.body['tool_choice']).toBeUndefined();
    expect(write({ tools, toolChoice: { mode: 'none' } }).body['tool_choice']).toBe('NONE');
  });

  it('asks for JSON beside tools in words', () => {
    const { body, losses } = write({ tools: [look], output: { format: { kind: 'json' } } });
    expect(body['messages']).toEqual([
      { role: 'system', content: 'Answer with one JSON object and nothing else.' },
      { role: 'user', content: 'Hello' },
    ]);
    expect(losses).toEqual(['emulated:response_format']);
  });

  const media = (block: Partial<MediaBlock>): Partial<ChatRequest> => ({
    turns: [
      {
        role: 'user',
        blocks: [{ type: 'media', kind: 'document', source: { via: 'url', url: 'https://a.test/x' }, ...block }],
      },
    ],
  });

  it.each<[string, Partial<ChatRequest>, string]>([
    ['several answers', { sampling: { n: 2 } }, 'n'],
    ['a kept conversation', { state: { conversation: 'c' } }, 'conversation'],
    [
      'a schema beside tools',
      { tools: [look], output: { format: { kind: 'schema', schema: { type: 'object' } } } },
      'response_format',
    ],
    [
      'a hosted tool',
      { tools: [{ kind: 'hosted', name: 's', hosted: { dialect: 'gemini', definition: {} } }] },
      'tools',
    ],
    ['a document at an address', media({}), 'messages'],
    ['a document that is no text', media({ source: { via: 'base64', data: 'JVBERi0xLjc=' } }), 'messages'],
    ['sound', media({ kind: 'audio', source: { via: 'base64', data: 'AAAA' } }), 'messages'],
    ['film', media({ kind: 'video' }), 'messages'],
    [
      'an image of a store',
      media({ kind: 'image', source: { via: 'file', id: 'f', dialect: 'openai-chat' } }),
      'messages',
    ],
  ])('refuses %s', (_, members, param) => {
    expect(() => write(members)).toThrow(expect.objectContaining({ name: 'Untranslatable', param }));
  });
});
