import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { fieldsOf } from '../chat-shaped/members.ts';
import { assistant, foreign, hello, own, paramOf, text, user, write, type Vendor } from './__fixtures__/write-call.ts';

describe('writeRequest', () => {
  it('writes the smallest call', () => {
    expect(write(foreign())).toEqual({ body: { model: 'served', messages: [hello] }, messages: [hello], losses: [] });
  });

  it('writes every option under the name that OpenAI has for it', () => {
    const { body, losses } = write(
      foreign({
        sampling: {
          temperature: 0.5,
          topP: 0.9,
          frequencyPenalty: 1,
          presencePenalty: 2,
          seed: 3,
          logitBias: { 5: 1 },
          stop: ['a'],
          n: 2,
        },
        maxOutputTokens: 100,
        logprobs: { top: 3 },
        parallelTools: false,
        tools: [{ kind: 'function', name: 'f', schema: { type: 'object', properties: { a: {} } } }],
        toolChoice: { mode: 'required' },
        output: { verbosity: 'low', format: { kind: 'json' } },
        reasoning: { mode: 'effort', effort: 'high' },
        cache: { key: 'k' },
        tier: 'flex',
        endUser: 'u',
        metadata: { a: 'b' },
      }),
    );
    expect(losses).toEqual([]);
    expect(body).toEqual({
      model: 'served',
      messages: [hello],
      temperature: 0.5,
      top_p: 0.9,
      frequency_penalty: 1,
      presence_penalty: 2,
      seed: 3,
      logit_bias: { 5: 1 },
      stop: ['a'],
      n: 2,
      max_completion_tokens: 100,
      logprobs: true,
      top_logprobs: 3,
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { a: {} } } } }],
      tool_choice: 'required',
      parallel_tool_calls: false,
      verbosity: 'low',
      response_format: { type: 'json_object' },
      reasoning_effort: 'high',
      prompt_cache_key: 'k',
      service_tier: 'flex',
      user: 'u',
      metadata: { a: 'b' },
    });
  });

  it('asks for usage in streams, whether or not the caller did (T32)', () => {
    expect(write(foreign(), { stream: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
    const always = write(foreign(), { stream: true, streamUsage: 'always' }).body;
    expect(always).toMatchObject({ stream: true });
    expect(always).not.toHaveProperty('stream_options');
  });

  it('puts members of its own dialect back and names those of others', () => {
    const { body, losses } = write({
      ...own({ store: false, unheard_of: { a: 1 }, stream_options: { continuous_usage_stats: true } }),
      ext: {
        ...own({ store: false, unheard_of: { a: 1 } }).ext,
        anthropic: { speed: 'fast', 'odd\r\nname': 1 },
      },
    });
    expect(body).toMatchObject({ store: false, unheard_of: { a: 1 } });
    expect(losses).toEqual(['dropped:odd_member', 'dropped:speed']);
  });

  it('hands on what is asked of streams beside usage', () => {
    const request = own({ stream: true, stream_options: { continuous_usage_stats: true } });
    expect(write(request, { stream: true }).body['stream_options']).toEqual({
      continuous_usage_stats: true,
      include_usage: true,
    });
  });

  it('names members of messages that nobody knows', () => {
    const request = own({ messages: [{ ...hello, mood: 'good' }] });
    expect(write(request)).toMatchObject({ messages: [hello], losses: ['dropped:messages.mood'] });
  });

  it.each<readonly [string, Partial<ChatRequest>]>([
    ['previous_response_id', { state: { previous_response_id: 'resp_1' } }],
    ['cachedContent', { cache: { contentRef: 'cachedContents/x' } }],
    ['tools', { tools: [{ kind: 'hosted', name: 'web_search', hosted: { dialect: 'anthropic', definition: {} } }] }],
    ['messages', { turns: [user({ type: 'tool_result', callId: 'nobody', content: [] })] }],
    [
      'messages',
      { turns: [user({ type: 'media', kind: 'video', source: { via: 'url', url: 'https://a.org/a.mp4' } })] },
    ],
    [
      'messages',
      { turns: [user({ type: 'media', kind: 'audio', mime: 'audio/flac', source: { via: 'base64', data: 'AAAA' } })] },
    ],
    [
      'messages',
      { turns: [user({ type: 'media', kind: 'audio', source: { via: 'url', url: 'https://a.org/a.wav' } })] },
    ],
    [
      'messages',
      { turns: [user({ type: 'media', kind: 'document', source: { via: 'url', url: 'https://a.org/a.pdf' } })] },
    ],
    [
      'messages',
      { turns: [user({ type: 'media', kind: 'document', source: { via: 'file', id: 'f', dialect: 'anthropic' } })] },
    ],
  ])('refuses what would be answered wrongly, naming %s', (param, members) => {
    expect(paramOf(foreign(members))).toBe(param);
  });
});

describe('writeRequest, by the rules of vendors', () => {
  it.each<readonly [Vendor, Partial<ChatRequest>, JsonFields, readonly string[]]>([
    [{ maxTokensField: 'max_tokens' }, { maxOutputTokens: 9 }, { max_tokens: 9 }, []],
    [{ maxOutputTokens: 5 }, { maxOutputTokens: 9 }, { max_completion_tokens: 5 }, ['clamped:max_tokens']],
    [{ renames: { seed: 'random_seed' } }, { sampling: { seed: 1 } }, { random_seed: 1 }, []],
    [{ drops: ['seed'] }, { sampling: { seed: 1 } }, {}, ['dropped:seed']],
    [{ drops: ['logprobs', 'top_logprobs'] }, { logprobs: { top: 2 } }, {}, ['dropped:logprobs']],
    [{ drops: ['n'] }, { sampling: { n: 1 } }, {}, []],
    [{ drops: ['reasoning_effort'] }, { reasoning: { mode: 'effort', effort: 'low' } }, {}, ['dropped:reasoning']],
    [{ drops: ['user'] }, { endUser: 'u' }, {}, ['dropped:user']],
    [{ endUserField: 'safety_identifier' }, { endUser: 'u' }, { safety_identifier: 'u' }, []],
    [{}, { sampling: { topK: 5, minP: 0.1 } }, {}, ['dropped:min_p', 'dropped:top_k']],
    [{ takes: ['top_k', 'min_p'] }, { sampling: { topK: 5, minP: 0.1 } }, { top_k: 5, min_p: 0.1 }, []],
    [{}, { sampling: { stop: ['a', 'b', 'c', 'd', 'e'] } }, { stop: ['a', 'b', 'c', 'd'] }, ['clamped:stop']],
    [{ stopMax: 1 }, { sampling: { stop: ['a', 'b'] } }, { stop: ['a'] }, ['clamped:stop']],
    [{}, { tier: 'reserved' }, {}, ['dropped:service_tier']],
    [{}, { cache: { auto: {} } }, {}, ['dropped:cache_control']],
    [{ cacheMarks: 'prompt_cache_breakpoint' }, { cache: { auto: {} } }, {}, []],
    [
      { cacheMarks: 'cache_control' },
      { cache: { auto: { ttl: '1h' } } },
      { cache_control: { type: 'ephemeral', ttl: '1h' } },
      [],
    ],
    [{}, { output: { modalities: ['text', 'audio'] } }, {}, ['dropped:audio']],
    [{}, { output: { modalities: ['text', 'image'] } }, {}, ['dropped:image']],
    [{ takes: ['image'] }, { output: { modalities: ['text', 'image'] } }, { modalities: ['text', 'image'] }, []],
    [{}, { reasoning: { mode: 'off' } }, { reasoning_effort: 'none' }, []],
    [{}, { reasoning: { mode: 'auto' } }, {}, []],
    [{}, { reasoning: { mode: 'budget', budgetTokens: 3000 } }, { reasoning_effort: 'medium' }, ['emulated:reasoning']],
    [
      { efforts: ['low', 'high'] },
      { reasoning: { mode: 'effort', effort: 'medium' } },
      { reasoning_effort: 'high' },
      ['clamped:reasoning'],
    ],
    [{ reasoningIn: 'none' }, { reasoning: { mode: 'effort', effort: 'low' } }, {}, ['dropped:reasoning']],
    [{ reasoningIn: 'reasoning' }, { reasoning: { mode: 'off' } }, { reasoning: { enabled: false } }, []],
    [
      { reasoningIn: 'reasoning' },
      { reasoning: { mode: 'effort', effort: 'low', expose: 'none' } },
      { reasoning: { effort: 'low', exclude: true } },
      [],
    ],
    [
      { reasoningIn: 'reasoning' },
      { reasoning: { mode: 'budget', budgetTokens: 99 } },
      { reasoning: { max_tokens: 99 } },
      [],
    ],
    [
      { reasoningIn: 'thinking' },
      { reasoning: { mode: 'effort', effort: 'low' } },
      { thinking: { type: 'enabled' } },
      ['clamped:reasoning'],
    ],
    [{ reasoningIn: 'thinking' }, { reasoning: { mode: 'off' } }, { thinking: { type: 'disabled' } }, []],
    [
      { reasoningIn: 'enable_thinking' },
      { reasoning: { mode: 'effort', effort: 'low' } },
      { enable_thinking: true, thinking_budget: 2048 },
      [],
    ],
    [{ reasoningIn: 'enable_thinking' }, { reasoning: { mode: 'off' } }, { enable_thinking: false }, []],
    [{ templateSwitch: 'thinking' }, { reasoning: { mode: 'auto' } }, { chat_template_kwargs: { thinking: true } }, []],
  ])('with %j writes %j as %j, losing %j', (vendor, members, expected, lost) => {
    const { body, losses } = write(foreign(members), vendor);
    expect(body).toEqual({ model: 'served', messages: [hello], ...expected });
    expect(losses).toEqual(lost);
  });

  it('refuses several answers where a call gives one', () => {
    expect(paramOf(foreign({ sampling: { n: 2 } }), { drops: ['n'] })).toBe('n');
  });

  it('says system, which all know, unless told otherwise (T40)', () => {
    const request = foreign({
      instructions: [
        { role: 'developer', text: 'A' },
        { role: 'system', text: 'B' },
      ],
    });
    const roles = (vendor: Vendor) => write(request, vendor).messages.map((message) => fieldsOf(message)?.['role']);
    expect(roles({})).toEqual(['system', 'system', 'user']);
    expect(roles({ instructionRole: 'developer' })).toEqual(['developer', 'developer', 'user']);
  });

  it('joins instructions and turns of one role where turns must alternate (T41)', () => {
    const turns = [
      user(text('1')),
      { ...user(text('2')), role: 'system' as const },
      user(text('3')),
      assistant(text('4')),
      user(text('5')),
    ];
    const request = foreign({ instructions: ['A', 'B'].map((said) => ({ role: 'system', text: said })), turns });
    expect(write(request, { strictTurns: true })).toMatchObject({
      messages: [
        { role: 'system', content: 'A\n\nB' },
        { role: 'user', content: [{ text: '1' }, { text: '<system-message>\n2\n</system-message>' }, { text: '3' }] },
        { role: 'assistant', content: '4' },
        { role: 'user', content: '5' },
      ],
      losses: ['emulated:system_message'],
    });
    expect(write(request, { strictTurns: true, stringContent: true }).messages[1]).toMatchObject({
      content: '1\n\n<system-message>\n2\n</system-message>\n\n3',
    });
  });

  it('leaves names out where they are refused', () => {
    const request = foreign({ turns: [{ ...user(text('Hi')), name: 'ann' }] });
    expect(write(request).messages).toEqual([{ role: 'user', name: 'ann', content: 'Hi' }]);
    for (const name of ['name', 'messages[].name']) {
      expect(write(request, { drops: [name] })).toMatchObject({ messages: [hello], losses: ['dropped:name'] });
    }
  });

  it('tells the schema of the answer where the vendor knows none', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const request = foreign({
      instructions: [{ role: 'system', text: 'A' }],
      output: { format: { kind: 'schema', schema } },
    });
    const { body, messages, losses } = write(request, { schemaOutput: 'json_object' });
    expect(body['response_format']).toEqual({ type: 'json_object' });
    expect(messages[1]).toMatchObject({ role: 'system', content: expect.stringContaining(JSON.stringify(schema)) });
    expect(losses).toEqual(['emulated:response_format']);
  });

  it('names the schema, and closes it where a foreign caller counts on it', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const formatOf = (strict: boolean, name?: string) =>
      write(foreign({ output: { format: { kind: 'schema', schema, strict, ...(name !== undefined && { name }) } } }))
        .body['response_format'];
    expect(formatOf(false)).toEqual({ type: 'json_schema', json_schema: { name: 'answer', strict: false, schema } });
    expect(formatOf(true, 'my answer!')).toMatchObject({
      json_schema: {
        name: expect.stringMatching(/^[\w-]{1,64}$/),
        strict: true,
        schema: { additionalProperties: false, required: ['a'] },
      },
    });
  });
});

