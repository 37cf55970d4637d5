import * as fc from 'fast-check';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { parseExact, type Json } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import { readRequest } from './read-request.ts';

const facts = { header: () => undefined };
const hello = { role: 'user', content: 'Hello' } as const;

/** As the bytes of a caller are read. */
function read(body: unknown): ChatRequest {
  return readRequest(parseExact(JSON.stringify(body)) ?? null, facts);
}

const readWith = (members: object): ChatRequest => read({ model: 'm', messages: [hello], ...members });
const readMessages = (...messages: readonly object[]): ChatRequest => read({ model: 'm', messages });
const blocksOf = (...messages: readonly object[]) => readMessages(...messages).turns.flatMap(({ blocks }) => blocks);

/** The member that a refusal names. */
function paramOf(body: unknown): string | undefined {
  try {
    read(body);
  } catch (error) {
    if (error instanceof Untranslatable) return error.param ?? 'none';
    throw error;
  }
  return undefined;
}

describe('readRequest', () => {
  it('reads the smallest call', () => {
    expect(readWith({})).toEqual({
      dialect: 'openai-chat',
      model: 'm',
      stream: false,
      instructions: [],
      turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }],
      tools: [],
      sampling: {},
      output: {},
      cache: {},
      includeUsage: false,
      ext: {},
    });
  });

  it.each([
    ['temperature', 0.3, { sampling: { temperature: 0.3 } }],
    ['temperature', 0.300_000_000_000_000_04, { sampling: { temperature: 0.300_000_000_000_000_04 } }],
    ['top_p', 0.9, { sampling: { topP: 0.9 } }],
    ['top_k', 40, { sampling: { topK: 40 } }],
    ['min_p', 0.05, { sampling: { minP: 0.05 } }],
    ['frequency_penalty', 1, { sampling: { frequencyPenalty: 1 } }],
    ['presence_penalty', -1, { sampling: { presencePenalty: -1 } }],
    ['seed', 7, { sampling: { seed: 7 } }],
    ['logit_bias', { 50_256: -100 }, { sampling: { logitBias: { 50_256: -100 } } }],
    ['stop', 'END', { sampling: { stop: ['END'] } }],
    ['stop', ['a', '', 'b'], { sampling: { stop: ['a', 'b'] } }],
    ['n', 2, { sampling: { n: 2 } }],
    ['max_tokens', 10, { maxOutputTokens: 10 }],
    ['max_completion_tokens', 20, { maxOutputTokens: 20 }],
    ['response_format', { type: 'text' }, { output: {} }],
    ['response_format', { type: 'json_object' }, { output: { format: { kind: 'json' } } }],
    [
      'response_format',
      { type: 'json_object', schema: { a: 1 } },
      { output: { format: { kind: 'schema', schema: { a: 1 } } } },
    ],
    ['verbosity', 'low', { output: { verbosity: 'low' } }],
    ['modalities', ['text', 'audio'], { output: { modalities: ['text', 'audio'] } }],
    ['reasoning_effort', 'high', { reasoning: { mode: 'effort', effort: 'high' } }],
    ['reasoning_effort', 'none', { reasoning: { mode: 'off' } }],
    ['reasoning_effort', 'default', { reasoning: { mode: 'auto' } }],
    ['reasoning', { effort: 'low', exclude: true }, { reasoning: { mode: 'effort', effort: 'low', expose: 'none' } }],
    ['reasoning', { max_tokens: 2000 }, { reasoning: { mode: 'budget', budgetTokens: 2000 } }],
    ['reasoning', { enabled: false }, { reasoning: { mode: 'off' } }],
    ['reasoning', { enabled: true }, { reasoning: { mode: 'auto' } }],
    ['thinking', { type: 'disabled' }, { reasoning: { mode: 'off' } }],
    ['thinking', { type: 'enabled', budget_tokens: 1024 }, { reasoning: { mode: 'budget', budgetTokens: 1024 } }],
    ['enable_thinking', false, { reasoning: { mode: 'off' } }],
    ['enable_thinking', true, { reasoning: { mode: 'auto' } }],
    ['prompt_cache_key', 'k', { cache: { key: 'k' } }],
    ['cache_control', { type: 'ephemeral', ttl: '1h' }, { cache: { auto: { ttl: '1h' } } }],
    ['service_tier', 'flex', { tier: 'flex' }],
    ['service_tier', 'fast', { ext: { 'openai-chat': { service_tier: 'fast' } } }],
    ['user', 'u', { endUser: 'u' }],
    ['safety_identifier', 's', { endUser: 's' }],
    ['metadata', { a: 'b' }, { metadata: { a: 'b' } }],
    ['parallel_tool_calls', false, { parallelTools: false }],
    ['stream', true, { stream: true }],
    ['stream_options', { include_usage: true, include_obfuscation: false }, { includeUsage: true, ext: {} }],
    ['store', false, { ext: { 'openai-chat': { store: false } } }],
    [
      'prediction',
      { type: 'content', content: 'x' },
      { ext: { 'openai-chat': { prediction: { type: 'content', content: 'x' } } } },
    ],
    ['unheard_of', [1], { ext: { 'openai-chat': { unheard_of: [1] } } }],
    [
      'response_format',
      { type: 'regex', pattern: '.' },
      { ext: { 'openai-chat': { response_format: { type: 'regex', pattern: '.' } } } },
    ],
  ])('reads %s of %j', (name, value, expected) => {
    expect(readWith({ [name]: value })).toMatchObject(expected);
  });

  it('reads a schema of the answer', () => {
    const json_schema = { name: 'city', description: 'A city.', schema: { type: 'object' }, strict: true };
    expect(readWith({ response_format: { type: 'json_schema', json_schema } }).output.format).toEqual({
      kind: 'schema',
      ...json_schema,
    });
  });

  it('counts likelihoods only when they are wanted', () => {
    expect(readWith({ logprobs: true, top_logprobs: 5 }).logprobs).toEqual({ top: 5 });
    expect(readWith({ logprobs: true }).logprobs).toEqual({ top: 0 });
    expect(readWith({ logprobs: false, top_logprobs: 5 }).logprobs).toBeUndefined();
  });

  it('takes the newer of two limits', () => {
    expect(readWith({ max_tokens: 5, max_completion_tokens: 6 }).maxOutputTokens).toBe(6);
    expect(readWith({ max_tokens: 5, max_completion_tokens: null }).maxOutputTokens).toBe(5);
  });

  it('takes null for absent, whatever the member (T42)', () => {
    const names =
      'temperature top_p seed stop n tools tool_choice functions response_format logit_bias logprobs max_tokens ' +
      'max_completion_tokens metadata modalities audio store parallel_tool_calls prediction reasoning_effort reasoning ' +
      'service_tier stream user stream_options verbosity web_search_options prompt_cache_key cache_control unheard_of';
    expect(readWith(Object.fromEntries(names.split(' ').map((name) => [name, null])))).toEqual(readWith({}));
  });

  it('keeps both names of the end user', () => {
    expect(readWith({ user: 'u', safety_identifier: 's' })).toMatchObject({
      endUser: 's',
      ext: { 'openai-chat': { user: 'u' } },
    });
  });

  it('keeps digits that a double cannot hold (T47)', () => {
    const body = '{"model":"m","messages":[{"role":"user","content":"x"}],"thread":12345678901234567890}';
    const { ext } = readRequest(parseExact(body) ?? null, facts);
    expect(JSON.stringify(ext)).toBe('{"openai-chat":{"thread":12345678901234567890}}');
  });

  it('lets the path name the model', () => {
    expect(readRequest({ messages: [hello] }, { ...facts, model: 'deployed', stream: true })).toMatchObject({
      model: 'deployed',
      stream: true,
    });
  });
});

