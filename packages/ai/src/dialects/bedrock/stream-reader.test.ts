import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { readContext, write } from './__fixtures__/calls.ts';
import { foldStream, frames, readStream, type Said } from './__fixtures__/streams.ts';
import { bedrockProvider } from './bedrock-provider.ts';

const START: Said = ['messageStart', { role: 'assistant', p: 'abcd' }];
const delta = (contentBlockIndex: number, said: object): Said => [
  'contentBlockDelta',
  { contentBlockIndex, delta: said, p: 'ab' },
];
const begin = (contentBlockIndex: number, start: object): Said => ['contentBlockStart', { contentBlockIndex, start }];
const end = (contentBlockIndex: number): Said => ['contentBlockStop', { contentBlockIndex }];
const stop = (stopReason: string, more: object = {}): Said => ['messageStop', { stopReason, ...more }];
const USAGE: Said = [
  'metadata',
  { usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15, cacheReadInputTokens: 2 }, metrics: { latencyMs: 1 } },
];
const call = (toolUseId: string, name = 'find'): object => ({ toolUse: { toolUseId, name } });

const WHOLE: readonly Said[] = [
  START,
  delta(0, { reasoningContent: { text: ' Hm' } }),
  delta(0, { reasoningContent: { text: ' 🐦 ' } }),
  delta(0, { reasoningContent: { signature: 'sig' } }),
  end(0),
  delta(1, { reasoningContent: { redactedContent: 'AAEC' } }),
  end(1),
  delta(2, { text: 'Grü' }),
  delta(2, { text: 'ße' }),
  delta(2, { citation: { title: 'T', location: { web: { url: 'u' } } } }),
  end(2),
  begin(3, call('t1')),
  delta(3, { toolUse: { input: '' } }),
  delta(3, { toolUse: { input: '{"q"' } }),
  delta(3, { toolUse: { input: ':1}' } }),
  end(3),
  begin(4, call('t2')),
  end(4),
  stop('tool_use'),
  USAGE,
];

