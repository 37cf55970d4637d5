import * as fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksOf, isReply, readContext, replay, stopOf, streamOf } from './__fixtures__/canonical-replay.ts';
import { CanonicalStreamReader } from './canonical-stream-reader.ts';

const FIXTURES = join(import.meta.dirname, '__fixtures__');
const fixtures = readdirSync(FIXTURES).filter((name) => name.endsWith('.sse'));
const fixture = (name: string): Buffer => readFileSync(join(FIXTURES, name));

describe('CanonicalStreamReader', () => {
  it.each([
    ['azure-filters.sse', [{ type: 'text', text: 'Good morning' }], 'end'],
    [
      'deepseek-reasoning.sse',
      [
        { type: 'reasoning', text: 'Hmm' },
        { type: 'text', text: '你好' },
      ],
      'end',
    ],
    [
      'groq-reasoning.sse',
      [
        { type: 'reasoning', text: 'Short' },
        { type: 'text', text: 'Yes.' },
      ],
      'end',
    ],
    [
      'mistral-tools.sse',
      [
        { type: 'reasoning', text: 'ok' },
        { type: 'tool_call', id: 'D681PevKs', name: 'weather', input: '{"city":"Ulm"}' },
      ],
      'tool_calls',
    ],
    ['openai-text.sse', [{ type: 'text', text: 'The gate is open 🏯.' }], 'end'],
    [
      'openai-tools.sse',
      [
        { type: 'tool_call', name: 'weather', input: '{"city":"Ulm"}' },
        { type: 'tool_call', name: 'time', input: '{}' },
      ],
      'tool_calls',
    ],
    [
      'perplexity-cumulative.sse',
      [{ type: 'text', text: 'Gates open doors.', citations: [{ url: 'https://example.org/a', title: 'A' }] }],
      'end',
    ],
    ['xai-tools.sse', [{ type: 'tool_call', id: 'call_77', name: 'weather', input: '{"city":"Ulm"}' }], 'tool_calls'],
  ])('reads %s', (name, blocks, reason) => {
    expect(replay([fixture(name)]).end).toMatchObject({ choices: [{ index: 0, blocks, stop: { reason } }] });
  });

  it('reads several choices', () => {
    expect(replay([fixture('two-choices.sse')]).end).toMatchObject({
      choices: [
        { index: 0, blocks: [{ text: 'A' }], stop: { reason: 'end' } },
        { index: 1, blocks: [{ text: 'B' }], stop: { reason: 'length' } },
      ],
    });
  });

  it.each(fixtures)('reads %s alike, wherever chunks end (T26, T27, T29)', (name) => {
    const body = fixture(name);
    const whole = replay([body]);
    for (let at = 1; at < body.length; at++) {
      expect(replay([body.subarray(0, at), body.subarray(at)]).events).toEqual(whole.events);
    }
    const crlf = Buffer.from(
      body.toString().replaceAll('\r', '').replaceAll('\n', '\r\n').replaceAll('data: ', 'data:'),
    );
    expect(replay([...crlf].map((byte) => Buffer.of(byte))).events).toEqual(whole.events);
  });

  it('shows that a silent provider lives, once there is an answer', () => {
    const comment = Buffer.from(': OPENROUTER PROCESSING\n\n');
    const chunk = Buffer.from('data: {"id":"1","choices":[{"index":0,"delta":{"content":"A"}}]}\n\n');
    expect(replay([comment, chunk, comment]).events.map(({ t }) => t)).toEqual(['start', 'block', 'delta', 'ping']);
  });
});