describe('readRequest, of messages', () => {
  it('takes what stands in front for instructions and leaves later ones in their place (T40)', () => {
    const { instructions, turns } = readMessages(
      { role: 'system', content: 'Be brief.' },
      {
        role: 'developer',
        content: [
          { type: 'text', text: 'No jokes.' },
          { type: 'text', text: 'No verse.' },
        ],
      },
      { role: 'system', content: '' },
      hello,
      { role: 'system', content: 'Now be long.' },
    );
    expect(instructions).toEqual([
      { role: 'system', text: 'Be brief.' },
      { role: 'developer', text: 'No jokes.' },
      { role: 'developer', text: 'No verse.' },
    ]);
    expect(turns.map(({ role }) => role)).toEqual(['user', 'system']);
  });

  it('takes a call of instructions only', () => {
    expect(readMessages({ role: 'system', content: 'Say something.' }).turns).toEqual([]);
  });

  it('reads each kind of part', () => {
    expect(
      blocksOf({
        role: 'user',
        content: [
          'bare',
          { type: 'text', text: 'T' },
          { type: 'text', text: '' },
          { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' } },
          { type: 'image_url', image_url: 'https://example.org/b.png' },
          { type: 'image_url', image_url: { url: 'DATA:image/PNG;charset=utf-8;base64,iVBO Rw0K' } },
          { type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } },
          { type: 'file', file: { file_data: 'JVBERi0=' } },
          { type: 'file', file: { file_data: 'data:image/png;base64,iVBORw0K' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'video_url', video_url: { url: 'https://example.org/a.mp4' } },
          { type: 'hologram', hologram: { url: 'x' } },
        ],
      }),
    ).toEqual([
      { type: 'text', text: 'bare' },
      { type: 'text', text: 'T' },
      { type: 'media', kind: 'image', detail: 'low', source: { via: 'url', url: 'https://example.org/a.png' } },
      { type: 'media', kind: 'image', source: { via: 'url', url: 'https://example.org/b.png' } },
      { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0K' } },
      { type: 'media', kind: 'audio', mime: 'audio/mpeg', source: { via: 'base64', data: 'QUJD' } },
      {
        type: 'media',
        kind: 'document',
        mime: 'application/pdf',
        name: 'a.pdf',
        source: { via: 'base64', data: 'JVBERi0=' },
      },
      { type: 'media', kind: 'document', source: { via: 'base64', data: 'JVBERi0=' } },
      { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0K' } },
      { type: 'media', kind: 'document', source: { via: 'file', id: 'file-1', dialect: 'openai-chat' } },
      { type: 'media', kind: 'video', source: { via: 'url', url: 'https://example.org/a.mp4' } },
      { type: 'opaque', dialect: 'openai-chat', data: { type: 'hologram', hologram: { url: 'x' } } },
    ]);
  });

  it('reads marks of what is worth caching, on parts, on messages and in two vocabularies', () => {
    const { instructions, turns } = readMessages(
      { role: 'system', content: [{ type: 'text', text: 'S', cache_control: { type: 'ephemeral' } }] },
      {
        role: 'user',
        content: [{ type: 'text', text: 'A', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } }],
      },
      { role: 'user', content: 'B', cache_control: { type: 'ephemeral', ttl: '1h' } },
      {
        role: 'user',
        content: [{ type: 'text', text: 'C', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }],
      },
    );
    expect(instructions).toEqual([{ role: 'system', text: 'S', cache: {} }]);
    expect(turns.flatMap(({ blocks }) => blocks)).toEqual([
      { type: 'text', text: 'A', cache: { ttl: '30m' } },
      { type: 'text', text: 'B', cache: { ttl: '1h' } },
      { type: 'text', text: 'C', cache: { ttl: '1h' } },
    ]);
  });

  it('reads calls and results, whatever content stands beside them (T10)', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } };
    for (const content of [null, '', undefined]) {
      const { turns } = readMessages(
        hello,
        { role: 'assistant', content, tool_calls: [call, { ...call, id: 'c2' }] },
        { role: 'tool', tool_call_id: 'c1', content: 'one' },
        { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'two' }] },
        hello,
      );
      expect(turns.map(({ role, blocks }) => [role, blocks.length])).toEqual([
        ['user', 1],
        ['assistant', 2],
        ['user', 2],
        ['user', 1],
      ]);
      expect(turns[1]?.blocks[0]).toEqual({ type: 'tool_call', id: 'c1', name: 'f', input: '{"a": 1}' });
      expect(turns[2]?.blocks[1]).toEqual({
        type: 'tool_result',
        callId: 'c2',
        name: 'f',
        content: [{ type: 'text', text: 'two' }],
      });
    }
  });

  it.each([
    ['', '{}'],
    [null, '{}'],
    [undefined, '{}'],
    [{ a: 1 }, '{"a":1}'],
    ['{"cut":', '{"cut":'],
    ['"{\\"a\\":1}"', '"{\\"a\\":1}"'],
  ])('keeps arguments %j as %s (T5, T6)', (given, input) => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: given } };
    expect(blocksOf(hello, { role: 'assistant', tool_calls: [call] })).toContainEqual({
      type: 'tool_call',
      id: 'c',
      name: 'f',
      input,
    });
  });

  it('reads calls of free-text tools and their results', () => {
    expect(
      blocksOf(
        { role: 'assistant', tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'shell', input: 'ls -l' } }] },
        { role: 'tool', tool_call_id: 'c', content: '' },
      ),
    ).toEqual([
      { type: 'tool_call', id: 'c', name: 'shell', input: 'ls -l', custom: true },
      { type: 'tool_result', callId: 'c', name: 'shell', custom: true, content: [] },
    ]);
  });

  it('gives ids to the calls of old', () => {
    expect(
      blocksOf(
        hello,
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'done' },
      ).slice(1),
    ).toEqual([
      { type: 'tool_call', id: 'call_function_1', name: 'f', input: '{}' },
      { type: 'tool_result', callId: 'call_function_1', name: 'f', content: [{ type: 'text', text: 'done' }] },
    ]);
  });

  it('keeps pictures in results (T13), and what it does not know as text', () => {
    const content = [
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } },
      { type: 'table', rows: [1] },
    ];
    const tool_calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }];
    expect(blocksOf({ role: 'assistant', tool_calls }, { role: 'tool', tool_call_id: 'c', content })[1]).toMatchObject({
      content: [
        { type: 'media', kind: 'image' },
        { type: 'text', text: '{"type":"table","rows":[1]}' },
      ],
    });
  });

  it('drops messages that say nothing (T41)', () => {
    const { turns } = readMessages(hello, { role: 'assistant', content: null }, { role: 'user', content: [] }, hello);
    expect(turns).toHaveLength(2);
  });

  it('keeps names, refusals, pictures, citations and what only vendors of this dialect know', () => {
    const { turns, ext } = readMessages(
      { ...hello, name: 'ann' },
      {
        role: 'assistant',
        name: 'bot',
        content: [
          { type: 'text', text: 'No. ' },
          { type: 'refusal', refusal: 'I cannot.' },
        ],
        refusal: 'Really not.',
        annotations: [
          { type: 'url_citation', url_citation: { url: 'https://a.org', title: 'A', start_index: 0, end_index: 2 } },
        ],
        images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } }],
        audio: { id: 'audio_1' },
        prefix: true,
        mood: 'bad',
      },
    );
    expect(turns).toEqual([
      { role: 'user', name: 'ann', blocks: [{ type: 'text', text: 'Hello' }] },
      {
        role: 'assistant',
        name: 'bot',
        blocks: [
          { type: 'text', text: 'No. ', citations: [{ url: 'https://a.org', title: 'A', start: 0, end: 2 }] },
          { type: 'refusal', text: 'I cannot.' },
          { type: 'refusal', text: 'Really not.' },
          { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0K' } },
          { type: 'opaque', dialect: 'openai-chat', data: { audio: { id: 'audio_1' }, prefix: true } },
        ],
      },
    ]);
    expect(ext).toEqual({ 'openai-chat': { 'messages.mood': 'bad' } });
  });
});