const EVENTS: readonly StreamEvent[] = [
  { t: 'start', id: 'msg_1', model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', created: 1_700_000_000 },
  { t: 'block', choice: 0, index: 0, block: { type: 'reasoning' } },
  { t: 'delta', choice: 0, index: 0, delta: { text: ' Hm' } },
  { t: 'delta', choice: 0, index: 0, delta: { text: ' 🐦 ' } },
  { t: 'delta', choice: 0, index: 0, delta: { signature: { value: 'sig', dialect: 'bedrock' } } },
  { t: 'block_stop', choice: 0, index: 0 },
  { t: 'block', choice: 0, index: 1, block: { type: 'reasoning', redacted: { value: 'AAEC', dialect: 'bedrock' } } },
  { t: 'block_stop', choice: 0, index: 1 },
  { t: 'block', choice: 0, index: 2, block: { type: 'text' } },
  { t: 'delta', choice: 0, index: 2, delta: { text: 'Grü' } },
  { t: 'delta', choice: 0, index: 2, delta: { text: 'ße' } },
  {
    t: 'delta',
    choice: 0,
    index: 2,
    delta: {
      citation: {
        title: 'T',
        url: 'u',
        raw: { dialect: 'bedrock', data: { title: 'T', location: { web: { url: 'u' } } } },
      },
    },
  },
  { t: 'block_stop', choice: 0, index: 2 },
  { t: 'block', choice: 0, index: 3, block: { type: 'tool_call', id: 't1', name: 'find' } },
  { t: 'delta', choice: 0, index: 3, delta: { input: '{"q"' } },
  { t: 'delta', choice: 0, index: 3, delta: { input: ':1}' } },
  { t: 'block_stop', choice: 0, index: 3 },
  { t: 'block', choice: 0, index: 4, block: { type: 'tool_call', id: 't2', name: 'find' } },
  { t: 'delta', choice: 0, index: 4, delta: { input: '{}' } },
  { t: 'block_stop', choice: 0, index: 4 },
  { t: 'stop', choice: 0, stop: { reason: 'tool_calls', raw: 'tool_use' } },
  { t: 'usage', usage: { inputUncached: 10, cacheRead: 2, outputText: 5 } },
  { t: 'done' },
];

const types = (events: readonly StreamEvent[]): string => events.map(({ t }) => t).join(' ');

describe('a stream', () => {
  it('is read event by event', () => {
    expect(readStream(frames(...WHOLE))).toEqual(EVENTS);
  });

  it('may be cut at every byte', () => {
    const bytes = frames(...WHOLE);
    for (let cut = 1; cut < bytes.length; cut++) expect(readStream(bytes, {}, [cut])).toEqual(EVENTS);
    expect(
      readStream(
        bytes,
        {},
        Array.from({ length: bytes.length - 1 }, (_, at) => at + 1),
      ),
    ).toEqual(EVENTS);
  });

  it('folds to the reply that comes without streaming', () => {
    const content: JsonFields[] = [
      { reasoningContent: { reasoningText: { text: ' Hm 🐦 ', signature: 'sig' } } },
      { reasoningContent: { redactedContent: 'AAEC' } },
      {
        citationsContent: {
          content: [{ text: 'Grüße' }],
          citations: [{ title: 'T', location: { web: { url: 'u' } } }],
        },
      },
      { toolUse: { toolUseId: 't1', name: 'find', input: { q: 1 } } },
      { toolUse: { toolUseId: 't2', name: 'find', input: {} } },
    ];
    const plain = bedrockProvider.readReply(
      {
        output: { message: { role: 'assistant', content } },
        stopReason: 'tool_use',
        usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15, cacheReadInputTokens: 2 },
      },
      readContext(),
    );
    expect(foldStream(readStream(frames(...WHOLE)))).toEqual(plain);
  });

  it('numbers its blocks densely, whatever the wire says', () => {
    const events = readStream(
      frames(
        START,
        end(0),
        delta(3, { text: '' }),
        delta(7, { text: 'a' }),
        end(7),
        delta(2, { text: 'b' }),
        stop('end_turn'),
      ),
    );
    expect(events.filter(({ t }) => t === 'block')).toMatchObject([{ index: 0 }, { index: 1 }]);
  });

  it('without a stop of a block closes it all the same', () => {
    const events = readStream(
      frames(
        START,
        delta(0, { text: 'a' }),
        delta(1, { reasoningContent: { text: 'b' } }),
        begin(2, call('t')),
        stop('tool_use'),
      ),
    );
    expect(types(events)).toBe('start block delta block_stop block delta block_stop block delta block_stop stop done');
  });

  it('without indexes goes on with the block that is open', () => {
    const said: readonly Said[] = [
      START,
      ['contentBlockStart', { start: call('t') }],
      ['contentBlockDelta', { delta: { toolUse: { input: '{}' } } }],
      ['contentBlockStop', {}],
      stop('tool_use'),
    ];
    expect(types(readStream(frames(...said)))).toBe('start block delta block_stop stop done');
  });

  it('may say two calls at once', () => {
    const events = readStream(
      frames(
        START,
        begin(0, call('a')),
        begin(1, call('b')),
        delta(0, { toolUse: { input: '{"a":1}' } }),
        delta(1, { toolUse: { input: '{"b":1}' } }),
        end(0),
        end(1),
        stop('tool_use'),
      ),
    );
    expect(foldStream(events)).toMatchObject({ choices: [{ blocks: [{ input: '{"a":1}' }, { input: '{"b":1}' }] }] });
  });

  it('may begin another call under the same index', () => {
    const events = readStream(frames(START, begin(0, call('a')), begin(0, call('b')), stop('tool_use')));
    expect(foldStream(events)).toMatchObject({ choices: [{ blocks: [{ id: 'a' }, { id: 'b' }] }] });
  });

  it('may change what it says under the same index', () => {
    const events = readStream(
      frames(
        START,
        delta(0, { reasoningContent: { text: 'a' } }),
        delta(0, { reasoningContent: { redactedContent: 'AA==' } }),
        delta(0, { text: 'b' }),
        stop('end_turn'),
      ),
    );
    expect(foldStream(events)).toMatchObject({
      choices: [{ blocks: [{ text: 'a' }, { redacted: { value: 'AA==' } }, { type: 'text', text: 'b' }] }],
    });
  });

  it('keeps a signature without any text', () => {
    const events = readStream(
      frames(START, delta(0, { reasoningContent: { signature: 's' } }), end(0), stop('end_turn')),
    );
    expect(foldStream(events)).toMatchObject({
      choices: [{ blocks: [{ type: 'reasoning', text: '', signature: { value: 's' } }] }],
    });
  });

  it('joins redacted content as the bytes that it is', () => {
    const pieces = ['AA==', 'AQI='].map((redactedContent) => delta(0, { reasoningContent: { redactedContent } }));
    expect(foldStream(readStream(frames(START, ...pieces, end(0), stop('end_turn'))))).toMatchObject({
      choices: [{ blocks: [{ redacted: { value: 'AAEC' } }] }],
    });
  });

  it('leaves what it does not know aside', () => {
    const said: readonly Said[] = [
      START,
      ['initial-response', {}],
      ['somethingNew', { a: 1 }],
      begin(0, { novel: {} }),
      delta(0, { novel: {} }),
      delta(0, { toolUse: { input: 'lost' } }),
      delta(0, { text: 'a' }),
      ['contentBlockDelta', { contentBlockIndex: 'x', delta: [] }],
      ['contentBlockDelta', 'text'],
      ['contentBlockStart', null],
      stop('end_turn'),
      delta(0, { text: 'late' }),
      stop('max_tokens'),
      ['metadata', { usage: null }],
    ];
    expect(types(readStream(frames(...said)))).toBe('start block delta block_stop stop done');
  });

  it('gives whole what the vendor runs or draws itself', () => {
    const events = readStream(
      frames(
        START,
        begin(0, { toolUse: { toolUseId: 's', name: 'web', type: 'server_tool_use' } }),
        delta(0, { toolUse: { input: '{"q":' } }),
        delta(0, { toolUse: { input: '"x"}' } }),
        end(0),
        begin(1, { toolResult: { toolUseId: 's', type: 'web_result' } }),
        delta(1, { toolResult: [{ json: { a: 1 } }] }),
        delta(1, { toolResult: [{ text: 'b' }] }),
        end(1),
        begin(2, { image: { format: 'png' } }),
        delta(2, { image: { source: { bytes: 'AA==' } } }),
        end(2),
        stop('end_turn'),
      ),
    );
    const content: JsonFields[] = [
      { toolUse: { toolUseId: 's', name: 'web', type: 'server_tool_use', input: { q: 'x' } } },
      { toolResult: { toolUseId: 's', type: 'web_result', content: [{ json: { a: 1 } }, { text: 'b' }] } },
      { image: { format: 'png', source: { bytes: 'AA==' } } },
    ];
    const plain = { output: { message: { content } }, stopReason: 'end_turn' };
    expect(foldStream(events)).toEqual(bedrockProvider.readReply(plain, readContext()));
  });

  it("calls tools by the caller's names, and unwraps free text", () => {
    const tools: ChatRequest['tools'] = [
      { kind: 'function', name: 'bird.finder' },
      { kind: 'custom', name: 'shell' },
    ];
    const wire = /"name":"(bird[^"]*)"/.exec(JSON.stringify(write({ tools }).body))?.[1];
    const bytes = frames(
      START,
      begin(0, call('a', wire)),
      end(0),
      begin(1, call('b', 'shell')),
      delta(1, { toolUse: { input: '{"input":"l' } }),
      delta(1, { toolUse: { input: 's"}' } }),
      end(1),
      stop('tool_use'),
    );
    expect(foldStream(readStream(bytes, { tools }))).toMatchObject({
      choices: [
        {
          blocks: [
            { name: 'bird.finder', input: '{}' },
            { name: 'shell', input: 'ls', custom: true },
          ],
        },
      ],
    });
  });

  it.each<[string, readonly Said[], object]>([
    ['calls and a plain stop', [begin(0, call('t')), stop('end_turn')], { reason: 'tool_calls' }],
    ['no calls', [stop('tool_use')], { reason: 'end' }],
    [
      'half a call',
      [begin(0, call('t')), delta(0, { toolUse: { input: '{"a' } }), stop('max_tokens')],
      { reason: 'length' },
    ],
    [
      'a stop sequence',
      [stop('stop_sequence', { additionalModelResponseFields: { stop_sequence: 'END' } })],
      { reason: 'stop_sequence', sequence: 'END' },
    ],
  ])('with %s has its reason', (_what, said, reason) => {
    expect(readStream(frames(START, ...said)).find(({ t }) => t === 'stop')).toMatchObject({ stop: reason });
  });
});

