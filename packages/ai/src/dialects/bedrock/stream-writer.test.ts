import { ConverseStreamCommand, type ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import type { CallerError } from '../../canonical/dialect.ts';
import { unfoldReply } from '../../canonical/fold-stream.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import type { ProviderError } from '../../provider-error.ts';
import { eventsOf, sdkClient } from './__fixtures__/bedrock-sdk.ts';
import { read, readContext, replyContext } from './__fixtures__/calls.ts';
import { contentOf, foldStream, frames, readStream, saidIn, writeStream } from './__fixtures__/streams.ts';
import { sealBeside } from '../../canonical/beside-blocks.ts';
import { bedrockCaller } from './bedrock-caller.ts';
import { bedrockProvider } from './bedrock-provider.ts';

const START: StreamEvent = { t: 'start', id: 'r', model: 'm', created: 1 };
const STOP: StreamEvent = { t: 'stop', choice: 0, stop: { reason: 'end' } };
const DONE: StreamEvent = { t: 'done' };
const block = (index: number, begun: Extract<StreamEvent, { readonly t: 'block' }>['block']): StreamEvent => ({
  t: 'block',
  choice: 0,
  index,
  block: begun,
});
const delta = (index: number, said: Extract<StreamEvent, { readonly t: 'delta' }>['delta']): StreamEvent => ({
  t: 'delta',
  choice: 0,
  index,
  delta: said,
});
const end = (index: number): StreamEvent => ({ t: 'block_stop', choice: 0, index });
const call = (id: string): Extract<StreamEvent, { readonly t: 'block' }>['block'] => ({
  type: 'tool_call',
  id,
  name: 'find',
});

async function readBySdk(body: Buffer): Promise<ConverseStreamOutput[]> {
  const { client } = sdkClient({ body, headers: { 'content-type': bedrockCaller.streamType } });
  const { stream } = await client.send(new ConverseStreamCommand({ modelId: 'm', messages: [] }));
  return eventsOf(stream);
}

describe('a stream', () => {
  const events: readonly StreamEvent[] = [
    START,
    block(0, { type: 'reasoning' }),
    delta(0, { text: ' Hm ' }),
    delta(0, { signature: { value: 'sig', dialect: 'bedrock' } }),
    end(0),
    block(1, { type: 'reasoning', redacted: { value: 'AAEC', dialect: 'bedrock' } }),
    end(1),
    block(2, { type: 'text' }),
    delta(2, { text: 'Grüße "🐦"' }),
    { t: 'ping' },
    delta(2, { citation: { title: 'T', url: 'u', text: 'x' } }),
    end(2),
    block(3, call('t1')),
    delta(3, { input: '{"q"' }),
    delta(3, { input: ':1}' }),
    end(3),
    block(4, call('t2')),
    end(4),
    { t: 'usage', usage: { inputUncached: 1, outputText: 0 } },
    { t: 'stop', choice: 0, stop: { reason: 'tool_calls' } },
    { t: 'usage', usage: { inputUncached: 10, cacheRead: 2, outputText: 5, reasoning: 1 } },
    DONE,
  ];

  it('is what the official SDK reads', async () => {
    expect(await readBySdk(writeStream(events))).toEqual([
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: ' Hm ' } } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'sig' } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      {
        contentBlockDelta: {
          contentBlockIndex: 1,
          delta: { reasoningContent: { redactedContent: new Uint8Array([0, 1, 2]) } },
        },
      },
      { contentBlockStop: { contentBlockIndex: 1 } },
      { contentBlockDelta: { contentBlockIndex: 2, delta: { text: 'Grüße "🐦"' } } },
      {
        contentBlockDelta: {
          contentBlockIndex: 2,
          delta: { citation: { title: 'T', sourceContent: [{ text: 'x' }], location: { web: { url: 'u' } } } },
        },
      },
      { contentBlockStop: { contentBlockIndex: 2 } },
      { contentBlockStart: { contentBlockIndex: 3, start: { toolUse: { toolUseId: 't1', name: 'find' } } } },
      { contentBlockDelta: { contentBlockIndex: 3, delta: { toolUse: { input: '{"q"' } } } },
      { contentBlockDelta: { contentBlockIndex: 3, delta: { toolUse: { input: ':1}' } } } },
      { contentBlockStop: { contentBlockIndex: 3 } },
      { contentBlockStart: { contentBlockIndex: 4, start: { toolUse: { toolUseId: 't2', name: 'find' } } } },
      { contentBlockDelta: { contentBlockIndex: 4, delta: { toolUse: { input: '{}' } } } },
      { contentBlockStop: { contentBlockIndex: 4 } },
      { messageStop: { stopReason: 'tool_use' } },
      {
        metadata: {
          usage: { inputTokens: 10, outputTokens: 6, totalTokens: 18, cacheReadInputTokens: 2 },
          metrics: { latencyMs: 0 },
        },
      },
    ]);
  });

  it('says one block at a time', () => {
    const said = saidIn(
      writeStream([
        START,
        block(0, call('a')),
        block(1, call('b')),
        delta(1, { input: '{"b":1}' }),
        block(2, call('c')),
        end(2),
        end(1),
        delta(0, { input: '{"a":1}' }),
        end(0),
        STOP,
        DONE,
      ]),
    );
    const indexes = said
      .slice(1, -2)
      .map(([type, payload]) => `${type.slice(12)} ${JSON.stringify(payload).replace(/\D*(\d+).*/, '$1')}`);
    expect(indexes).toEqual([
      'Start 0',
      'Delta 0',
      'Stop 0',
      'Start 1',
      'Delta 1',
      'Stop 1',
      'Start 2',
      'Delta 2',
      'Stop 2',
    ]);
  });

  it('has no block that says nothing', () => {
    const said = saidIn(
      writeStream([
        START,
        block(0, { type: 'text' }),
        delta(0, { text: '' }),
        end(0),
        block(1, { type: 'reasoning' }),
        end(1),
        block(2, { type: 'refusal' }),
        delta(2, { text: 'No.' }),
        end(2),
        STOP,
        DONE,
      ]),
    );
    expect(said.slice(1, -2)).toEqual([
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'No.' } }],
      ['contentBlockStop', { contentBlockIndex: 0 }],
    ]);
  });

  it('says nothing to keep a connection alive, and nothing of other choices', () => {
    const writer = bedrockCaller.streamWriter(replyContext());
    expect(writer.keepAlive()).toBe('');
    expect(writer.write({ t: 'ping' })).toBe('');
    expect(writer.write({ t: 'block', choice: 1, index: 0, block: { type: 'text' } })).toBe('');
    expect(writer.write({ t: 'stop', choice: 1, stop: { reason: 'end' } })).toBe('');
  });

  it('always ends with usage', () => {
    expect(saidIn(writeStream([START, STOP, DONE])).at(-1)).toEqual([
      'metadata',
      { metrics: { latencyMs: 0 }, usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 } },
    ]);
  });

  it('puts free text in an object once it is whole', () => {
    const said = saidIn(
      writeStream([
        START,
        block(0, { type: 'tool_call', id: 't', name: 'shell', custom: true }),
        delta(0, { input: 'l' }),
        delta(0, { input: 's' }),
        end(0),
        STOP,
        DONE,
      ]),
    );
    expect(said[2]).toEqual([
      'contentBlockDelta',
      { contentBlockIndex: 0, delta: { toolUse: { input: '{"input":"ls"}' } } },
    ]);
  });

  it('says which sequence stopped it to those who asked', () => {
    const stop: StreamEvent = { t: 'stop', choice: 0, stop: { reason: 'stop_sequence', sequence: 'END' } };
    const asked = { ext: { bedrock: { additionalModelResponseFieldPaths: ['/stop_sequence'] } } };
    expect(saidIn(writeStream([START, stop, DONE], asked))[1]).toEqual([
      'messageStop',
      { stopReason: 'stop_sequence', additionalModelResponseFields: { stop_sequence: 'END' } },
    ]);
  });
});

