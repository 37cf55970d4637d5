import { describe, expect, it } from 'vitest';
import type { ChatRequest, MediaBlock, Turn } from '../../canonical/chat-request.ts';
import { Losses } from '../../canonical/loss.ts';
import { asJson, foreign, NO_FACTS, targetOf, written } from '../chat-shaped/__fixtures__/contexts.ts';
import { ollamaCaller } from './ollama-caller.ts';
import { ollamaProvider } from './ollama-provider.ts';

const write = (members: Partial<ChatRequest> = {}, target = targetOf()): ReturnType<typeof written> =>
  written(ollamaProvider, foreign(members), target);
const bodyOf = (members: object): object => ({
  model: 'their-model',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: false,
  ...members,
});
const look = { kind: 'function', name: 'look.at', schema: { type: 'object', properties: {} } } as const;
const LOOK = { type: 'function', function: { name: 'look.at', parameters: { type: 'object', properties: {} } } };
const call = { type: 'tool_call', id: 'c1', name: 'look.at', input: '{"a":1}' } as const;
const result = { type: 'tool_result', callId: 'c1', name: 'look.at', content: [{ type: 'text', text: '20' }] } as const;
const png = { type: 'media', kind: 'image', source: { via: 'base64', data: 'iVBORw0KGgo=' } } as const;

describe('a request to Ollama', () => {
  it('says everything in the words of this API', () => {
    const { body, losses } = write(
      {
        instructions: [
          { role: 'system', text: 'Be brief.' },
          { role: 'developer', text: 'Be kind.' },
        ],
        tools: [look],
        toolChoice: { mode: 'auto' },
        sampling: {
          temperature: 1,
          topP: 0.5,
          topK: 20,
          minP: 0.1,
          seed: 7,
          stop: ['END'],
          presencePenalty: 0.1,
          frequencyPenalty: 0.2,
        },
        maxOutputTokens: 50,
        logprobs: { top: 2 },
        output: { format: { kind: 'schema', schema: { type: 'object' }, name: 'x', strict: true } },
        reasoning: { mode: 'effort', effort: 'medium' },
      },
      targetOf({ stream: true }),
    );
    expect(body).toEqual({
      model: 'their-model',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hello' },
      ],
      stream: true,
      tools: [LOOK],
      format: { type: 'object' },
      think: 'medium',
      logprobs: true,
      top_logprobs: 2,
      options: {
        num_predict: 50,
        temperature: 1,
        top_p: 0.5,
        top_k: 20,
        min_p: 0.1,
        seed: 7,
        stop: ['END'],
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
      },
    });
    expect(losses).toEqual([]);
  });

  it.each<[string, Partial<ChatRequest>, object, readonly string[]]>([
    ['no reasoning', { reasoning: { mode: 'off' } }, { think: false }, []],
    ['any reasoning', { reasoning: { mode: 'auto' } }, { think: true }, []],
    ['much reasoning', { reasoning: { mode: 'effort', effort: 'xhigh' } }, { think: 'high' }, ['clamped:reasoning']],
    ['a budget', { reasoning: { mode: 'budget', budgetTokens: 1000 } }, { think: 'low' }, ['emulated:reasoning']],
    ['any JSON', { output: { format: { kind: 'json' } } }, { format: 'json' }, []],
    ['no call', { tools: [look], toolChoice: { mode: 'none' } }, {}, []],
    ['a call', { tools: [look], toolChoice: { mode: 'required' } }, { tools: [LOOK] }, ['dropped:tool_choice']],
    [
      'one of the tools',
      { tools: [look, { ...look, name: 'b' }], toolChoice: { mode: 'allowed', names: ['look.at'], required: false } },
      { tools: [LOOK] },
      ['emulated:tool_choice'],
    ],
    [
      'what has no place',
      {
        sampling: { logitBias: { '1': 1 }, seed: 1.5, n: 1 },
        cache: { key: 'k' },
        endUser: 'u',
        tier: 'priority',
        parallelTools: false,
        tools: [{ ...look, strict: true }],
        ext: { cohere: { safety_mode: 'OFF' } },
      },
      { tools: [LOOK] },
      [
        'dropped:logit_bias',
        'dropped:parallel_tool_calls',
        'dropped:prompt_cache_key',
        'dropped:safety_mode',
        'dropped:seed',
        'dropped:service_tier',
        'dropped:strict',
        'dropped:user',
      ],
    ],
  ])('tells of %s', (_, members, expected, losses) => {
    expect(write(members)).toEqual({ body: bodyOf(expected), losses });
  });

  it('tells what was said and done', () => {
    const turns: Turn[] = [
      { role: 'user', blocks: [{ type: 'text', text: 'Look' }, png, { type: 'text', text: 'here' }] },
      {
        role: 'assistant',
        blocks: [
          { type: 'reasoning', text: ' hm ', signature: { value: 's', dialect: 'anthropic' } },
          { type: 'reasoning', text: '', redacted: { value: 's', dialect: 'anthropic' } },
          { type: 'text', text: 'I look.' },
          call,
          { ...call, id: 'c2', input: '{"broken' },
          { ...call, id: 'c3', input: 'x', custom: true },
        ],
      },
      {
        role: 'user',
        blocks: [
          { ...result, isError: true },
          { ...result, callId: 'c2', content: [png] },
          { type: 'tool_result', callId: 'c3', content: result.content },
        ],
      },
      { role: 'developer', blocks: [{ type: 'text', text: 'In verse.' }] },
      { role: 'assistant', blocks: [{ type: 'text', text: 'Roses' }] },
    ];
    const { body, losses } = write({ turns });
    expect(body['messages']).toEqual([
      { role: 'user', content: 'Look\n\nhere', images: ['iVBORw0KGgo='] },
      {
        role: 'assistant',
        content: 'I look.',
        thinking: ' hm ',
        tool_calls: [
          { id: 'c1', function: { name: 'look.at', arguments: { a: 1 } } },
          { id: 'c2', function: { name: 'look.at', arguments: { _raw_arguments: '{"broken' } } },
          { id: 'c3', function: { name: 'look.at', arguments: { input: 'x' } } },
        ],
      },
      { role: 'tool', content: 'Error:\n20', tool_name: 'look.at', tool_call_id: 'c1' },
      { role: 'tool', content: expect.stringContaining('image 1'), tool_name: 'look.at', tool_call_id: 'c2' },
      { role: 'tool', content: '20', tool_name: 'look.at', tool_call_id: 'c3' },
      { role: 'user', content: expect.stringContaining('image 1'), images: ['iVBORw0KGgo='] },
      { role: 'system', content: 'In verse.' },
      { role: 'assistant', content: 'Roses' },
    ]);
    expect(losses).toEqual([
      'dropped:reasoning',
      'dropped:reasoning_signature',
      'emulated:arguments',
      'emulated:is_error',
      'emulated:tool_result_media',
    ]);
  });

  it('keeps every digit of arguments', () => {
    const turns: Turn[] = [
      { role: 'assistant', blocks: [{ ...call, input: '{"id":12345678901234567890}' }] },
      { role: 'user', blocks: [result] },
    ];
    expect(ollamaProvider.writeRequest(foreign({ turns }), targetOf(), new Losses())).toContain(
      '{"id":12345678901234567890}',
    );
  });

  const media = (block: Partial<MediaBlock>): Partial<ChatRequest> => ({
    turns: [
      {
        role: 'user',
        blocks: [{ type: 'media', kind: 'image', source: { via: 'url', url: 'https://a.test/x' }, ...block }],
      },
    ],
  });

  it('tells documents of text in words', () => {
    const { body, losses } = write(media({ kind: 'document', name: 'a.txt', source: { via: 'text', text: 'words' } }));
    expect(body).toEqual(
      bodyOf({ messages: [{ role: 'user', content: '<document title="a.txt">\nwords\n</document>' }] }),
    );
    expect(losses).toEqual(['emulated:document']);
  });

  it.each<[string, Partial<ChatRequest>, string]>([
    ['several answers', { sampling: { n: 2 } }, 'n'],
    ['a kept conversation', { state: { previous_response_id: 'c' } }, 'previous_response_id'],
    [
      'a hosted tool',
      { tools: [{ kind: 'hosted', name: 's', hosted: { dialect: 'gemini', definition: {} } }] },
      'tools',
    ],
    ['a choice of no tool', { tools: [look], toolChoice: { mode: 'named', name: 'x' } }, 'tool_choice'],
    ['an image at an address', media({}), 'messages'],
    ['a PDF', media({ kind: 'document', source: { via: 'base64', data: 'JVBERi0xLjc=' } }), 'messages'],
    ['sound', media({ kind: 'audio', source: { via: 'base64', data: 'AAAA' } }), 'messages'],
  ])('refuses %s', (_, members, param) => {
    expect(() => write(members)).toThrow(expect.objectContaining({ name: 'Untranslatable', param }));
  });
});