describe('a stream that breaks', () => {
  it('at any byte in front of its stop is never done', () => {
    const bytes = frames(...WHOLE.slice(0, -2));
    for (let length = 0; length <= bytes.length; length++) {
      const events = readStream(bytes.subarray(0, length));
      expect(events.some(({ t }) => t === 'stop' || t === 'done' || t === 'error')).toBe(false);
    }
  });

  it('behind its stop is done, without usage', () => {
    expect(types(readStream(frames(...WHOLE.slice(0, -1))).slice(-2))).toBe('stop done');
  });

  it.each([
    ['throttlingException', 'rate_limited'],
    ['serviceUnavailableException', 'overloaded'],
    ['internalServerException', 'upstream'],
    ['modelStreamErrorException', 'upstream'],
    ['validationException', 'invalid_request'],
    ['modelTimeoutException', 'timeout'],
    ['brandNewException', 'upstream'],
  ])('by an exception is an error: %s', (type, kind) => {
    const events = readStream(
      frames(START, delta(0, { text: 'a' }), [type, { message: 'Odd' }], delta(0, { text: 'b' }), stop('end_turn')),
    );
    expect(types(events)).toBe('start block delta error');
    expect(events.at(-1)).toMatchObject({ error: { kind } });
  });

  it('before it starts is nothing but an error', () => {
    const events = readStream(frames(['validationException', { message: 'Input is too long for requested model.' }]));
    expect(events).toMatchObject([{ t: 'error', error: { kind: 'context_length', retryElsewhere: false } }]);
  });

  it('by a message of another name is an error too', () => {
    const events = readStream(frames(START, ['InternalFailure', { message: 'x' }]));
    expect(types(events)).toBe('start error');
    expect(types(readStream(frames(START, ['odd', { message: 'x' }])))).toBe('start error');
  });

  it('may do so behind its stop', () => {
    expect(types(readStream(frames(START, stop('end_turn'), ['throttlingException', {}])))).toBe('start stop error');
  });
});

it('reads twenty thousand events in much less than a second', () => {
  const record = { raw: Buffer.alloc(0), type: 'contentBlockDelta', complete: true };
  const reader = bedrockProvider.streamReader(readContext());
  let count = 0;
  const started = process.threadCpuUsage();
  for (let n = 0; n < 20_000; n++) {
    reader.read(
      { ...record, data: `{"contentBlockIndex":0,"delta":{"text":"token ${n}"},"p":"abcdefghijkl"}` },
      () => count++,
    );
  }
  const { user, system } = process.threadCpuUsage(started);
  expect(count).toBe(20_002);
  expect((user + system) / 1000).toBeLessThan(1000);
});
