import { describe, expect, it } from 'vitest';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Losses, Untranslatable } from '../../canonical/loss.ts';
import { StreamCheck } from '../../canonical/check-stream.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { facts, readContext, replyContext, target } from './__fixtures__/calls.ts';
import { bedrockCaller } from './bedrock-caller.ts';
import { bedrockProvider } from './bedrock-provider.ts';
import { isList } from './expect-json.ts';

/** The same numbers every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ODD: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e300,
  '',
  'text',
  ' ',
  '\ud800',
  [],
  [[]],
  {},
  { __proto__: null },
  [{ text: 1 }],
  { text: { text: {} } },
];

/** A copy in which some parts are something else. */
function mutate(value: Json, random: () => number): Json {
  if (random() < 0.04) return ODD[Math.floor(random() * ODD.length)] ?? null;
  if (isList(value)) return value.flatMap((item) => (random() < 0.05 ? [] : [mutate(item, random)]));
  if (!isJsonFields(value)) return value;
  const entries = Object.entries(value).filter(() => random() > 0.03);
  return Object.fromEntries(entries.map(([name, member]): [string, Json] => [name, mutate(member, random)]));
}

const REQUEST: JsonFields = {
  system: [{ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } }, { guardContent: { text: { text: 'g' } } }],
  messages: [
    {
      role: 'user',
      content: [
        { text: 'a' },
        { image: { format: 'png', source: { bytes: 'AA==' } } },
        { document: { format: 'pdf', name: 'd', source: { content: [{ text: 'x' }] }, citations: { enabled: true } } },
        { video: { format: 'mp4', source: { s3Location: { uri: 's3://a', bucketOwner: '1' } } } },
        { cachePoint: { type: 'default' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'a', signature: 'b' } } },
        { reasoningContent: { redactedContent: 'AA==' } },
        { citationsContent: { content: [{ text: 'a' }], citations: [{ location: { web: { url: 'u' } } }] } },
        { toolUse: { toolUseId: 't', name: 'n', input: { a: [1] } } },
      ],
    },
    {
      role: 'user',
      content: [{ toolResult: { toolUseId: 't', status: 'error', content: [{ json: {} }, { text: 'x' }] } }],
    },
  ],
  inferenceConfig: { maxTokens: 1, temperature: 0.5, topP: 1, stopSequences: ['a'] },
  toolConfig: {
    tools: [
      { toolSpec: { name: 'n', description: 'd', inputSchema: { json: { type: 'object' } } } },
      { systemTool: { name: 's' } },
    ],
    toolChoice: { tool: { name: 'n' } },
  },
  additionalModelRequestFields: {
    top_k: 1,
    thinking: { type: 'enabled', budget_tokens: 1024 },
    output_config: { effort: 'low' },
  },
  requestMetadata: { a: 'b' },
  serviceTier: { type: 'flex' },
  outputConfig: { effort: 'high', textFormat: { structure: { jsonSchema: { schema: '{}', name: 'n' } } } },
};

const REPLY: JsonFields = {
  output: {
    message: {
      content: [
        { text: 'a' },
        { reasoningContent: { reasoningText: { text: 'a', signature: 'b' } } },
        { toolUse: { toolUseId: 't', name: 'n', input: {} } },
        { toolResult: { toolUseId: 't', type: 'x', content: [{ text: 'a' }] } },
        { image: { format: 'png', source: { bytes: 'AA==' } } },
      ],
    },
  },
  stopReason: 'tool_use',
  usage: { inputTokens: 1, outputTokens: 1, cacheReadInputTokens: 1 },
  additionalModelResponseFields: { stop_sequence: 'a' },
};