const gemini = (value: string): { readonly value: string; readonly dialect: 'gemini' } => ({
  value,
  dialect: 'gemini',
});

const REPLY: ChatReply = {
  id: 'msg_1',
  created: 1_700_000_000,
  model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  choices: [
    {
      index: 0,
      stop: { reason: 'tool_calls', raw: 'tool_use' },
      blocks: [
        { type: 'reasoning', text: 'a', signature: { value: 's', dialect: 'bedrock' } },
        { type: 'reasoning', text: '', redacted: { value: 'AAEC', dialect: 'bedrock' } },
        { type: 'text', text: 'b' },
        {
          type: 'opaque',
          dialect: 'bedrock',
          data: { toolUse: { toolUseId: 's', name: 'w', type: 'server_tool_use', input: { q: 1 } } },
        },
        {
          type: 'opaque',
          dialect: 'bedrock',
          data: { toolResult: { toolUseId: 's', type: 'w', content: [{ text: 'x' }] } },
        },
        { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0KGgo=' } },
        { type: 'tool_call', id: 't', name: 'n', input: '{"a":1}' },
      ],
    },
  ],
  usage: { inputUncached: 3, cacheRead: 1, cacheWrite: 0, outputText: 2 },
};

describe('there and back', () => {
  it('a stream of this dialect stays what it is', () => {
    expect(foldStream(readStream(writeStream(unfoldReply(REPLY))))).toEqual(REPLY);
  });

  it('a reply that was not streamed says all that it said', () => {
    const ext = { metrics: { latencyMs: 5 }, serviceTier: { type: 'flex' }, additionalModelResponseFields: { a: 1 } };
    const said = saidIn(writeStream(unfoldReply({ ...REPLY, ext: { bedrock: ext } })));
    expect(said.slice(-2)).toEqual([
      ['messageStop', { stopReason: 'tool_use', additionalModelResponseFields: { a: 1 } }],
      ['metadata', { metrics: { latencyMs: 5 }, serviceTier: { type: 'flex' }, usage: expect.any(Object) }],
    ]);
  });

  it('the bytes of a provider are written again as they were', () => {
    const bytes = frames(
      ['messageStart', { role: 'assistant' }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'a' } }],
      ['contentBlockStop', { contentBlockIndex: 0 }],
      ['contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't', name: 'n' } } }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{}' } } }],
      ['contentBlockStop', { contentBlockIndex: 1 }],
      ['messageStop', { stopReason: 'tool_use' }],
      ['metadata', { metrics: { latencyMs: 0 }, usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } }],
    );
    expect(writeStream(readStream(bytes))).toEqual(bytes);
  });

  it('what others sign survives the history of the caller, as in a reply that is not streamed', () => {
    const blocks: Block[] = [
      { type: 'reasoning', text: 'a', signature: { value: 'sig', dialect: 'anthropic' }, itemId: 'rs_1' },
      { type: 'reasoning', text: '', redacted: { value: 'r', dialect: 'anthropic' } },
      { type: 'reasoning', text: 'unsigned' },
      { type: 'text', text: 'b', signature: gemini('text') },
      { type: 'tool_call', id: 't1', name: 'n', input: '{"a":1}', signature: gemini('call'), itemId: 'fc_1' },
      { type: 'tool_call', id: 't2', name: 'n', input: '{}' },
    ];
    const reply: ChatReply = { ...REPLY, choices: [{ index: 0, blocks, stop: { reason: 'tool_calls' } }] };
    const streamed = contentOf(writeStream(unfoldReply(reply)));
    const plain = JSON.parse(bedrockCaller.writeReply(reply, replyContext())).output.message.content;
    expect(streamed).toEqual(plain);
    expect(read({ messages: [{ role: 'assistant', content: plain }] }).turns[0]?.blocks).toEqual(blocks);
  });

  it('what looks like ours in the reply of a provider is left as it is', () => {
    const redactedContent = sealBeside({ of: 'next', itemId: 'x' }, 'bedrock');
    const item = { reasoningContent: { redactedContent } };
    const bytes = frames(
      ['messageStart', { role: 'assistant' }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: item }],
      ['messageStop', { stopReason: 'end_turn' }],
    );
    const plain = { output: { message: { content: [item] } }, stopReason: 'end_turn' };
    expect(foldStream(readStream(bytes))).toEqual(bedrockProvider.readReply(plain, readContext()));
  });
});

