import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import { readContext, write } from './__fixtures__/calls.ts';
import { bedrockProvider } from './bedrock-provider.ts';

const reply = (content: readonly JsonFields[], more: JsonFields = {}): JsonFields => ({
  output: { message: { role: 'assistant', content } },
  stopReason: 'end_turn',
  usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
  metrics: { latencyMs: 7 },
  ...more,
});

const read = (body: Json, said: Partial<ChatRequest> = {}): unknown =>
  bedrockProvider.readReply(body, readContext(said));

describe('a reply', () => {
  it('is read with everything that it says', () => {
    const trace = { guardrail: { actionReason: 'x' } };
    const body = reply(
      [
        { reasoningContent: { reasoningText: { text: ' Hm ', signature: 'sig' } } },
        { reasoningContent: { redactedContent: 'AAEC' } },
        { text: 'So' },
        { toolUse: { toolUseId: 't1', name: 'find', input: { q: 1 } } },
      ],
      {
        stopReason: 'tool_use',
        usage: {
          inputTokens: 10,
          outputTokens: 5,
          totalTokens: 118,
          cacheReadInputTokens: 100,
          cacheWriteInputTokens: 3,
          cacheDetails: [
            { ttl: '5m', inputTokens: 1 },
            { ttl: '1h', inputTokens: 2 },
          ],
        },
        trace,
        serviceTier: { type: 'flex' },
      },
    );
    expect(read(body)).toEqual({
      id: 'msg_1',
      created: 1_700_000_000,
      model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      choices: [
        {
          index: 0,
          blocks: [
            { type: 'reasoning', text: ' Hm ', signature: { value: 'sig', dialect: 'bedrock' } },
            { type: 'reasoning', text: '', redacted: { value: 'AAEC', dialect: 'bedrock' } },
            { type: 'text', text: 'So' },
            { type: 'tool_call', id: 't1', name: 'find', input: '{"q":1}' },
          ],
          stop: { reason: 'tool_calls', raw: 'tool_use' },
        },
      ],
      usage: { inputUncached: 10, cacheRead: 100, cacheWrite: 3, cacheWrite1h: 2, outputText: 5 },
      ext: { bedrock: { metrics: { latencyMs: 7 }, trace, serviceTier: { type: 'flex' } } },
    });
  });

  const use = { toolUse: { toolUseId: 't', name: 'n', input: {} } };

  it.each<[string, readonly JsonFields[], object]>([
    ['end_turn', [], { reason: 'end' }],
    ['end_turn', [use], { reason: 'tool_calls' }],
    ['tool_use', [use], { reason: 'tool_calls' }],
    ['tool_use', [], { reason: 'end' }],
    ['max_tokens', [use], { reason: 'length' }],
    ['stop_sequence', [], { reason: 'stop_sequence' }],
    ['guardrail_intervened', [], { reason: 'content_filter' }],
    ['content_filtered', [use], { reason: 'content_filter' }],
    ['malformed_model_output', [], { reason: 'malformed_tool_call' }],
    ['malformed_tool_use', [], { reason: 'malformed_tool_call' }],
    ['model_context_window_exceeded', [], { reason: 'context_exceeded' }],
    ['something_new', [], { reason: 'unknown', raw: 'something_new' }],
    ['constructor', [], { reason: 'unknown' }],
  ])('stopped by %s is understood', (stopReason, content, stop) => {
    expect(read(reply(content, { stopReason }))).toMatchObject({ choices: [{ stop }] });
  });

  it('says which sequence stopped it', () => {
    const more = { stopReason: 'stop_sequence', additionalModelResponseFields: { stop_sequence: 'END' } };
    expect(read(reply([], more))).toMatchObject({ choices: [{ stop: { reason: 'stop_sequence', sequence: 'END' } }] });
  });

  it("calls tools by the caller's names", () => {
    const name = 'bird.finder';
    const tools: ChatRequest['tools'] = [
      { kind: 'function', name },
      { kind: 'custom', name: 'shell' },
    ];
    const wire = /"name":"(bird[^"]*)"/.exec(JSON.stringify(write({ tools }).body))?.[1] ?? '';
    expect(wire).not.toBe(name);
    const content = [
      { toolUse: { toolUseId: 'a', name: wire, input: {} } },
      { toolUse: { toolUseId: 'b', name: 'shell', input: { input: 'ls' } } },
      { toolUse: { toolUseId: 'c', name: 'shell', input: { other: 1 } } },
    ];
    expect(read(reply(content), { tools })).toMatchObject({
      choices: [
        {
          blocks: [
            { name, input: '{}' },
            { name: 'shell', input: 'ls', custom: true },
            { name: 'shell', input: '{"other":1}', custom: true },
          ],
        },
      ],
    });
  });

  it('keeps digits that a double cannot hold', () => {
    const body = parseExact(
      '{"output":{"message":{"content":[{"toolUse":{"toolUseId":"t","name":"n","input":{"id":12345678901234567890}}}]}}}',
    );
    expect(read(body ?? null)).toMatchObject({ choices: [{ blocks: [{ input: '{"id":12345678901234567890}' }] }] });
  });

  it('has usage only when it is told', () => {
    expect(read(reply([], { usage: null }))).not.toHaveProperty('usage');
    expect(read(reply([], { usage: { inputTokens: '1', outputTokens: 2 } }))).not.toHaveProperty('usage');
  });

  it('can be a failure under a status of success', () => {
    expect(read({ __type: 'ThrottlingException', message: 'slow' })).toMatchObject({ kind: 'rate_limited' });
    expect(read({ message: 'broken' })).toMatchObject({ kind: 'upstream', retryElsewhere: true });
  });

  it.each<[Json]>([[null], ['x'], [[]], [{}], [{ output: 1 }], [{ output: { message: [] } }], [{ message: '' }]])(
    'is none: %j',
    (body) => {
      expect(read(body)).toBeUndefined();
    },
  );

  it('with parts of any shape does not fail', () => {
    const odd = [1, null, {}, { text: 5 }, { toolUse: [] }, { toolUse: { name: 'n' } }, { reasoningContent: 3 }];
    const body = { output: { message: { content: odd } }, usage: [], stopReason: 7 };
    expect(read(body)).toMatchObject({ choices: [{ stop: { reason: 'unknown' } }] });
    expect(read({ output: { message: { content: 'text' } } })).toMatchObject({ choices: [{ blocks: [] }] });
  });
});
