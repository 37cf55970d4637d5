import { ConverseCommand, type ConverseCommandOutput } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block, ChatRequest } from '../../canonical/chat-request.ts';
import { isJsonFields, parseExact, type JsonFields } from '../../canonical/json.ts';
import { sdkClient } from './__fixtures__/bedrock-sdk.ts';
import { read, readContext, replyContext } from './__fixtures__/calls.ts';
import { bedrockCaller } from './bedrock-caller.ts';
import { bedrockProvider } from './bedrock-provider.ts';

function reply(blocks: readonly Block[], more: Partial<ChatReply> = {}): ChatReply {
  return {
    id: 'r',
    created: 1,
    model: 'm',
    choices: [{ index: 0, blocks, stop: { reason: 'end' } }],
    ...more,
  };
}

function written(whole: ChatReply, said: Partial<ChatRequest> = {}): JsonFields {
  const body = parseExact(bedrockCaller.writeReply(whole, replyContext(said)));
  if (!isJsonFields(body)) throw new Error('the reply is no object');
  return body;
}

function contentOf(...blocks: Block[]): unknown {
  const { output } = written(reply(blocks));
  return isJsonFields(output) && isJsonFields(output['message']) ? output['message']['content'] : undefined;
}

async function readBySdk(body: string): Promise<ConverseCommandOutput> {
  const { client } = sdkClient({ body });
  return client.send(new ConverseCommand({ modelId: 'm', messages: [] }));
}

const gemini = (value: string): { readonly value: string; readonly dialect: 'gemini' } => ({
  value,
  dialect: 'gemini',
});

const PNG = 'iVBORw0KGgo=';