const ERROR: CallerError = {
  status: 503,
  kind: 'overloaded',
  code: 'provider.overloaded',
  message: 'Busy "now"',
  retry: true,
  requestId: 'r',
};

describe('a stream that breaks', () => {
  it.each<[Partial<CallerError>, string]>([
    [{}, 'ServiceUnavailableException'],
    [{ kind: 'rate_limited' }, 'ThrottlingException'],
    [{ kind: 'upstream' }, 'InternalServerException'],
    [{ kind: 'upstream', retry: false }, 'ModelStreamErrorException'],
    [{ kind: 'timeout' }, 'ModelStreamErrorException'],
    [{ kind: 'authentication', status: 502, retry: false }, 'ModelStreamErrorException'],
    [{ kind: 'invalid_request' }, 'ValidationException'],
    [{ kind: 'too_large' }, 'ValidationException'],
  ])('by %j makes the official SDK throw %s', async (change, name) => {
    const last = bedrockCaller.streamWriter(replyContext()).fail({ ...ERROR, ...change });
    const bytes = Buffer.concat([
      writeStream([START, block(0, { type: 'text' }), delta(0, { text: 'a' })]),
      Buffer.from(last),
    ]);
    await expect(readBySdk(bytes)).rejects.toMatchObject({ name, message: 'Busy "now"' });
  });

  it("by a provider's word ends with it", async () => {
    const failure = bedrockProvider.readError(429, '{"message":"slow"}');
    const error: ProviderError = { ...failure, body: '{"error":{"message":"other dialect"}}' };
    const bytes = writeStream([START, { t: 'error', error }]);
    await expect(readBySdk(bytes)).rejects.toMatchObject({ name: 'ThrottlingException', message: error.message });
  });
});

it('writes twenty thousand events in much less than a second', () => {
  const writer = bedrockCaller.streamWriter(replyContext());
  writer.write(START);
  writer.write(block(0, { type: 'text' }));
  const started = process.threadCpuUsage();
  for (let n = 0; n < 20_000; n++) writer.write(delta(0, { text: `token ${n}` }));
  const { user, system } = process.threadCpuUsage(started);
  expect((user + system) / 1000).toBeLessThan(1000);
});
