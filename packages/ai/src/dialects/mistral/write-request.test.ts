import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { readRequest } from '../openai-chat/read-request.ts';
import { asJson, foreign, NO_FACTS, targetOf, written } from '../chat-shaped/__fixtures__/contexts.ts';
import { mistralProvider } from './mistral-provider.ts';

const write = (members: Partial<ChatRequest> = {}, target = targetOf()): ReturnType<typeof written> =>
  written(mistralProvider, foreign(members), target);

const call = { type: 'tool_call', id: 'call_0fypS1hVX', name: 'get weather!', input: '{"city":"Ulm"}' } as const;
const result = {
  type: 'tool_result',
  callId: call.id,
  name: call.name,
  content: [{ type: 'text', text: '20 °C' }],
} as const;

describe('a request to Mistral', () => {
  it('says everything in the words of this API', () => {
    const { body, losses } = write(
      {
        instructions: [{ role: 'developer', text: 'Be brief.' }],
        tools: [{ kind: 'function', name: 'look', description: 'Looks', schema: { type: 'object' }, strict: true }],
        toolChoice: { mode: 'required' },
        parallelTools: false,
        sampling: {
          temperature: 0.5,
          topP: 0.9,
          seed: 7,
          stop: ['END'],
          presencePenalty: 0.1,
          frequencyPenalty: 0.2,
          n: 2,
        },
        maxOutputTokens: 100,
        output: { format: { kind: 'schema', schema: { type: 'object' }, name: 'my answer', strict: true } },
        reasoning: { mode: 'effort', effort: 'high' },
        cache: { key: 'k' },
        metadata: { team: 'a' },
        tier: 'default',
      },
      targetOf({ stream: true }),
    );
    expect(body).toEqual({
      model: 'their-model',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      stream: true,
      max_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      frequency_penalty: 0.2,
      presence_penalty: 0.1,
      random_seed: 7,
      stop: ['END'],
      n: 2,
      tools: [
        {
          type: 'function',
          function: {
            name: 'look',
            description: 'Looks',
            parameters: { type: 'object', properties: {} },
            strict: true,
          },
        },
      ],
      tool_choice: 'any',
      parallel_tool_calls: false,
      response_format: {
        type: 'json_schema',
        json_schema: { name: expect.stringMatching(/^my_answer_\w+$/), strict: true, schema: { type: 'object' } },
      },
      reasoning_effort: 'high',
      prompt_cache_key: 'k',
      service_tier: 'standard_only',
      metadata: { team: 'a' },
    });
    expect(losses).toEqual([]);
  });

  it('names what Mistral has no member for, which it would answer with 422', () => {
    const { body, losses } = write({
      sampling: { topK: 5, minP: 0.1, logitBias: { '5': 1 }, seed: -1, temperature: 2 },
      logprobs: { top: 2 },
      output: { verbosity: 'low', modalities: ['text', 'audio'] },
      cache: { auto: {} },
      endUser: 'u1',
      metadata: { user: 'other' },
      tier: 'flex',
      reasoning: { mode: 'budget', budgetTokens: 5000, summaryStyle: 'detailed' },
      ext: { 'openai-chat': { store: true, stream_options: { x: 1 } }, gemini: { safetySettings: [] } },
      turns: [{ role: 'user', name: 'bob', phase: 'commentary', blocks: [{ type: 'text', text: 'Hi' }] }],
    });
    expect(losses).toEqual([
      'clamped:temperature',
      'dropped:cache_control',
      'dropped:logit_bias',
      'dropped:logprobs',
      'dropped:min_p',
      'dropped:modalities',
      'dropped:name',
      'dropped:phase',
      'dropped:reasoning_summary',
      'dropped:safetySettings',
      'dropped:seed',
      'dropped:service_tier',
      'dropped:store',
      'dropped:stream_options',
      'dropped:top_k',
      'dropped:user',
      'dropped:verbosity',
      'emulated:reasoning',
    ]);
    expect(body).toEqual({
      model: 'their-model',
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 1.5,
      reasoning_effort: 'medium',
      metadata: { user: 'other' },
    });
  });

  it.each<[string, Partial<ChatRequest>, Record<string, unknown>, readonly string[]]>([
    ['no reasoning', { reasoning: { mode: 'off' } }, { reasoning_effort: 'none' }, []],
    [
      'a summary of whatever kind',
      { reasoning: { mode: 'effort', effort: 'low', expose: 'summary', summaryStyle: 'auto' } },
      { reasoning_effort: 'low' },
      [],
    ],
    [
      'most reasoning',
      { reasoning: { mode: 'effort', effort: 'max' } },
      { reasoning_effort: 'xhigh' },
      ['clamped:reasoning'],
    ],
    ['any reasoning', { reasoning: { mode: 'auto' } }, {}, []],
    ['paid capacity', { tier: 'priority' }, { service_tier: 'auto' }, ['emulated:service_tier']],
    ['who asks', { endUser: 'u1' }, { metadata: { user: 'u1' } }, ['emulated:user']],
    ['any JSON', { output: { format: { kind: 'json' } } }, { response_format: { type: 'json_object' } }, []],
    ['a choice without tools', { toolChoice: { mode: 'required' } }, {}, ['dropped:tool_choice']],
    ['no choice without tools', { toolChoice: { mode: 'none' } }, {}, []],
  ])('tells of %s', (_, members, expected, losses) => {
    const wanted = { model: 'their-model', messages: [{ role: 'user', content: 'Hello' }], ...expected };
    expect(write(members)).toEqual({ body: wanted, losses });
  });

  it('keeps members that Mistral has taught its callers, who are read as those of OpenAI Chat', () => {
    const own = { safe_prompt: true, prompt_mode: 'reasoning', guardrails: [{ x: 1 }], random_seed: 3 };
    const prediction = { type: 'content', content: 'x' };
    const request = readRequest(
      asJson({
        model: 'm',
        messages: [{ role: 'user', content: 'Hi' }],
        ...own,
        prediction,
        service_tier: 'standard_only',
        other: 1,
      }),
      NO_FACTS,
    );
    const { body, losses } = written(mistralProvider, request);
    expect(body).toMatchObject({ ...own, prediction, service_tier: 'standard_only' });
    expect(losses).toEqual(['dropped:other']);
  });

  it('chooses among tools', () => {
    const tools = [
      { kind: 'function', name: 'a.b' },
      { kind: 'custom', name: 'free', grammar: { syntax: 'regex', definition: 'x+' } },
    ] as const;
    const named = write({ tools, toolChoice: { mode: 'named', name: 'a.b' } });
    const wire = expect.stringMatching(/^a_b_\w{10}$/);
    expect(named.body['tool_choice']).toEqual({ type: 'function', function: { name: wire } });
    expect(named.losses).toEqual(['emulated:custom_tool']);
    const allowed = write({ tools, toolChoice: { mode: 'allowed', names: ['free'], required: false } });
    expect(allowed.body['tool_choice']).toBe('auto');
    expect(allowed.body['tools']).toEqual([
      {
        type: 'function',
        function: {
          name: 'free',
          parameters: {
            type: 'object',
            properties: { input: { type: 'string', description: expect.stringContaining('x+') } },
            required: ['input'],
          },
        },
      },
    ]);
    expect(allowed.losses).toEqual(['emulated:custom_tool', 'emulated:tool_choice']);
  });

  it.each<[string, Partial<ChatRequest>, string]>([
    ['a conversation that is kept elsewhere', { state: { previous_response_id: 'r' } }, 'previous_response_id'],
    ['content in the cache of another vendor', { cache: { contentRef: 'c' } }, 'cached_content'],
    [
      'a tool of another vendor',
      { tools: [{ kind: 'hosted', name: 'search', hosted: { dialect: 'anthropic', definition: {} } }] },
      'tools',
    ],
    ['a result of nothing', { turns: [{ role: 'user', blocks: [result] }] }, 'messages'],
  ])('refuses %s', (_, members, param) => {
    expect(() => write(members)).toThrow(expect.objectContaining({ name: 'Untranslatable', param }));
  });

  it('leaves tools to Mistral that it runs itself', () => {
    const definition = { type: 'document_library', library_ids: ['l'] };
    const request = readRequest(
      asJson({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], tools: [definition] }),
      NO_FACTS,
    );
    expect(written(mistralProvider, request)).toMatchObject({ body: { tools: [definition] }, losses: [] });
    const own = { kind: 'hosted', name: 'x', hosted: { dialect: 'mistral', definition: { type: 'x' } } } as const;
    expect(write({ tools: [own] }).body['tools']).toEqual([{ type: 'x' }]);
  });

  it("drops what the vendor's rules refuse", () => {
    const drops = ['temperature', 'seed', 'response_format', 'tool_choice', 'reasoning_effort', 'n', 'safe_prompt'];
    const { body, losses } = write(
      {
        sampling: { temperature: 1, seed: 1, n: 1 },
        output: { format: { kind: 'json' } },
        reasoning: { mode: 'auto' },
        ext: { 'openai-chat': { safe_prompt: true } },
      },
      targetOf({}, { drops }),
    );
    expect(Object.keys(body)).toEqual(['model', 'messages']);
    expect(losses).toEqual([
      'dropped:reasoning_effort',
      'dropped:response_format',
      'dropped:safe_prompt',
      'dropped:seed',
      'dropped:temperature',
    ]);
    expect(() => write({ sampling: { n: 2 } }, targetOf({}, { drops }))).toThrow(Untranslatable);
    expect(write({ maxOutputTokens: 9000 }, targetOf({ maxOutputTokens: 4000 }))).toMatchObject({
      body: { max_tokens: 4000 },
      losses: ['clamped:max_tokens'],
    });
    expect(write({ reasoning: { mode: 'auto' } }, targetOf({}, { reasoningIn: 'none' })).losses).toEqual([
      'dropped:reasoning',
    ]);
  });
});
