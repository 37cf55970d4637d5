import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonFields, parseExact, type Json } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { called, facts, HELLO, NEW, OLD, written } from './__fixtures__/contexts.ts';
import { readCountRequest, readRequest } from './request-reader.ts';

function refusal(body: Json, by = OLD): string | undefined {
  try {
    readRequest(body, by);
  } catch (error) {
    if (error instanceof Untranslatable) return error.param ?? 'body';
    throw error;
  }
  return undefined;
}

function user(...content: readonly Json[]): { readonly messages: Json } {
  return { messages: [{ role: 'user', content }] };
}

describe('the request reader', () => {
  it('reads every member that has a canonical place', () => {
    const request = called({
      system: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'Long rules.', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
      stream: true,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      service_tier: 'standard_only',
      cache_control: { type: 'ephemeral' },
      tools: [
        {
          name: 'get',
          description: 'Gets.',
          input_schema: { type: 'object' },
          strict: true,
          cache_control: { type: 'ephemeral', ttl: '5m' },
        },
        { type: 'web_search_20260318', name: 'web_search', max_uses: 2 },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
    });
    expect(request).toEqual({
      dialect: 'anthropic',
      model: 'claude-opus-4-8',
      stream: true,
      instructions: [
        { role: 'system', text: 'Be brief.' },
        { role: 'system', text: 'Long rules.', cache: { ttl: '1h' } },
      ],
      turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }],
      tools: [
        {
          kind: 'function',
          name: 'get',
          description: 'Gets.',
          schema: { type: 'object' },
          strict: true,
          cache: { ttl: '5m' },
        },
        {
          kind: 'hosted',
          name: 'web_search',
          hosted: {
            dialect: 'anthropic',
            definition: { type: 'web_search_20260318', name: 'web_search', max_uses: 2 },
          },
        },
      ],
      toolChoice: { mode: 'required' },
      parallelTools: false,
      sampling: { temperature: 0.5, topP: 0.9, topK: 40, stop: ['END'] },
      maxOutputTokens: 100,
      output: { format: { kind: 'schema', schema: { type: 'object' } } },
      reasoning: { mode: 'effort', effort: 'low' },
      cache: { auto: {} },
      tier: 'default',
      endUser: 'u1',
      includeUsage: true,
      ext: { anthropic: {} },
    });
  });

  it('reads blocks of every kind', () => {
    const { turns } = called({
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'image',
              source: { type: 'base64', media_type: 'image/PNG', data: 'aGk=' },
              cache_control: { type: 'ephemeral' },
            },
            { type: 'image', source: { type: 'url', url: 'https://a.b/c.png' } },
            { type: 'image', source: { type: 'file', file_id: 'file_1' } },
            {
              type: 'document',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
              title: 'T',
              context: 'C',
              citations: { enabled: true },
            },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'plain' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: ' Hm ', signature: 'sig' },
            { type: 'thinking', thinking: '', signature: 'only' },
            { type: 'redacted_thinking', data: 'red' },
            { type: 'text', text: 'Let me see.', citations: null },
            { type: 'tool_use', id: 'toolu_1', name: 'get', input: { a: [1] }, caller: { type: 'direct' } },
            { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              is_error: true,
              content: [
                { type: 'text', text: 'no' },
                { type: 'image', source: { type: 'url', url: 'https://a.b' } },
              ],
            },
          ],
        },
      ],
    });
    expect(turns).toMatchObject([
      {
        role: 'user',
        blocks: [
          { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'aGk=' }, cache: {} },
          { type: 'media', kind: 'image', source: { via: 'url', url: 'https://a.b/c.png' } },
          { type: 'media', kind: 'image', source: { via: 'file', id: 'file_1', dialect: 'anthropic' } },
          {
            kind: 'document',
            mime: 'application/pdf',
            title: 'T',
            context: 'C',
            citations: true,
            source: { via: 'base64' },
          },
          { kind: 'document', source: { via: 'text', text: 'plain' } },
        ],
      },
      {
        role: 'assistant',
        blocks: [
          { type: 'reasoning', text: ' Hm ', signature: { value: 'sig', dialect: 'anthropic' } },
          { type: 'reasoning', text: '', signature: { value: 'only', dialect: 'anthropic' } },
          { type: 'reasoning', text: '', redacted: { value: 'red', dialect: 'anthropic' } },
          { type: 'text', text: 'Let me see.' },
          { type: 'tool_call', id: 'toolu_1', name: 'get', input: '{"a":[1]}' },
          { type: 'opaque', dialect: 'anthropic', data: { type: 'server_tool_use' } },
        ],
      },
      {
        role: 'user',
        blocks: [
          {
            type: 'tool_result',
            callId: 'toolu_1',
            isError: true,
            content: [
              { type: 'text', text: 'no' },
              { type: 'media', kind: 'image' },
            ],
          },
        ],
      },
    ]);
  });

  it('takes null for absent, and empty text for nothing', () => {
    const request = called({
      system: '',
      temperature: null,
      tools: null,
      stop_sequences: null,
      thinking: null,
      metadata: { user_id: null },
      container: null,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hi', cache_control: null },
            { type: 'text', text: '' },
          ],
        },
        { role: 'assistant', content: [] },
        { role: 'user', content: '' },
      ],
    });
    expect(request).toMatchObject({ instructions: [], sampling: {}, tools: [], ext: { anthropic: {} } });
    expect(request.turns).toEqual([{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }]);
    expect('reasoning' in request || 'endUser' in request).toBe(false);
  });

  it('keeps large numbers in the input of tools', () => {
    const body = parseExact(
      `{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"n","input":{"id":12345678901234567890,"f":0.10000000000000001}}]}],"temperature":0.30000000000000004}`,
    );
    const { turns, sampling } = readRequest(body ?? null, OLD);
    expect(turns[0]?.blocks[0]).toMatchObject({ input: '{"id":12345678901234567890,"f":0.10000000000000001}' });
    expect(sampling.temperature).toBeCloseTo(0.3);
  });

  it('names what is nested and has no place, so that others can say that they drop it', () => {
    const { ext } = called({
      ...user({ type: 'image', source: { type: 'url', url: 'https://a.b' }, transformations: { crop: 1 } }),
      tools: [{ name: 'x', input_schema: {}, defer_loading: true }],
      speed: 'fast',
      mcp_servers: [{ url: 'https://m' }],
    });
    expect(ext).toEqual({
      anthropic: {
        'messages.transformations': true,
        'tools.defer_loading': true,
        speed: 'fast',
        mcp_servers: [{ url: 'https://m' }],
      },
    });
  });

  it('takes a thread for what only Anthropic keeps', () => {
    expect(called({ thread: { type: 'continue', id: 't' } }).state).toEqual({ thread: { type: 'continue', id: 't' } });
  });

  it.each<[string, Json]>([
    ['body', [1]],
    ['model', { ...HELLO, model: '' }],
    ['model', { ...HELLO, model: 5 }],
    ['max_tokens', { ...HELLO, max_tokens: null }],
    ['max_tokens', { ...HELLO, max_tokens: -1 }],
    ['max_tokens', { ...HELLO, max_tokens: '9' }],
    ['messages', { ...HELLO, messages: [] }],
    ['messages', { ...HELLO, messages: 'Hi' }],
    ['messages.0', { ...HELLO, messages: ['Hi'] }],
    ['messages.0.role', { ...HELLO, messages: [{ role: 'tool', content: 'x' }] }],
    ['messages.0.content', { ...HELLO, messages: [{ role: 'user' }] }],
    ['messages.0.content.0.type', { ...HELLO, ...user({}) }],
    ['messages.0.content.0.text', { ...HELLO, ...user({ type: 'text', text: 1 }) }],
    ['messages.0.content.0.source', { ...HELLO, ...user({ type: 'image' }) }],
    ['messages.0.content.0.source.type', { ...HELLO, ...user({ type: 'image', source: { type: 'x' } }) }],
    ['messages.0.content.0.tool_use_id', { ...HELLO, ...user({ type: 'tool_result' }) }],
    [
      'messages.0.content.0.cache_control.ttl',
      { ...HELLO, ...user({ type: 'text', text: 'x', cache_control: { ttl: '2h' } }) },
    ],
    ['system.0.type', { ...HELLO, system: [{ type: 'image' }] }],
    ['tools.0.name', { ...HELLO, tools: [{ input_schema: {} }] }],
    ['tool_choice.type', { ...HELLO, tool_choice: { type: 'some' } }],
    ['tool_choice.name', { ...HELLO, tool_choice: { type: 'tool' } }],
    ['thinking.budget_tokens', { ...HELLO, thinking: { type: 'enabled' } }],
    ['thinking.type', { ...HELLO, thinking: { type: 'deep' } }],
    ['output_config.effort', { ...HELLO, output_config: { effort: 'huge' } }],
    ['output_config.format.schema', { ...HELLO, output_config: { format: { type: 'json_schema' } } }],
    ['stop_sequences', { ...HELLO, stop_sequences: [1] }],
    ['service_tier', { ...HELLO, service_tier: 'turbo' }],
    ['stream', { ...HELLO, stream: 'yes' }],
  ])('refuses a wrong %s by its path', (param, body) => {
    expect(refusal(body)).toBe(param);
  });

  it('applies the version that the caller speaks', () => {
    for (const name of ['temperature', 'top_p', 'top_k']) {
      expect(refusal({ ...HELLO, [name]: 1 }, NEW)).toBe(name);
      expect(refusal({ ...HELLO, [name]: 1 }, OLD)).toBeUndefined();
      expect(refusal({ ...HELLO, [name]: null }, NEW)).toBeUndefined();
    }
    const document = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } };
    const said = {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [document] },
      ],
    };
    expect(refusal({ ...HELLO, ...said }, NEW)).toBe('messages');
    expect(refusal({ ...HELLO, ...said }, OLD)).toBeUndefined();
    const cited = user({ type: 'text', text: 'x', citations: [{ type: 'char_location' }] });
    expect(refusal({ ...HELLO, ...cited }, NEW)).toBe('messages');
    expect(refusal({ ...HELLO, ...cited }, OLD)).toBeUndefined();
    expect(refusal({ ...HELLO, temperature: 1 }, facts())).toBeUndefined();
    expect(refusal(HELLO, facts({ 'anthropic-version': '2030-01-01' }))).toBe('anthropic-version');
  });

  it('reads a count, which has no limit', () => {
    const { max_tokens: _, ...count } = HELLO;
    expect(readCountRequest({ ...count, stream: true }, OLD)).toMatchObject({ stream: false, model: HELLO.model });
    expect('maxOutputTokens' in readCountRequest(count, OLD)).toBe(false);
  });

  it('reads what the official SDK sends', async () => {
    let sent: Json = null;
    let version: string | null = null;
    const client = new Anthropic({
      apiKey: 'k',
      maxRetries: 0,
      fetch: (_, init) => {
        sent = parseExact(typeof init?.body === 'string' ? init.body : '') ?? null;
        version = new Headers(init?.headers).get('anthropic-version');
        return Promise.resolve(new Response('{"type":"error"}', { status: 400 }));
      },
    });
    const call = client.messages.create({
      model: 'claude-opus-4-8',
      max_tokens: 64,
      system: 'Be brief.',
      thinking: { type: 'adaptive' },
      tools: [{ name: 'get', input_schema: { type: 'object', properties: {} } }],
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'get', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] },
      ],
    });
    await expect(call).rejects.toThrow();
    const request = readRequest(sent, facts({ 'anthropic-version': version ?? '' }));
    expect(version).toBe('2026-10-21');
    expect(request).toMatchObject({
      instructions: [{ text: 'Be brief.' }],
      turns: [{}, {}, { blocks: [{ content: [{ text: 'ok' }] }] }],
    });
    expect(written(request).body).toMatchObject(
      isJsonFields(sent) ? { thinking: sent['thinking'], tools: sent['tools'] } : {},
    );
  });

  it('never breaks but by refusing', () => {
    const odd = fc.dictionary(
      fc.constantFrom(
        ...Object.keys(HELLO),
        'system',
        'tools',
        'tool_choice',
        'thinking',
        'output_config',
        'metadata',
        '__proto__',
        'constructor',
      ),
      fc.jsonValue(),
    );
    const blocks = fc.record(
      {
        type: fc.constantFrom(
          'text',
          'image',
          'document',
          'search_result',
          'tool_use',
          'tool_result',
          'thinking',
          'redacted_thinking',
          'z',
        ),
        text: fc.jsonValue(),
        source: fc.jsonValue(),
        content: fc.jsonValue(),
        id: fc.jsonValue(),
        name: fc.jsonValue(),
        input: fc.jsonValue(),
        tool_use_id: fc.jsonValue(),
        cache_control: fc.jsonValue(),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(odd, fc.array(blocks, { maxLength: 5 }), (members, content) => {
        for (const body of [
          { ...HELLO, ...members },
          { ...HELLO, messages: [{ role: 'user', content }] },
        ]) {
          refusal(parseExact(JSON.stringify(body)) ?? null);
        }
      }),
      { numRuns: 500 },
    );
  });
});