describe('a reply', () => {
  it('is what the official SDK reads', async () => {
    const whole: ChatReply = {
      ...reply([]),
      choices: [
        {
          index: 0,
          stop: { reason: 'tool_calls' },
          blocks: [
            { type: 'reasoning', text: ' Hm ', signature: { value: 'sig', dialect: 'bedrock' } },
            { type: 'reasoning', text: '', redacted: { value: 'AAEC', dialect: 'bedrock' } },
            { type: 'text', text: 'Grüße 🐦' },
            { type: 'refusal', text: 'No.' },
            { type: 'text', text: 'Cited', citations: [{ url: 'https://a.b', title: 'T', text: 'x' }] },
            { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: PNG } },
            { type: 'tool_call', id: 'call_1', name: 'find', input: '{"q":[1,{"a":null}]}' },
          ],
        },
      ],
      usage: { inputUncached: 10, cacheRead: 100, cacheWrite: 3, cacheWrite1h: 2, outputText: 5, reasoning: 2 },
    };
    const { $metadata, ...output } = await readBySdk(bedrockCaller.writeReply(whole, replyContext()));
    expect($metadata.httpStatusCode).toBe(200);
    expect(output).toEqual({
      output: {
        message: {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: ' Hm ', signature: 'sig' } } },
            { reasoningContent: { redactedContent: new Uint8Array([0, 1, 2]) } },
            { text: 'Grüße 🐦' },
            { text: 'No.' },
            {
              citationsContent: {
                content: [{ text: 'Cited' }],
                citations: [{ title: 'T', sourceContent: [{ text: 'x' }], location: { web: { url: 'https://a.b' } } }],
              },
            },
            { image: { format: 'png', source: { bytes: new Uint8Array(Buffer.from(PNG, 'base64')) } } },
            { toolUse: { toolUseId: 'call_1', name: 'find', input: { q: [1, { a: null }] } } },
          ],
        },
      },
      stopReason: 'tool_use',
      usage: {
        inputTokens: 10,
        outputTokens: 7,
        totalTokens: 120,
        cacheReadInputTokens: 100,
        cacheWriteInputTokens: 3,
        cacheDetails: [
          { ttl: '5m', inputTokens: 1 },
          { ttl: '1h', inputTokens: 2 },
        ],
      },
      metrics: { latencyMs: 0 },
    });
  });

  it('of the same dialect keeps everything', () => {
    const body: JsonFields = {
      output: {
        message: {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: '', signature: 's' } } },
            { reasoningContent: { reasoningText: { text: 'unsigned' } } },
            {
              citationsContent: {
                content: [{ text: 'a' }, { text: 'b' }],
                citations: [{ source: 'x', location: { documentChar: { documentIndex: 0, start: 1, end: 2 } } }],
              },
            },
            { toolUse: { toolUseId: 's', name: 'web', type: 'server_tool_use', input: {} } },
            { toolResult: { toolUseId: 's', type: 'web_result', content: [{ json: { a: 1 } }] } },
            { image: { format: 'png', source: { bytes: 'AA==' }, error: { message: 'blurred' } } },
            { later: { a: 1 } },
          ],
        },
      },
      stopReason: 'guardrail_intervened',
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
      metrics: { latencyMs: 5 },
      additionalModelResponseFields: { stop_sequence: 'END' },
      trace: { promptRouter: { invokedModelId: 'm' } },
      performanceConfig: { latency: 'standard' },
      serviceTier: { type: 'default' },
    };
    const canonical = bedrockProvider.readReply(body, readContext());
    if (canonical === undefined || 'kind' in canonical) throw new Error('no reply');
    expect(written(canonical)).toEqual(body);
  });

  it('has the sums that the dialect requires even where nothing was counted', () => {
    expect(written(reply([]))['usage']).toEqual({ inputTokens: 0, outputTokens: 0, totalTokens: 0 });
    expect(written(reply([], { choices: [] }))['stopReason']).toBe('end_turn');
  });

  it.each<[ChatReply['choices'][number]['stop'], string]>([
    [{ reason: 'end' }, 'end_turn'],
    [{ reason: 'length' }, 'max_tokens'],
    [{ reason: 'stop_sequence' }, 'stop_sequence'],
    [{ reason: 'tool_calls' }, 'tool_use'],
    [{ reason: 'content_filter', raw: 'SAFETY' }, 'content_filtered'],
    [{ reason: 'content_filter', raw: 'guardrail_intervened' }, 'guardrail_intervened'],
    [{ reason: 'refusal' }, 'content_filtered'],
    [{ reason: 'pause' }, 'end_turn'],
    [{ reason: 'context_exceeded' }, 'model_context_window_exceeded'],
    [{ reason: 'malformed_tool_call' }, 'malformed_tool_use'],
    [{ reason: 'malformed_tool_call', raw: 'malformed_model_output' }, 'malformed_model_output'],
    [{ reason: 'error' }, 'malformed_model_output'],
    [{ reason: 'unknown', raw: 'odd' }, 'end_turn'],
    [{ reason: 'tool_calls', raw: 'end_turn' }, 'tool_use'],
  ])('that ended with %j says %s', (stop, stopReason) => {
    expect(written(reply([], { choices: [{ index: 0, blocks: [], stop }] }))['stopReason']).toBe(stopReason);
  });

  it('says which sequence stopped it to those who asked', () => {
    const stopped = reply([], {
      choices: [{ index: 0, blocks: [], stop: { reason: 'stop_sequence', sequence: 'END' } }],
    });
    const asked = { ext: { bedrock: { additionalModelResponseFieldPaths: ['/stop_sequence'] } } };
    expect(written(stopped, asked)['additionalModelResponseFields']).toEqual({ stop_sequence: 'END' });
    expect(written(stopped)).not.toHaveProperty('additionalModelResponseFields');
  });

  it('has no empty text and no blocks of others', () => {
    expect(
      contentOf(
        { type: 'text', text: '' },
        { type: 'refusal', text: '' },
        { type: 'opaque', dialect: 'anthropic', data: { type: 'server_tool_use' } },
      ),
    ).toEqual([]);
  });

  it('names media that it cannot hold', () => {
    expect(
      contentOf(
        { type: 'media', kind: 'image', source: { via: 'url', url: 'https://a.b/c.png' } },
        { type: 'media', kind: 'audio', mime: 'audio/odd', source: { via: 'base64', data: 'AA==' } },
      ),
    ).toEqual([{ text: 'https://a.b/c.png' }, { text: expect.stringContaining('audio left out') }]);
  });

  it.each([
    ['', {}],
    ['{"a":', { _raw_arguments: '{"a":' }],
    ['"x"', { _raw_arguments: '"x"' }],
  ])('has an object for the arguments %j', (input, object) => {
    expect(contentOf({ type: 'tool_call', id: 't', name: 'n', input })).toEqual([
      { toolUse: { toolUseId: 't', name: 'n', input: object } },
    ]);
  });
});

describe("what other vendors sign comes back through the caller's history", () => {
  const blocks: Block[] = [
    { type: 'reasoning', text: 'a', signature: { value: 'sig', dialect: 'anthropic' } },
    { type: 'reasoning', text: '', redacted: { value: 'r=/+', dialect: 'anthropic' } },
    { type: 'reasoning', text: 'summary', redacted: { value: 'enc', dialect: 'openai-responses' }, itemId: 'rs_1' },
    { type: 'text', text: 'b', signature: gemini('text') },
    { type: 'tool_call', id: 't1', name: 'n', input: '{"a":1}', signature: gemini('call'), itemId: 'fc_1' },
    { type: 'tool_call', id: 't2', name: 'n', input: '{}' },
  ];

  it('as it was', async () => {
    const { output } = await readBySdk(bedrockCaller.writeReply(reply(blocks), replyContext()));
    const content = output?.message?.content ?? [];
    // What a client does with its history.
    const { client, sent } = sdkClient({ body: '{}' });
    await client.send(new ConverseCommand({ modelId: 'm', messages: [{ role: 'assistant', content }] }));
    const request = read(sent[0]?.body ?? null);
    expect(request.turns[0]?.blocks).toEqual([
      ...blocks.slice(0, 2),
      { type: 'reasoning', text: 'summary', itemId: 'rs_1' },
      { type: 'reasoning', text: '', redacted: { value: 'enc', dialect: 'openai-responses' } },
      ...blocks.slice(3),
    ]);
  });
});
