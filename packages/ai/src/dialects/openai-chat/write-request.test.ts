import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, Turn } from '../../canonical/chat-request.ts';
import { parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import { Losses, Untranslatable } from '../../canonical/loss.ts';
import type { ChatRules } from './chat-rules.ts';
import { fieldsOf, listOf } from './members.ts';
import { readRequest } from './read-request.ts';
import { writeRequest } from './write-request.ts';

interface Written {
  readonly body: JsonFields;
  readonly messages: readonly Json[];
  readonly losses: readonly string[];
}

interface Vendor extends Omit<ChatRules, 'kind'> {
  readonly stream?: boolean;
  readonly maxOutputTokens?: number;
}

function write(request: ChatRequest, { stream = false, maxOutputTokens, ...rules }: Vendor = {}): Written {
  const losses = new Losses();
  const limit = maxOutputTokens === undefined ? {} : { maxOutputTokens };
  const target = { model: 'served', stream, rules: { kind: 'any', ...rules }, ...limit };
  const body = fieldsOf(parseExact(writeRequest(request, target, losses))) ?? {};
  return { body, messages: listOf(body['messages']) ?? [], losses: losses.codes };
}

const user = (...blocks: readonly Block[]): Turn => ({ role: 'user', blocks });
const assistant = (...blocks: readonly Block[]): Turn => ({ role: 'assistant', blocks });
const text = (said: string): Block => ({ type: 'text', text: said });

/** As another dialect may have read it. */
function foreign(members: Partial<ChatRequest> = {}): ChatRequest {
  return {
    dialect: 'anthropic',
    model: 'asked',
    stream: false,
    instructions: [],
    turns: [user(text('Hi'))],
    tools: [],
    sampling: {},
    output: {},
    cache: {},
    includeUsage: false,
    ext: {},
    ...members,
  };
}

const hello = { role: 'user', content: 'Hi' };

/** As a caller of this dialect says it. */
function own(members: JsonFields = {}): ChatRequest {
  return readRequest({ model: 'asked', messages: [hello], ...members }, { header: () => undefined });
}

function paramOf(request: ChatRequest, vendor: Vendor = {}): string | undefined {
  try {
    write(request, vendor);
  } catch (error) {
    if (error instanceof Untranslatable) return error.param;
    throw error;
  }
  return 'not refused';
}

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

describe('writeRequest, of content', () => {
  const base64 = (data: string, mime: string) => ({ mime, source: { via: 'base64', data } }) as const;

  it('writes each kind of media', () => {
    const { messages, losses } = write(
      foreign({
        turns: [
          user(
            text('See'),
            { type: 'media', kind: 'image', detail: 'low', source: { via: 'url', url: 'https://a.org/a.png' } },
            { type: 'media', kind: 'image', detail: 'ultra', ...base64('iVBORw0KGgo=', 'image/jpeg') },
            { type: 'media', kind: 'audio', ...base64('UklGRgAAAABXQVZF', 'audio/x-wav') },
            { type: 'media', kind: 'document', title: 'A title', ...base64('JVBERi0=', 'application/pdf') },
            { type: 'media', kind: 'document', name: 'a.txt', ...base64('aGVsbG8=', 'text/plain') },
            { type: 'media', kind: 'document', source: { via: 'file', id: 'file-1', dialect: 'openai-responses' } },
            { type: 'media', kind: 'document', title: 'T', context: 'C', source: { via: 'text', text: 'plain' } },
          ),
        ],
      }),
    );
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: 'https://a.org/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
          { type: 'input_audio', input_audio: { data: 'UklGRgAAAABXQVZF', format: 'wav' } },
          { type: 'file', file: { filename: 'A title', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,aGVsbG8=' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'text', text: '<document title="T" about="C">\nplain\n</document>' },
        ],
      },
    ]);
    expect(losses).toEqual(['dropped:detail', 'emulated:document']);
  });

  it('writes films where the vendor takes them', () => {
    const turns = [user({ type: 'media', kind: 'video', source: { via: 'url', url: 'https://a.org/a.mp4' } })];
    expect(write(foreign({ turns }), { takes: ['video_url'] }).messages).toEqual([
      { role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://a.org/a.mp4' } }] },
    ]);
  });

  it('puts results behind their calls, in order, and the text behind them (T12)', () => {
    const call = (id: string): Block => ({ type: 'tool_call', id, name: 'f', input: '' });
    const result = (callId: string, said: string): Block => ({
      type: 'tool_result',
      callId,
      content: [{ type: 'text', text: said }],
    });
    const turns = [
      user(text('Q')),
      assistant(text('Before.'), call('a'), call('b'), text(' Behind.')),
      user(result('b', 'B')),
      user(text('And?'), result('a', 'A')),
    ];
    expect(write(foreign({ turns })).messages).toEqual([
      { role: 'user', content: 'Q' },
      {
        role: 'assistant',
        content: 'Before. Behind.',
        tool_calls: ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
      },
      { role: 'tool', tool_call_id: 'a', content: 'A' },
      { role: 'tool', tool_call_id: 'b', content: 'B' },
      { role: 'user', content: 'And?' },
    ]);
  });

  it('gives calls without a result one that says so, and marks errors', () => {
    const turns = [
      assistant(
        { type: 'tool_call', id: 'a', name: 'f', input: '{"cut":' },
        { type: 'tool_call', id: 'b', name: 'f', input: '{}' },
      ),
      user({ type: 'tool_result', callId: 'a', isError: true, content: [] }, text('Go on')),
    ];
    expect(write(foreign({ turns }))).toMatchObject({
      messages: [
        { content: null, tool_calls: [{ function: { arguments: '{"cut":' } }, {}] },
        { role: 'tool', tool_call_id: 'a', content: 'Error' },
        { role: 'tool', tool_call_id: 'b', content: 'Error: no result provided' },
        { role: 'user', content: 'Go on' },
      ],
      losses: ['emulated:is_error', 'emulated:tool_result'],
    });
  });

  it('moves pictures out of results, which are text (T13)', () => {
    const picture = { type: 'media', kind: 'image', ...base64('iVBORw0KGgo=', 'image/png') } as const;
    const turns = [
      assistant({ type: 'tool_call', id: 'a', name: 'f', input: '{}' }),
      user({ type: 'tool_result', callId: 'a', content: [{ type: 'text', text: 'Here:' }, picture] }),
    ];
    const { messages, losses } = write(foreign({ turns }));
    expect(messages).toMatchObject([
      { role: 'assistant' },
      { role: 'tool', content: [{ text: 'Here:' }, { text: '[image 1: shown behind the results]' }] },
      { role: 'user', content: [{ type: 'text' }, { type: 'image_url' }] },
    ]);
    expect(JSON.stringify(messages[1])).not.toContain('iVBOR');
    expect(losses).toEqual(['emulated:tool_result_media']);
  });

  it('maps ids and names that the vendor would refuse, in calls and results alike', () => {
    const id = 'x'.repeat(60);
    const turns = [
      assistant({ type: 'tool_call', id, name: 'my.tool', input: '{}' }),
      user({ type: 'tool_result', callId: id, content: [] }),
    ];
    const { messages, body } = write(
      foreign({
        turns,
        tools: [{ kind: 'function', name: 'my.tool' }],
        toolChoice: { mode: 'named', name: 'my.tool' },
      }),
    );
    const call = fieldsOf(listOf(fieldsOf(messages[0])?.['tool_calls'])?.[0]);
    const name = fieldsOf(call?.['function'])?.['name'];
    expect(call?.['id']).toMatch(/^.{1,40}$/);
    expect(fieldsOf(messages[1])?.['tool_call_id']).toBe(call?.['id']);
    expect(name).toMatch(/^[\w-]{1,64}$/);
    expect(body).toMatchObject({ tools: [{ function: { name } }], tool_choice: { function: { name } } });
  });

  it('writes refusals, and as text where the vendor knows none', () => {
    const turns = [assistant({ type: 'refusal', text: 'No.' }), user(text('Why?'))];
    expect(write(foreign({ turns })).messages[0]).toEqual({ role: 'assistant', content: null, refusal: 'No.' });
    expect(write(foreign({ turns }), { drops: ['refusal'] }).messages[0]).toEqual({
      role: 'assistant',
      content: 'No.',
    });
  });

  it('names what an assistant said that nobody can hear again', () => {
    const turns = [
      assistant(
        { type: 'text', text: 'T', citations: [{ url: 'https://a.org' }] },
        { type: 'media', kind: 'image', ...base64('iVBORw0KGgo=', 'image/png') },
        { type: 'opaque', dialect: 'anthropic', data: { type: 'server_tool_use' } },
        { type: 'opaque', dialect: 'anthropic', data: { type: 'bad\r\nheader' } },
      ),
      { ...user(text('Go on')), phase: 'commentary' },
    ];
    expect(write(foreign({ turns }))).toEqual({
      body: expect.anything(),
      messages: [
        { role: 'assistant', content: 'T' },
        { role: 'user', content: 'Go on' },
      ],
      losses: ['dropped:citations', 'dropped:image', 'dropped:opaque', 'dropped:phase', 'dropped:server_tool_use'],
    });
  });

  it('says that an answer which was begun will not be gone on with, unless the caller marked it', () => {
    expect(write(foreign({ turns: [user(text('Q')), assistant(text('The answer is'))] })).losses).toEqual([
      'dropped:prefill',
    ]);
    const marked = own({ messages: [hello, { role: 'assistant', content: 'The answer is', prefix: true }] });
    expect(write(marked)).toMatchObject({
      losses: [],
      messages: [hello, { role: 'assistant', content: 'The answer is', prefix: true }],
    });
  });
});