describe('CanonicalStreamReader, of endings', () => {
  const chunk = (choice: object): Buffer =>
    Buffer.from(`data: ${JSON.stringify({ id: '1', choices: [{ index: 0, ...choice }] })}\n\n`);
  const begun = chunk({ delta: { content: 'A' }, finish_reason: null });
  const finished = chunk({ delta: {}, finish_reason: 'stop' });
  const terminator = Buffer.from('data: [DONE]\n\n');
  const kinds = (...chunks: Buffer[]) => replay(chunks).events.map(({ t }) => t);
  const complete = ['start', 'block', 'delta', 'block_stop', 'stop', 'done'];

  it('is complete without a terminator when every choice has finished (T30)', () => {
    expect(kinds(begun, finished)).toEqual(complete);
    expect(kinds(begun, finished, Buffer.from('data: [DO'))).toEqual(complete);
  });

  it('is cut when nothing was finished, and no stop is invented (T30)', () => {
    expect(kinds(begun)).toEqual(['start', 'block', 'delta']);
    expect(kinds(begun, Buffer.from('data: {"id":"1","choices":[{"index":0,"delta":{"con'))).toEqual([
      'start',
      'block',
      'delta',
    ]);
    expect(replay([begun]).end).toBeUndefined();
  });

  it('is cut when one of several choices was not finished', () => {
    const other = Buffer.from('data: {"id":"1","choices":[{"index":1,"delta":{"content":"B"}}]}\n\n');
    expect(replay([begun, other, finished]).end).toBeUndefined();
  });

  it('takes the terminator for an end, whatever it looks like, and hears nothing behind it', () => {
    expect(kinds(begun, Buffer.from('data:  [DONE] \n\n'), begun)).toEqual(complete);
    expect(stopOf(Buffer.concat([begun, terminator]))).toEqual({ reason: 'unknown' });
  });

  it('tells nothing of a body without an answer', () => {
    expect(kinds(terminator)).toEqual([]);
    expect(kinds(Buffer.from('data: {}\n\ndata: 7\n\ndata: nonsense\n\ndata: []\n\n'), terminator)).toEqual([]);
  });

  it('hears what comes behind the finish', () => {
    const late = chunk({ delta: { content: 'B' }, finish_reason: null });
    expect(blocksOf(Buffer.concat([begun, finished, late, terminator]))).toEqual([{ type: 'text', text: 'AB' }]);
  });

  it('takes a whole answer for a stream of it (T35)', () => {
    const reply = {
      id: '1',
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'A' }, finish_reason: 'stop' }],
    };
    for (const body of [JSON.stringify(reply), `\n\n${JSON.stringify(reply, null, 2)}`]) {
      expect(kinds(Buffer.from(body))).toEqual(complete);
    }
  });
});

describe('CanonicalStreamReader, of failures', () => {
  const failure = (body: string) => replay([Buffer.from(body)]);

  it('tells a failure that comes first, without a start (T31)', () => {
    const { events, end } = replay([fixture('vllm-error-first.sse')]);
    expect(events.map(({ t }) => t)).toEqual(['error']);
    expect(end).toMatchObject({ kind: 'invalid_request' });
  });

  it('tells a failure in the middle and hears nothing behind it (T31)', () => {
    const { events, end } = replay([fixture('openrouter-error.sse')]);
    expect(events.map(({ t }) => t)).toContain('start');
    expect(events.at(-1)?.t).toBe('error');
    expect(end).toMatchObject({ kind: 'upstream' });
  });

  it.each([
    ['rate_limited', 'data: {"error":{"code":429,"message":"Slow."}}\n\n'],
    ['rate_limited', 'data: {"error":"Rate limit","code":429}\n\n'],
    ['invalid_request', 'data: {"object":"error","message":"x","code":400}\n\n'],
    ['overloaded', '{"error":{"code":503,"message":"Busy."}}'],
    ['overloaded', '{\n  "error": {\n    "code": 503,\n    "message": "Busy."\n  }\n}\n'],
    ['upstream', 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}\n\n'],
    ['rate_limited', 'data: {"choices":[{"index":0,"error":{"code":429},"finish_reason":"error"}]}\n\n'],
    ['overloaded', 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"insufficient_system_resource"}]}\n\n'],
    ['upstream', 'data: {"base_resp":{"status_code":1000,"status_msg":"unknown error"}}\n\n'],
  ])('knows %s in %s', (kind, body) => {
    expect(failure(body).end).toMatchObject({ kind });
  });

  it('counts what was used until then', () => {
    const { events } = failure(
      'data: {"id":"1","choices":[{"index":0,"delta":{"content":"A"}}]}\n\ndata: {"error":{"code":500},"usage":{"prompt_tokens":5,"completion_tokens":1}}\n\n',
    );
    expect(events.slice(-2)).toMatchObject([{ t: 'usage', usage: { inputUncached: 5 } }, { t: 'error' }]);
  });
});

