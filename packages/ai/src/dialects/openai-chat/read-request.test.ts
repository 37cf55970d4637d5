import * as fc from 'fast-check';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { parseExact, type Json } from '../../canonical/json.ts';
import { facts, hello, paramOf, readWith } from './__fixtures__/read-call.ts';
import { readRequest } from './read-request.ts';

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