describe('writeRequest, of marks of what is worth caching', () => {
  const marked = foreign({
    tools: [{ kind: 'function', name: 'f', cache: {} }],
    instructions: [{ role: 'system', text: 'A', cache: {} }],
    turns: [
      user({ type: 'text', text: 'B', cache: { ttl: '1h' } }),
      assistant({ type: 'text', text: 'C', cache: {} }),
      user({ type: 'text', text: 'D', cache: { ttl: '5m' } }),
    ],
  });

  it('drops them where the vendor knows none', () => {
    const { body, losses } = write(marked);
    expect(JSON.stringify(body)).not.toContain('cache');
    expect(losses).toEqual(['dropped:cache_control']);
  });

  it('keeps the last four, in the words of the vendor', () => {
    const { body, messages, losses } = write(marked, { cacheMarks: 'cache_control' });
    expect(JSON.stringify(body['tools'])).not.toContain('cache');
    expect(messages).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'A', cache_control: { type: 'ephemeral' } }] },
      { role: 'user', content: [{ type: 'text', text: 'B', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
      { role: 'assistant', content: [{ type: 'text', text: 'C', cache_control: { type: 'ephemeral' } }] },
      { role: 'user', content: [{ type: 'text', text: 'D', cache_control: { type: 'ephemeral', ttl: '5m' } }] },
    ]);
    expect(losses).toEqual(['dropped:cache_control']);
  });

  it('clamps how long to the one time that OpenAI knows', () => {
    const { messages, losses } = write(marked, { cacheMarks: 'prompt_cache_breakpoint' });
    expect(messages[1]).toEqual({
      role: 'user',
      content: [{ type: 'text', text: 'B', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } }],
    });
    expect(losses).toEqual(['clamped:cache_control', 'dropped:cache_control']);
  });

  it('marks the last text of a result', () => {
    const turns = [
      assistant({ type: 'tool_call', id: 'a', name: 'f', input: '{}', cache: {} }),
      user({ type: 'tool_result', callId: 'a', cache: {}, content: [{ type: 'text', text: 'R' }] }),
    ];
    const { messages, losses } = write(foreign({ turns }), { cacheMarks: 'cache_control' });
    expect(messages[1]).toMatchObject({ content: [{ text: 'R', cache_control: { type: 'ephemeral' } }] });
    expect(losses).toEqual(['dropped:cache_control']);
  });
});

