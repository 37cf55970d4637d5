import { describe, expect, it } from 'vitest';
import type { ChatRequest, MediaBlock, Turn } from '../../canonical/chat-request.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { readRequest } from '../openai-chat/read-request.ts';
import { asJson, foreign, NO_FACTS, targetOf, written } from './__fixtures__/contexts.ts';
import { mistralProvider } from './mistral-provider.ts';

const write = (members: Partial<ChatRequest> = {}, target = targetOf()): ReturnType<typeof written> =>
  written(mistralProvider, foreign(members), target);

const messagesOf = (turns: readonly Turn[], members: Partial<ChatRequest> = {}): unknown =>
  write({ turns, ...members }).body['messages'];

const user = (text: string): Turn => ({ role: 'user', blocks: [{ type: 'text', text }] });
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
      reasoning: { mode: 'budget', budgetTokens: 5000, summaryStyle: 'auto' },
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

  it("drops what the vendor's rules refuse", () => {
    const drops = ['temperature', 'seed', 'response_format', 'tool_choice', 'reasoning_effort', 'n', 'unknown'];
    const { body, losses } = write(
      {
        sampling: { temperature: 1, seed: 1, n: 1 },
        output: { format: { kind: 'json' } },
        reasoning: { mode: 'auto' },
      },
      targetOf({}, { drops }),
    );
    expect(Object.keys(body)).toEqual(['model', 'messages']);
    expect(losses).toEqual([
      'dropped:reasoning_effort',
      'dropped:response_format',
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

describe('messages to Mistral', () => {
  it('gives calls ids of nine letters, in results, too, and tools names that are taken', () => {
    const messages = messagesOf([
      user('Weather?'),
      { role: 'assistant', blocks: [{ type: 'text', text: 'I look.' }, call] },
      { role: 'user', blocks: [result] },
    ]);
    const id = expect.stringMatching(/^[A-Za-z0-9]{9}$/);
    const name = expect.stringMatching(/^get_weather_\w+$/);
    expect(messages).toEqual([
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [{ id, type: 'function', function: { name, arguments: '{"city":"Ulm"}' } }],
      },
      { role: 'tool', tool_call_id: id, name, content: '20 °C' },
    ]);
    const own = { ...call, id: 'D681PevKs', name: 'weather' };
    expect(
      messagesOf([
        { role: 'assistant', blocks: [own] },
        { role: 'user', blocks: [{ ...result, callId: own.id }] },
      ]),
    ).toMatchObject([
      { tool_calls: [{ id: 'D681PevKs', function: { name: 'weather' } }] },
      { tool_call_id: 'D681PevKs' },
    ]);
  });

  it('lets the assistant speak between results and whoever comes next', () => {
    const { body, losses } = write({
      turns: [
        { role: 'assistant', blocks: [call] },
        { role: 'user', blocks: [result, { type: 'text', text: 'And now?' }] },
      ],
    });
    expect(body['messages']).toMatchObject([
      { role: 'assistant', content: '' },
      { role: 'tool' },
      { role: 'assistant', content: 'OK.' },
      { role: 'user', content: 'And now?' },
    ]);
    expect(losses).toEqual(['emulated:messages']);
  });

  it('continues a last word of the assistant, and leaves out what says nothing', () => {
    const begun: Turn = {
      role: 'assistant',
      blocks: [
        { type: 'text', text: 'Once' },
        { type: 'opaque', dialect: 'openai-chat', data: { prefix: true, audio: {} } },
      ],
    };
    const { body, losses } = write({
      instructions: [
        { role: 'system', text: 'One.' },
        { role: 'system', text: ' ' },
        { role: 'system', text: 'Two.' },
      ],
      turns: [user(' '), user('Tell.'), { role: 'assistant', blocks: [] }, begun],
    });
    expect(body['messages']).toEqual([
      {
        role: 'system',
        content: [
          { type: 'text', text: 'One.' },
          { type: 'text', text: 'Two.' },
        ],
      },
      { role: 'user', content: 'Tell.' },
      { role: 'assistant', content: 'Once', prefix: true },
    ]);
    expect(losses).toEqual(['dropped:audio']);
  });

  it('keeps later instructions where they stand', () => {
    expect(
      messagesOf([user('A'), { role: 'developer', blocks: [{ type: 'text', text: 'Be kind.' }] }, user('B')]),
    ).toEqual([
      { role: 'user', content: 'A' },
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'B' },
    ]);
  });

  it('marks failed results, adds missing ones and sends what was no JSON as it is', () => {
    const other = { ...call, id: 'b', name: 'other', input: '{"broken' };
    const empty = { ...call, id: 'c', name: 'none', input: ' ' };
    const custom = { ...call, id: 'd', name: 'free', input: 'x', custom: true } as const;
    const { body, losses } = write({
      turns: [
        { role: 'assistant', blocks: [call, other, empty, custom] },
        { role: 'user', blocks: [{ ...result, isError: true }] },
      ],
    });
    expect(body['messages']).toMatchObject([
      {
        tool_calls: [
          {},
          { function: { arguments: '{"broken' } },
          { function: { arguments: '{}' } },
          { function: { arguments: '{"input":"x"}' } },
        ],
      },
      { role: 'tool', content: 'Error:\n20 °C' },
      { role: 'tool', content: 'Error:\nno result provided' },
      { role: 'tool' },
      { role: 'tool' },
    ]);
    expect(losses).toEqual(['emulated:is_error', 'emulated:tool_result']);
  });

  it('tells a model of its thoughts, and of nobody else’s proof', () => {
    const turn: Turn = {
      role: 'assistant',
      blocks: [
        { type: 'reasoning', text: ' hm ' },
        { type: 'reasoning', text: 'own', signature: { value: 's1', dialect: 'mistral' } },
        { type: 'reasoning', text: 'foreign', signature: { value: 's2', dialect: 'anthropic' } },
        { type: 'reasoning', text: '', redacted: { value: 's3', dialect: 'anthropic' } },
        { type: 'text', text: 'Yes', signature: { value: 's4', dialect: 'gemini' } },
        { ...call, signature: { value: 's5', dialect: 'gemini' } },
      ],
    };
    const turns = [turn, { role: 'user', blocks: [result] } as const];
    const thinking = write({ turns, reasoning: { mode: 'auto' } });
    const texts = (text: string): object => ({ type: 'thinking', thinking: [{ type: 'text', text }] });
    expect(thinking.body['messages']).toMatchObject([
      {
        content: [texts(' hm '), { ...texts('own'), signature: 's1' }, texts('foreign'), { type: 'text', text: 'Yes' }],
      },
      {},
    ]);
    expect(JSON.stringify(thinking.body)).not.toMatch(/s[2345]/);
    expect(thinking.losses).toEqual(['dropped:reasoning', 'dropped:reasoning_signature']);
    const other = write({ turns });
    expect(other.body['messages']).toMatchObject([{ content: [{ signature: 's1' }, { type: 'text' }] }, {}]);
  });

  const media = (block: Partial<MediaBlock>): MediaBlock => ({
    type: 'media',
    kind: 'image',
    source: { via: 'url', url: 'https://a.test/x' },
    ...block,
  });
  const png = { via: 'base64', data: 'iVBORw0KGgo=' } as const;

  it.each<[string, MediaBlock, object, readonly string[]]>([
    ['an address', media({}), { type: 'image_url', image_url: 'https://a.test/x' }, []],
    [
      'an image in the request, whatever it is said to be',
      media({ source: png, mime: 'image/jpeg', detail: 'low' }),
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
      [],
    ],
    [
      'sound',
      media({ kind: 'audio', source: { via: 'base64', data: 'AAAA' } }),
      { type: 'input_audio', input_audio: 'AAAA' },
      [],
    ],
    [
      'a document at an address',
      media({ kind: 'document', title: 'T', context: 'c', citations: true }),
      { type: 'document_url', document_url: 'https://a.test/x', document_name: 'T' },
      ['dropped:citations', 'dropped:context'],
    ],
    [
      'a document of text',
      media({ kind: 'document', title: 'T', source: { via: 'text', text: 'words' } }),
      { type: 'text', text: '<document title="T">\nwords\n</document>' },
      ['emulated:document'],
    ],
    [
      'a PDF',
      media({ kind: 'document', source: { via: 'base64', data: 'JVBERi0xLjc=' } }),
      { type: 'document_url', document_url: 'data:application/pdf;base64,JVBERi0xLjc=' },
      [],
    ],
    [
      'a file of its own',
      media({ source: { via: 'file', id: 'f', dialect: 'mistral' } }),
      { type: 'file', file_id: 'f' },
      [],
    ],
  ])('shows %s', (_, block, part, losses) => {
    const shown = write({ turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Look' }, block] }] });
    expect(shown.body['messages']).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Look' }, part] }]);
    expect(shown.losses).toEqual(losses);
  });

  it('shows images of results where they stand, and never as text', () => {
    const content = [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }, media({ source: png })] as const;
    expect(
      messagesOf([
        { role: 'assistant', blocks: [call] },
        { role: 'user', blocks: [{ ...result, content }] },
      ]),
    ).toMatchObject([{}, { role: 'tool', content: [{ type: 'text', text: 'a\nb' }, { type: 'image_url' }] }]);
  });

  it.each<[string, MediaBlock]>([
    ['film', media({ kind: 'video' })],
    ["a file of another vendor's store", media({ source: { via: 'file', id: 'f', dialect: 'anthropic' } })],
  ])('refuses %s', (_, block) => {
    expect(() => messagesOf([{ role: 'user', blocks: [block] }])).toThrow(Untranslatable);
  });

  it('passes parts on that only Mistral knows', () => {
    const request = readRequest(
      asJson({
        model: 'm',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'document_url', document_url: 'https://a.test/d' },
              { type: 'odd', x: 1 },
            ],
          },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
              { type: 'text', text: 'A' },
            ],
          },
          { role: 'user', content: 'And?' },
        ],
      }),
      NO_FACTS,
    );
    const { body, losses } = written(mistralProvider, request);
    expect(body['messages']).toEqual([
      { role: 'user', content: [{ type: 'document_url', document_url: 'https://a.test/d' }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'A' },
        ],
      },
      { role: 'user', content: 'And?' },
    ]);
    expect(losses).toEqual(['dropped:odd']);
  });
});