describe('a request of Ollama to Ollama', () => {
  it.each<[string, object]>([
    [
      'all members',
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Look', images: ['iVBORw0KGgo='] },
          {
            role: 'assistant',
            content: '',
            thinking: ' hm ',
            tool_calls: [{ function: { name: 'look', arguments: { a: 1 } } }],
          },
          { role: 'tool', content: '20', tool_name: 'look' },
          { role: 'assistant', content: 'x', tool_calls: [{ id: 'c', function: { name: 'look', arguments: {} } }] },
          { role: 'tool', content: '', tool_name: 'look', tool_call_id: 'c' },
          { role: 'system', content: 'In verse.' },
          { role: 'user', content: 'Go' },
        ],
        tools: [
          {
            type: 'function',
            function: { name: 'look', description: 'Looks', parameters: { type: 'object', properties: {} } },
          },
        ],
        format: { type: 'object', properties: { a: { type: 'string' } } },
        think: 'max',
        keep_alive: -1,
        logprobs: true,
        top_logprobs: 3,
        options: {
          num_predict: 5,
          temperature: 0,
          top_k: 1,
          stop: ['END'],
          seed: -1,
          num_ctx: 4096,
          repeat_penalty: 1.1,
          mirostat: 2,
        },
      },
    ],
    [
      'little',
      { messages: [{ role: 'user', content: 'Hi' }], options: { num_predict: -1 }, think: false, format: 'json' },
    ],
  ])('keeps %s', (_, members) => {
    const sent = { model: 'their-model', stream: false, ...members };
    const { body, losses } = written(ollamaProvider, ollamaCaller.readRequest(asJson(sent), NO_FACTS));
    expect(body).toEqual(sent);
    expect(losses).toEqual([]);
  });
});