describe('writeRequest, of earlier reasoning', () => {
  const call: Block = { type: 'tool_call', id: 'a', name: 'f', input: '{}' };
  const result: Block = { type: 'tool_result', callId: 'a', content: [] };
  const signed = { type: 'reasoning', text: 'secret', signature: { value: 's', dialect: 'anthropic' } } as const;
  const plain = { type: 'reasoning', text: ' Hm ' } as const;
  const loop = (...reasoning: readonly Block[]): ChatRequest =>
    foreign({ turns: [user(text('Q')), assistant(...reasoning, call), user(result)] });

  it('is not sent where nobody wants it, and that is said', () => {
    const { messages, losses } = write(loop(plain));
    expect(JSON.stringify(messages)).not.toContain('Hm');
    expect(losses).toEqual(['dropped:reasoning']);
  });

  it('never goes to another issuer (T21)', () => {
    for (const reasoningReplay of [undefined, 'reasoning_content', 'reasoning_details'] as const) {
      const { body, losses } = write(loop(signed), reasoningReplay === undefined ? {} : { reasoningReplay });
      expect(JSON.stringify(body)).not.toContain('secret');
      expect(losses).toEqual(['dropped:reasoning_signature']);
    }
  });

  it('goes back with calls, even when there is none (T22)', () => {
    expect(write(loop(plain), { replaysReasoning: true }).messages[1]).toMatchObject({ reasoning_content: ' Hm ' });
    expect(write(loop(), { replaysReasoning: true }).messages[1]).toMatchObject({ reasoning_content: '' });
    expect(write(loop(signed), { replaysReasoning: true }).messages[1]).toMatchObject({ reasoning_content: '' });
    expect(write(loop(plain), { reasoningReplay: 'reasoning' }).messages[1]).toMatchObject({ reasoning: ' Hm ' });
    const closed = foreign({ turns: [user(text('Q')), assistant(plain, text('A')), user(text('Q'))] });
    expect(write(closed, { replaysReasoning: true }).messages[1]).toEqual({ role: 'assistant', content: 'A' });
  });

  it('goes back as the entries that the vendor made', () => {
    const details = [
      { type: 'reasoning.summary', summary: 'S', format: 'openai-responses-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'gAAA', format: 'openai-responses-v1', id: 'rs_1', index: 0 },
      { type: 'reasoning.text', text: 'T', signature: 'sig', format: 'anthropic-claude-v1', index: 1 },
    ];
    const messages = [hello, { role: 'assistant', content: 'A', reasoning_details: details }, hello];
    expect(write(own({ messages }), { reasoningReplay: 'reasoning_details' }).messages).toEqual(messages);
  });

  it('goes back to Google in its own place', () => {
    const gemini: Block = { ...call, signature: { value: 'g', dialect: 'gemini' } };
    const request = foreign({
      turns: [
        assistant({ type: 'text', text: 'T', signature: { value: 't', dialect: 'gemini' } }, gemini),
        user(result),
      ],
    });
    expect(write(request, { takes: ['extra_content'] }).messages[0]).toMatchObject({
      extra_content: { google: { thought_signature: 't' } },
      tool_calls: [{ id: 'a', extra_content: { google: { thought_signature: 'g' } } }],
    });
    expect(write(request)).toMatchObject({ losses: ['dropped:reasoning_signature'] });
    expect(JSON.stringify(write(request).body)).not.toContain('thought_signature');
  });
});

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