describe('CanonicalStreamReader, of usage', () => {
  const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };
  const spoken = { id: '1', choices: [{ index: 0, delta: { content: 'A' }, finish_reason: 'stop' }] };
  const counted = (...chunks: readonly object[]) => {
    const { end } = replay([streamOf(...chunks)]);
    return isReply(end) ? end.usage : undefined;
  };

  it.each<readonly [string, readonly object[]]>([
    ['behind the finish', [spoken, { choices: [], usage }]],
    ['with the finish', [{ ...spoken, usage }]],
    ['of Groq', [{ ...spoken, x_groq: { usage } }]],
    ['inside the choice', [{ id: '1', choices: [{ ...spoken.choices[0], usage }] }]],
    [
      'growing',
      [
        { ...spoken, usage: { ...usage, completion_tokens: 1 } },
        { choices: [], usage },
      ],
    ],
    [
      'null in between',
      [
        { ...spoken, usage: null },
        { choices: [], usage },
        { choices: [], usage: null },
      ],
    ],
  ])('is found %s (T32)', (_, chunks) => {
    expect(counted(...chunks)).toEqual({ inputUncached: 9, outputText: 4 });
  });

  it('counts reasoning once where the vendor leaves it out of the completion (T24)', () => {
    const { end } = replay([fixture('xai-tools.sse')]);
    expect(end).toMatchObject({ usage: { outputText: 26, reasoning: 196 } });
  });

  it('is absent where nobody counts', () => {
    expect(counted(spoken)).toBeUndefined();
  });
});

describe('CanonicalStreamReader, of anything', () => {
  it('never fails, and keeps the rules of streams', () => {
    const anything = fc.jsonValue({ maxDepth: 4 });
    const fragment = fc.record(
      {
        index: fc.constantFrom(0, 1, 'x', null),
        id: fc.constantFrom('a', 'b', '', null),
        function: fc.record({ name: fc.constantFrom('f', '', null), arguments: anything }),
      },
      { requiredKeys: [] },
    );
    const detail = fc.record(
      {
        type: fc.constantFrom('reasoning.text', 'reasoning.encrypted', 1),
        text: anything,
        data: anything,
        signature: anything,
        index: fc.nat(2),
      },
      { requiredKeys: [] },
    );
    const delta = fc.record(
      {
        content: fc.oneof(fc.string(), anything),
        reasoning: anything,
        refusal: anything,
        tool_calls: fc.oneof(fc.array(fragment, { maxLength: 3 }), anything),
        reasoning_details: fc.oneof(fc.array(detail, { maxLength: 3 }), anything),
        annotations: anything,
        images: anything,
        audio: anything,
        extra_content: anything,
      },
      { requiredKeys: [] },
    );
    const choice = fc.record(
      {
        index: fc.constantFrom(0, 1, -1, null),
        delta: fc.oneof(delta, anything),
        finish_reason: fc.constantFrom('stop', null, 'tool_calls', 7),
        logprobs: anything,
      },
      { requiredKeys: [] },
    );
    const chunk = fc.oneof(
      fc.record(
        { id: anything, choices: fc.oneof(fc.array(choice, { maxLength: 3 }), anything), usage: anything },
        { requiredKeys: [] },
      ),
      anything,
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 6 }), fc.boolean(), (chunks, thinkTags) => {
        const body = Buffer.from(chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(''));
        replay([body, Buffer.from('data: [DONE]\n\n')], { rules: { thinkTags } });
        replay([body]);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads more than twenty thousand events a second of one core', () => {
    const record = { raw: Buffer.alloc(0), type: '', complete: true };
    const data =
      '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1762500000,"model":"gpt","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}],"usage":null}';
    const reader = new CanonicalStreamReader(readContext());
    let events = 0;
    const before = process.threadCpuUsage();
    for (let at = 0; at < 20_000; at++) reader.read({ ...record, data }, () => events++);
    const { user, system } = process.threadCpuUsage(before);
    expect(events).toBe(20_002);
    expect((user + system) / 1e6).toBeLessThan(1);
  });
});
