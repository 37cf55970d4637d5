import { describe, expect, it } from 'vitest';
import { CLAUDE, facts, read } from './__fixtures__/calls.ts';
import { bedrockCaller } from './bedrock-caller.ts';
import { parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import { sealBeside } from '../../canonical/beside-blocks.ts';

const PNG = 'iVBORw0KGgo=';

const user = (...content: JsonFields[]): JsonFields => ({ role: 'user', content });
const assistant = (...content: JsonFields[]): JsonFields => ({ role: 'assistant', content });

describe('a request', () => {
  it('is read with everything that it says', () => {
    expect(
      read({
        system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }, { text: 'Be kind.' }],
        messages: [
          user(
            { text: 'Look' },
            { image: { format: 'png', source: { bytes: PNG } } },
            { cachePoint: { type: 'default' } },
          ),
          assistant({ toolUse: { toolUseId: 't1', name: 'find', input: { q: 'x' } } }),
          user({ toolResult: { toolUseId: 't1', content: [{ json: { hits: 2 } }], status: 'error' } }),
        ],
        inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
        toolConfig: {
          tools: [
            {
              toolSpec: { name: 'find', description: 'Finds', inputSchema: { json: { type: 'object' } }, strict: true },
            },
            { cachePoint: { type: 'default' } },
          ],
          toolChoice: { tool: { name: 'find' } },
        },
        additionalModelRequestFields: { top_k: 40, thinking: { type: 'enabled', budget_tokens: 2048 } },
        requestMetadata: { team: 'birds' },
        serviceTier: { type: 'flex' },
        outputConfig: { effort: 'high' },
      }),
    ).toEqual({
      dialect: 'bedrock',
      model: CLAUDE,
      stream: false,
      instructions: [
        { role: 'system', text: 'Be brief.', cache: { ttl: '1h' } },
        { role: 'system', text: 'Be kind.' },
      ],
      turns: [
        {
          role: 'user',
          blocks: [
            { type: 'text', text: 'Look' },
            { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: PNG }, cache: {} },
          ],
        },
        { role: 'assistant', blocks: [{ type: 'tool_call', id: 't1', name: 'find', input: '{"q":"x"}' }] },
        {
          role: 'user',
          blocks: [
            {
              type: 'tool_result',
              callId: 't1',
              isError: true,
              content: [{ type: 'text', text: '{"hits":2}' }],
              json: { hits: 2 },
            },
          ],
        },
      ],
      tools: [
        {
          kind: 'function',
          name: 'find',
          description: 'Finds',
          schema: { type: 'object' },
          strict: true,
          cache: {},
        },
      ],
      toolChoice: { mode: 'named', name: 'find' },
      sampling: { temperature: 0.5, topP: 0.9, topK: 40, stop: ['END'] },
      maxOutputTokens: 100,
      output: {},
      reasoning: { mode: 'budget', budgetTokens: 2048, effort: 'high' },
      tier: 'flex',
      metadata: { team: 'birds' },
      cache: {},
      includeUsage: true,
      ext: {},
    });
  });

  it('takes null for absent everywhere', () => {
    const members = ['system', 'messages', 'inferenceConfig', 'toolConfig', 'outputConfig', 'serviceTier'];
    const nulls = [...members, 'additionalModelRequestFields', 'requestMetadata', 'guardrailConfig'];
    const body = Object.fromEntries(nulls.map((name): [string, Json] => [name, null]));
    expect(read(body)).toEqual(read({}));
    expect(read({ inferenceConfig: { temperature: null, stopSequences: null }, toolConfig: { tools: null } })).toEqual(
      read({}),
    );
  });

  it('keeps what the canonical form has no place for', () => {
    const ext = {
      guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' },
      performanceConfig: { latency: 'optimized' },
      promptVariables: { bird: { text: 'wren' } },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
      later: [1, { a: null }],
    };
    const fields = { additionalModelRequestFields: { anthropic_beta: ['x'], thinking: { type: 'between_tools' } } };
    expect(read({ ...ext, ...fields, serviceTier: { type: 'new' } }).ext).toEqual({
      bedrock: { ...ext, ...fields, serviceTier: { type: 'new' } },
    });
  });

  it('keeps digits that a double cannot hold', () => {
    const body = parseExact(
      '{"messages":[{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"n","input":{"id":12345678901234567890}}}]}],' +
        '"inferenceConfig":{"temperature":0.70000000000000001}}',
    );
    const request = read(body ?? null);
    expect(request.turns[0]?.blocks[0]).toMatchObject({ input: '{"id":12345678901234567890}' });
    expect(request.sampling.temperature).toBe(0.7);
  });

  it.each<[JsonFields, object]>([
    [{ audio: { format: 'mp3', source: { bytes: 'AA==' } } }, { kind: 'audio', mime: 'audio/mpeg' }],
    [{ video: { format: 'three_gp', source: { bytes: 'AA==' } } }, { kind: 'video', mime: 'video/3gpp' }],
    [
      { document: { format: 'pdf', name: 'a', source: { bytes: 'AA==' }, context: 'c', citations: { enabled: true } } },
      { kind: 'document', mime: 'application/pdf', name: 'a', context: 'c', citations: true },
    ],
    [
      { document: { name: 'a', source: { content: [{ text: 'x' }, { text: 'y' }] } } },
      { source: { via: 'text', text: 'xy' } },
    ],
    [
      { image: { format: 'webp', source: { s3Location: { uri: 's3://b/k' } } } },
      { source: { via: 'file', id: 's3://b/k', dialect: 'bedrock' } },
    ],
    [
      { reasoningContent: { reasoningText: { text: ' a ', signature: 's' } } },
      { text: ' a ', signature: { value: 's', dialect: 'bedrock' } },
    ],
    [{ reasoningContent: { reasoningText: { text: '', signature: 's' } } }, { text: '', signature: { value: 's' } }],
    [
      { reasoningContent: { redactedContent: 'AAEC' } },
      { type: 'reasoning', text: '', redacted: { value: 'AAEC', dialect: 'bedrock' } },
    ],
    [
      { citationsContent: { content: [{ text: 'So' }], citations: [{ title: 'T', location: { web: { url: 'u' } } }] } },
      { type: 'text', text: 'So', citations: [{ title: 'T', url: 'u' }] },
    ],
    [{ guardContent: { text: { text: 'q', qualifiers: ['query'] } } }, { type: 'text', text: 'q' }],
    [
      { toolUse: { toolUseId: 't', name: 'n', type: 'server_tool_use', input: {} } },
      { type: 'opaque', dialect: 'bedrock' },
    ],
    [{ searchResult: { source: 's', title: 't', content: [] } }, { type: 'opaque' }],
    [{ newThing: { a: 1 } }, { type: 'opaque', data: { newThing: { a: 1 } } }],
    [{ reasoningContent: { later: 1 } }, { type: 'opaque' }],
    [{ image: { format: 'png', source: {} } }, { type: 'opaque' }],
  ])('has blocks of every kind: %j', (item, block) => {
    expect(read({ messages: [user(item)] }).turns[0]?.blocks).toMatchObject([block]);
  });

  it('has no empty text and no empty turns', () => {
    expect(read({ messages: [user({ text: '' }), user({ text: 'a' }, { text: '' })] }).turns).toEqual([
      { role: 'user', blocks: [{ type: 'text', text: 'a' }] },
    ]);
  });

  it('keeps a cache point that marks nothing we can mark', () => {
    const point = { cachePoint: { type: 'default' } };
    const signed = { reasoningContent: { reasoningText: { text: 'a', signature: 's' } } };
    expect(read({ messages: [assistant(signed, point)] }).turns[0]?.blocks[1]).toEqual({
      type: 'opaque',
      dialect: 'bedrock',
      data: point,
    });
  });

  it('gives signatures of others back to those who issued them', () => {
    const foreign = sealSignature({ value: 'proof', dialect: 'anthropic' }, 'bedrock');
    const beside = sealBeside(
      { of: 'next', signature: { value: 'thought', dialect: 'gemini' }, itemId: 'fc_1' },
      'bedrock',
    );
    const blocks = read({
      messages: [
        assistant(
          { reasoningContent: { reasoningText: { text: 'a', signature: foreign } } },
          { reasoningContent: { redactedContent: foreign } },
          { reasoningContent: { redactedContent: beside } },
          { toolUse: { toolUseId: 't', name: 'n', input: {} } },
        ),
      ],
    }).turns[0]?.blocks;
    const signature = { value: 'proof', dialect: 'anthropic' };
    expect(blocks).toEqual([
      { type: 'reasoning', text: 'a', signature },
      { type: 'reasoning', text: '', redacted: signature },
      {
        type: 'tool_call',
        id: 't',
        name: 'n',
        input: '{}',
        signature: { value: 'thought', dialect: 'gemini' },
        itemId: 'fc_1',
      },
    ]);
  });

  it.each<[Json, string | undefined]>([
    [null, undefined],
    [[], undefined],
    ['text', undefined],
    [{ messages: {} }, 'messages'],
    [{ messages: ['x'] }, 'messages.0'],
    [{ messages: [{ role: 'tool', content: [] }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user', content: 'text' }] }, 'messages.0.content'],
    [{ messages: [{ role: 'user', content: ['text'] }] }, 'messages.0.content'],
    [{ system: 'text' }, 'system'],
    [{ system: ['text'] }, 'system.0'],
    [{ inferenceConfig: [] }, 'inferenceConfig'],
    [{ inferenceConfig: { maxTokens: '5' } }, 'inferenceConfig.maxTokens'],
    [{ inferenceConfig: { stopSequences: [1] } }, 'inferenceConfig.stopSequences'],
    [{ toolConfig: { tools: [1] } }, 'toolConfig.tools.0'],
    [{ toolConfig: { tools: [{}] } }, 'toolConfig.tools.0'],
    [{ toolConfig: { tools: [{ toolSpec: {} }] } }, 'toolConfig.tools.0.toolSpec.name'],
    [{ toolConfig: { toolChoice: { none: {} } } }, 'toolConfig.toolChoice'],
    [{ requestMetadata: { a: 1 } }, 'requestMetadata'],
    [
      { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{' } } } } },
      'outputConfig.textFormat.structure.jsonSchema.schema',
    ],
  ])('is refused with the member at fault: %j', (body, param) => {
    const refusal = expect.objectContaining({ param });
    expect(() => read(body)).toThrow(Untranslatable);
    expect(() => read(body)).toThrow(refusal);
  });

  it('needs a model in the path', () => {
    const { model: _, ...nameless } = facts();
    expect(() => bedrockCaller.readRequest({}, nameless)).toThrow(Untranslatable);
  });

  it('may hold members of any name', () => {
    const body = parseExact('{"__proto__":{"a":1},"constructor":2,"messages":[],"toString":null}') ?? null;
    const { bedrock = {} } = read(body).ext;
    expect(Object.keys(bedrock)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(bedrock)).toBe(Object.prototype);
  });
});