const STREAM: readonly (readonly [string, JsonFields])[] = [
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'a' } } }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'a' } } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { reasoningContent: { redactedContent: 'AA==' } } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { text: 'a' } }],
  ['contentBlockDelta', { contentBlockIndex: 2, delta: { citation: { title: 'a' } } }],
  ['contentBlockStart', { contentBlockIndex: 3, start: { toolUse: { toolUseId: 't', name: 'n' } } }],
  ['contentBlockDelta', { contentBlockIndex: 3, delta: { toolUse: { input: '{}' } } }],
  ['contentBlockStart', { contentBlockIndex: 4, start: { toolUse: { toolUseId: 't', name: 'n', type: 'x' } } }],
  ['contentBlockDelta', { contentBlockIndex: 4, delta: { toolUse: { input: '{}' } } }],
  ['contentBlockStart', { contentBlockIndex: 5, start: { toolResult: { toolUseId: 't', type: 'x' } } }],
  ['contentBlockDelta', { contentBlockIndex: 5, delta: { toolResult: [{ text: 'a' }] } }],
  ['contentBlockStart', { contentBlockIndex: 6, start: { image: { format: 'png' } } }],
  ['contentBlockDelta', { contentBlockIndex: 6, delta: { image: { source: { bytes: 'AA==' } } } }],
  ['contentBlockStop', { contentBlockIndex: 6 }],
  ['messageStop', { stopReason: 'tool_use' }],
  ['metadata', { usage: { inputTokens: 1, outputTokens: 1 } }],
];

const ROUNDS = 2000;

/** Answers false for what is refused in the way that it must be. */
function unlessRefused(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof Untranslatable) return false;
    throw error;
  }
}

describe('whatever strangers send', () => {
  it('is a request or is refused', () => {
    const random = randomFrom(1);
    let read = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const body = mutate(REQUEST, random);
      const understood = unlessRefused(() => {
        const request = bedrockCaller.readRequest(body, facts());
        for (const dialect of ['bedrock', 'openai-chat'] as const) {
          unlessRefused(() => bedrockProvider.writeRequest({ ...request, dialect }, target(), new Losses()));
        }
      });
      if (understood) read++;
    }
    expect(read).toBeGreaterThan(ROUNDS / 10);
    expect(read).toBeLessThan(ROUNDS);
  });

  it('is a reply or is none', () => {
    const random = randomFrom(2);
    for (let round = 0; round < ROUNDS; round++) {
      const reply = bedrockProvider.readReply(mutate(REPLY, random), readContext());
      if (reply !== undefined && !('kind' in reply)) bedrockCaller.writeReply(reply, replyContext());
    }
  });

  it('is a stream that keeps the rules', () => {
    const random = randomFrom(3);
    for (let round = 0; round < ROUNDS; round++) {
      const reader = bedrockProvider.streamReader(readContext());
      const writer = bedrockCaller.streamWriter(replyContext());
      const check = new StreamCheck();
      const emit = (event: StreamEvent): void => {
        check.add(event);
        writer.write(event);
      };
      for (const [type, payload] of STREAM) {
        if (random() < 0.1) continue;
        const data = JSON.stringify(mutate(payload, random)).slice(0, random() < 0.02 ? 5 : undefined);
        reader.read({ raw: Buffer.alloc(0), type: random() < 0.01 ? 'odd' : type, data, complete: true }, emit);
      }
      reader.end(emit);
    }
  });

  it('is an error of some kind', () => {
    const random = randomFrom(4);
    for (let round = 0; round < ROUNDS; round++) {
      const body = JSON.stringify(mutate({ message: 'a', __type: 'b', error: { message: 'c' } }, random));
      expect(bedrockProvider.readError(Math.floor(random() * 700), body).message).not.toBe('');
    }
  });

  it('may be nested deeply and be huge', () => {
    let deep: Json = {};
    for (let level = 0; level < 1000; level++) deep = { a: [deep] };
    const content = [{ toolUse: { toolUseId: 't', name: 'n', input: deep } }, { odd: deep }];
    const request = bedrockCaller.readRequest({ messages: [{ role: 'assistant', content }] }, facts());
    expect(bedrockProvider.writeRequest(request, target(), new Losses())).toContain('"odd"');
    const many = Array.from({ length: 50_000 }, (_, at) => ({ role: 'user', content: [{ text: `m ${at}` }] }));
    expect(bedrockCaller.readRequest({ messages: many }, facts()).turns).toHaveLength(50_000);
  });
});