describe('readRequest, of earlier reasoning', () => {
  const anthropic = { value: 'sig+/=', dialect: 'anthropic' } as const;
  const sealed = sealSignature(anthropic, 'openai-chat');
  const reasoningOf = (message: object) =>
    blocksOf(hello, { role: 'assistant', content: 'Yes.', ...message }).filter(({ type }) => type === 'reasoning');

  it('reads bare text under either name, and never both', () => {
    expect(reasoningOf({ reasoning_content: ' Hm ' })).toEqual([{ type: 'reasoning', text: ' Hm ' }]);
    expect(reasoningOf({ reasoning: 'Hm' })).toEqual([{ type: 'reasoning', text: 'Hm' }]);
    expect(reasoningOf({ reasoning_content: 'A', reasoning: 'B' })).toEqual([{ type: 'reasoning', text: 'A' }]);
  });

  it('prefers entries to text, opens their envelopes and keeps signatures without text (T17, T18)', () => {
    const reasoning_details = [
      { type: 'reasoning.text', text: ' a ', signature: sealed, format: 'anthropic', index: 0 },
      { type: 'reasoning.text', text: '', signature: sealed, format: 'anthropic', index: 1 },
      { type: 'reasoning.encrypted', data: sealed, format: 'anthropic', index: 2 },
    ];
    expect(reasoningOf({ reasoning_content: 'the last fragment', reasoning_details })).toEqual([
      { type: 'reasoning', text: ' a ', signature: anthropic },
      { type: 'reasoning', text: '', signature: anthropic },
      { type: 'reasoning', text: '', redacted: anthropic },
    ]);
  });

  it('takes entries that were gathered twice once', () => {
    const entry = { type: 'reasoning.text', text: 'a', signature: sealed, index: 0 };
    expect(reasoningOf({ reasoning_details: [entry, entry, { ...entry, text: 'b', index: 1 }] })).toHaveLength(2);
  });

  it('puts reasoning back between the calls that it stood between', () => {
    const tool_calls = ['x', 'y'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }));
    const reasoning_details = [0, 2].map((index) => ({
      type: 'reasoning.text',
      text: `r${index}`,
      signature: sealed,
      index,
    }));
    const blocks = blocksOf(hello, { role: 'assistant', content: null, tool_calls, reasoning_details });
    expect(blocks.slice(1).map((block) => ('id' in block ? block.id : 'text' in block && block.text))).toEqual([
      'r0',
      'x',
      'r2',
      'y',
    ]);
  });

  it('knows signatures in the place that Google has for them, bare or in an envelope', () => {
    const google = (thought_signature: string): object => ({ extra_content: { google: { thought_signature } } });
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
    const calls = [
      { ...call, ...google('bare') },
      { ...call, ...google(sealSignature(anthropic, 'gemini')) },
    ];
    const blocks = blocksOf(hello, { role: 'assistant', content: 'T', tool_calls: calls, ...google('text') });
    expect(blocks.slice(1).map((block) => 'signature' in block && block.signature)).toEqual([
      { value: 'text', dialect: 'gemini' },
      { value: 'bare', dialect: 'gemini' },
      anthropic,
    ]);
  });
});

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