describe('writeRequest, of what was read from this dialect', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"id":12345678901234567890}' } };
  const everything: JsonFields = {
    messages: [
      { role: 'system', content: 'A' },
      { role: 'system', content: 'B' },
      { role: 'user', name: 'ann', content: 'Q' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'high' } },
          { type: 'input_audio', input_audio: { data: 'UklGRgAAAABXQVZF', format: 'wav' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'hologram', hologram: { url: 'x' } },
        ],
      },
      {
        role: 'assistant',
        content: 'T',
        tool_calls: [call, { id: 'c2', type: 'custom', custom: { name: 'sh', input: 'ls' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'one' },
      { role: 'tool', tool_call_id: 'c2', content: '' },
      { role: 'system', content: 'Later.' },
      { role: 'assistant', content: null, refusal: 'No.' },
      { role: 'assistant', content: null, audio: { id: 'audio_1' } },
      { role: 'user', content: 'Q' },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'f', description: 'F.', parameters: { type: 'object', properties: {} }, strict: false },
      },
      {
        type: 'custom',
        custom: {
          name: 'sh',
          description: 'S.',
          format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } },
        },
      },
    ],
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
    },
    parallel_tool_calls: true,
    temperature: 0.1,
    top_p: 0.2,
    frequency_penalty: 0.3,
    presence_penalty: 0.4,
    seed: 5,
    logit_bias: { 6: 7 },
    stop: ['x'],
    n: 2,
    max_completion_tokens: 8,
    logprobs: true,
    top_logprobs: 9,
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'n', description: 'd', strict: true, schema: { type: 'object' } },
    },
    verbosity: 'high',
    modalities: ['text', 'audio'],
    audio: { voice: 'ash', format: 'wav' },
    reasoning_effort: 'minimal',
    prompt_cache_key: 'k',
    prompt_cache_options: { mode: 'implicit', ttl: '30m' },
    service_tier: 'priority',
    safety_identifier: 's',
    user: 'u',
    metadata: { a: 'b' },
    store: true,
    prediction: { type: 'content', content: 'x' },
    moderation: { model: 'm' },
    web_search_options: { search_context_size: 'low' },
  };

  it('keeps everything', () => {
    const { body, losses } = write(own(everything), { endUserField: 'safety_identifier' });
    expect(body).toEqual({ model: 'served', ...everything });
    expect(losses).toEqual([]);
  });

  it('is read again as it was', () => {
    const { body } = write(own(everything), { endUserField: 'safety_identifier' });
    expect(own(body)).toEqual({ ...own(everything), model: 'served' });
  });

  it('speaks of tools where the caller spoke of functions', () => {
    const request = own({
      functions: [{ name: 'f', parameters: { type: 'object', properties: {} } }],
      function_call: 'auto',
    });
    expect(write(request).body).toEqual({
      model: 'served',
      messages: [hello],
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
      tool_choice: 'auto',
    });
  });
});