describe('readRequest, of what is no request', () => {
  it.each<readonly [string, unknown]>([
    ['none', []],
    ['none', 'text'],
    ['none', null],
    ['messages', { model: 'm' }],
    ['messages', { model: 'm', messages: [] }],
    ['messages', { model: 'm', messages: {} }],
    ['messages', { model: 'm', messages: [{ role: 'user', content: '' }] }],
    ['messages[0]', { model: 'm', messages: ['hi'] }],
    ['model', { messages: [hello] }],
    ['model', { model: '', messages: [hello] }],
    ['model', { model: 7, messages: [hello] }],
    ['messages[0].role', { model: 'm', messages: [{ content: 'x' }] }],
    ['messages[0].role', { model: 'm', messages: [{ role: 'narrator', content: 'x' }] }],
    ['messages[0].content', { model: 'm', messages: [{ role: 'user', content: 7 }] }],
    ['messages[0].content[0]', { model: 'm', messages: [{ role: 'user', content: [7] }] }],
    ['messages[0].content[0].type', { model: 'm', messages: [{ role: 'user', content: [{}] }] }],
    ['messages[0].content[0].text', { model: 'm', messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages[0].content[0].type', { model: 'm', messages: [{ role: 'system', content: [{ type: 'image_url' }] }] }],
    [
      'messages[0].content[0].image_url.url',
      {
        model: 'm',
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,%%%' } }] }],
      },
    ],
    [
      'messages[0].content[0].image_url.url',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'a.png' } }] }] },
    ],
    ['messages[0].tool_call_id', { model: 'm', messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].tool_calls', { model: 'm', messages: [{ role: 'assistant', tool_calls: 'x' }] }],
    [
      'messages[0].tool_calls[0].id',
      { model: 'm', messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f' } }] }] },
    ],
    [
      'messages[0].tool_calls[0].function',
      { model: 'm', messages: [{ role: 'assistant', tool_calls: [{ id: 'c' }] }] },
    ],
    ['messages[0].name', { model: 'm', messages: [{ ...hello, name: 7 }] }],
    ...Object.entries({
      temperature: 'hot',
      stop: 7,
      n: 0,
      max_tokens: -1,
      max_completion_tokens: 1.5,
      stream: 'yes',
      stream_options: true,
      tools: {},
      tool_choice: 'sometimes',
      logit_bias: { a: 'b' },
      metadata: { a: 1 },
      reasoning_effort: 'enormous',
      response_format: 'json',
      user: 7,
      parallel_tool_calls: 'no',
    }).map(([name, value]) => [name, { model: 'm', messages: [hello], [name]: value }] as const),
    ['tools[0].function', { model: 'm', messages: [hello], tools: [{ type: 'function' }] }],
    ['tools[0].function.name', { model: 'm', messages: [hello], tools: [{ type: 'function', function: {} }] }],
    [
      'tools[0].function.parameters',
      { model: 'm', messages: [hello], tools: [{ function: { name: 'f', parameters: [] } }] },
    ],
    ['response_format.json_schema', { model: 'm', messages: [hello], response_format: { type: 'json_schema' } }],
  ])('names %s', (param, body) => {
    expect(paramOf(body)).toBe(param);
  });

  it('refuses, and never fails otherwise, whatever it is given', () => {
    const anything = fc.jsonValue({ maxDepth: 6 });
    const message = fc.record(
      {
        role: fc.constantFrom('user', 'assistant', 'system', 'tool', 'function', 'developer'),
        content: anything,
        tool_calls: anything,
        tool_call_id: anything,
        reasoning_details: anything,
        annotations: anything,
        extra_content: anything,
        function_call: anything,
        images: anything,
      },
      { requiredKeys: ['role'] },
    );
    const members = fc.dictionary(
      fc.constantFrom(
        'tools',
        'tool_choice',
        'response_format',
        'reasoning',
        'stop',
        'logit_bias',
        '__proto__',
        'constructor',
      ),
      anything,
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 4 }), members, (messages, rest) => {
        paramOf({ model: 'm', messages, ...rest });
      }),
      { numRuns: 500 },
    );
  });

  it('carries members called __proto__ as ordinary ones (T55)', () => {
    const body =
      '{"model":"m","messages":[{"role":"user","content":"x"}],"__proto__":{"polluted":true},"constructor":{"x":1}}';
    const { ext } = readRequest(parseExact(body) ?? null, facts);
    expect(JSON.stringify(ext)).toBe('{"openai-chat":{"__proto__":{"polluted":true},"constructor":{"x":1}}}');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('readRequest, of what the official SDK sends', () => {
  it('reads all of it', async () => {
    let sent: Json | undefined;
    const client = new OpenAI({
      apiKey: 'k',
      fetch: (_url, init) => {
        sent = typeof init?.body === 'string' ? parseExact(init.body) : undefined;
        return Promise.resolve(
          Response.json({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices: [] }),
        );
      },
    });
    await client.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Weather?' },
            { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
          ],
        },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'weather', arguments: '{"city":"Ulm"}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'Rain.' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'weather', parameters: { type: 'object', properties: {} }, strict: true },
        },
      ],
      tool_choice: 'auto',
      reasoning_effort: 'low',
      max_completion_tokens: 100,
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
    });
    expect(readRequest(sent ?? null, facts)).toMatchObject({
      model: 'gpt-5-mini',
      instructions: [{ role: 'developer', text: 'Be brief.' }],
      turns: [{ role: 'user' }, { role: 'assistant' }, { role: 'user' }],
      tools: [{ kind: 'function', name: 'weather', strict: true }],
      toolChoice: { mode: 'auto' },
      reasoning: { effort: 'low' },
      maxOutputTokens: 100,
      output: { format: { kind: 'schema', name: 'a' } },
      ext: {},
    });
  });
});
