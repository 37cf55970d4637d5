import * as fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import type { Json } from '../../canonical/json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { deltasOf, readContext, replay, requestOf, streamOf, type Setting } from './__fixtures__/canonical-replay.ts';
import { CanonicalStreamReader } from './canonical-stream-reader.ts';
import { toolNames } from './chat-names.ts';

const FIXTURES = join(import.meta.dirname, '__fixtures__');
const fixtures = readdirSync(FIXTURES).filter((name) => name.endsWith('.sse'));
const fixture = (name: string): Buffer => readFileSync(join(FIXTURES, name));

function isReply(end: ChatReply | ProviderError | undefined): end is ChatReply {
  return end !== undefined && 'choices' in end;
}

function blocksOf(body: Buffer, setting: Setting = {}): readonly Block[] {
  const { end } = replay([body], setting);
  return isReply(end) ? (end.choices[0]?.blocks ?? []) : [];
}

const stopOf = (body: Buffer) => {
  const { end } = replay([body]);
  return isReply(end) ? end.choices[0]?.stop : undefined;
};

/** What calls there were, as `id name input`. */
const callsOf = (deltas: readonly object[], setting: Setting = {}) =>
  blocksOf(deltasOf(deltas, 'tool_calls'), setting)
    .filter((block) => block.type === 'tool_call')
    .map(({ id, name, input }) => `${id} ${name} ${input}`);

const call = (members: object, body?: object): object => ({
  tool_calls: [{ ...members, ...(body !== undefined && { function: body }) }],
});

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

describe('CanonicalStreamReader, of tool calls', () => {
  it('begins a call at a new id where there is no index, and goes on without one (T1)', () => {
    expect(
      callsOf([
        call({ id: 'a' }, { name: 'f', arguments: '{"x":' }),
        call({}, { arguments: '1}' }),
        call({ id: 'b' }, { name: 'g', arguments: '' }),
        call({ id: 'b' }, { arguments: '{}' }),
      ]),
    ).toEqual(['a f {"x":1}', 'b g {}']);
  });

  it('tells calls of one index apart by their ids (T2)', () => {
    expect(
      callsOf([
        call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x":1}' }),
        call({ index: 0, id: 'b' }, { name: 'f', arguments: '{"x":2}' }),
      ]),
    ).toEqual(['a f {"x":1}', 'b f {"x":2}']);
  });

  it('tells calls of one index apart by a new name behind whole arguments (T2)', () => {
    expect(
      callsOf([
        call({ index: 0 }, { name: 'f', arguments: '{"x":1}' }),
        call({ index: 0 }, { name: 'g', arguments: '{}' }),
        call({ index: 0 }, { name: 'g', arguments: '{"y":2}' }),
      ]),
    ).toEqual(['call_0 f {"x":1}', 'call_1 g {}', 'call_2 g {"y":2}']);
  });

  it('takes an empty or a repeated id for the same call (T2), and does not append names (T4)', () => {
    expect(
      callsOf([
        call({ index: 0, id: 'a', type: 'function' }, { name: 'f', arguments: '' }),
        call({ index: 0, id: '' }, { name: '', arguments: '{"x"' }),
        call({ index: 0, id: 'a' }, { name: 'f', arguments: ':1' }),
        call({ index: 0, id: '', type: '' }, { name: 'f', arguments: '}' }),
        call({ index: 0, id: 'a' }, { name: 'f', arguments: '' }),
      ]),
    ).toEqual(['a f {"x":1}']);
  });

  it('takes another id without a name for the same call', () => {
    expect(
      callsOf([
        call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x"' }),
        call({ index: 0, id: 'b' }, { arguments: ':1}' }),
      ]),
    ).toEqual(['a f {"x":1}']);
  });

  it('keeps fragments of interleaved calls apart (T8)', () => {
    expect(
      callsOf([
        call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x"' }),
        call({ index: 1, id: 'b' }, { name: 'g', arguments: '{"y"' }),
        call({ index: 0 }, { arguments: ':1}' }),
        call({ index: 1 }, { arguments: ':2}' }),
      ]),
    ).toEqual(['a f {"x":1}', 'b g {"y":2}']);
  });

  it('stops a whole call before the next begins', () => {
    const { events } = replay([
      deltasOf([
        call({ index: 0, id: 'a' }, { name: 'f', arguments: '{}' }),
        call({ index: 1, id: 'b' }, { name: 'g', arguments: '{}' }),
      ]),
    ]);
    expect(events.map(({ t }) => t)).toEqual([
      'start',
      'block',
      'delta',
      'block_stop',
      'block',
      'delta',
      'block_stop',
      'stop',
      'done',
    ]);
  });

  it('waits for the name, and leaves out a call that never gets one', () => {
    expect(
      callsOf([
        call({ index: 0, id: 'a' }),
        call({ index: 0 }, { arguments: '{"x":' }),
        call({ index: 0 }, { name: 'f', arguments: '1}' }),
      ]),
    ).toEqual(['a f {"x":1}']);
    expect(stopOf(deltasOf([call({ index: 0, id: 'a' }, { arguments: '{}' })], 'tool_calls'))).toEqual({
      reason: 'malformed_tool_call',
      raw: 'tool_calls',
    });
  });

  it('writes objects out once, with all their digits (T5, T47)', () => {
    const body =
      'data: {"id":"1","choices":[{"index":0,"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"n":12345678901234567890}}}]},"finish_reason":"tool_calls"}]}\n\n';
    expect(blocksOf(Buffer.from(body))).toEqual([
      { type: 'tool_call', id: 'a', name: 'f', input: '{"n":12345678901234567890}' },
    ]);
  });

  it('makes nothing an empty object (T6), and keeps what is no JSON', () => {
    expect(callsOf([call({ index: 0, id: 'a' }, { name: 'f', arguments: '' })])).toEqual(['a f {}']);
    expect(callsOf([call({ index: 0, id: 'a' }, { name: 'f', arguments: null })])).toEqual(['a f {}']);
    expect(callsOf([call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"cut":' })])).toEqual(['a f {"cut":']);
  });

  it('makes ids where there are none (T7), and reads the calls of old', () => {
    expect(callsOf([call({ index: 0 }, { name: 'f', arguments: '{}' })])).toEqual(['call_0 f {}']);
    expect(callsOf([{ function_call: { name: 'f', arguments: '' } }, { function_call: { arguments: '{}' } }])).toEqual([
      'call_0 f {}',
    ]);
  });

  it('reads calls of free-text tools', () => {
    const deltas = [
      { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'sh', input: '' } }] },
      { tool_calls: [{ index: 0, custom: { input: 'ls' } }] },
    ];
    expect(blocksOf(deltasOf(deltas))).toEqual([{ type: 'tool_call', id: 'a', name: 'sh', input: 'ls', custom: true }]);
  });

  it('unwraps free text that was offered as a function', () => {
    const request = requestOf({ tools: [{ type: 'custom', custom: { name: 'sh' } }] });
    const deltas = [
      call({ index: 0, id: 'a' }, { name: 'sh', arguments: '{"inp' }),
      call({ index: 0 }, { arguments: 'ut":"ls"}' }),
    ];
    const setting = { request, rules: { customTools: false } };
    expect(blocksOf(deltasOf(deltas), setting)).toEqual([
      { type: 'tool_call', id: 'a', name: 'sh', input: 'ls', custom: true },
    ]);
    expect(blocksOf(deltasOf([call({ id: 'a' }, { name: 'sh', arguments: 'ls' })]), setting)).toMatchObject([
      { input: 'ls' },
    ]);
  });

  it('gives tools the names that the caller has for them', () => {
    const request = requestOf({ tools: [{ type: 'function', function: { name: 'my.tool' } }] });
    const [, wire = ''] = /"(my_tool[\w-]*)"/.exec(JSON.stringify(wireNameOf(request))) ?? [];
    expect(callsOf([call({ id: 'a' }, { name: wire, arguments: '{}' })], { request })).toEqual(['a my.tool {}']);
  });

  it('reads signatures, with the call and behind it', () => {
    const extra = (thought_signature: string): object => ({ extra_content: { google: { thought_signature } } });
    const deltas = [
      call({ index: 0, id: 'a', ...extra('s1') }, { name: 'f', arguments: '{}' }),
      call({ index: 1, id: 'b' }, { name: 'g' }),
      call({ index: 1, ...extra('s2') }),
    ];
    expect(blocksOf(deltasOf(deltas))).toMatchObject([
      { signature: { value: 's1', dialect: 'gemini' } },
      { signature: { value: 's2', dialect: 'gemini' } },
    ]);
  });

  it('tells text behind whole calls at once, and behind begun ones when they have ended', () => {
    const whole = call({ index: 0, id: 'a' }, { name: 'f', arguments: '{}' });
    expect(blocksOf(deltasOf([whole, { content: 'T' }])).map(({ type }) => type)).toEqual(['tool_call', 'text']);
    const begun = call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x"' });
    expect(
      blocksOf(deltasOf([begun, { content: 'T' }, call({ index: 0 }, { arguments: ':1}' }), { content: 'U' }])),
    ).toEqual([
      { type: 'tool_call', id: 'a', name: 'f', input: '{"x":1}' },
      { type: 'text', text: 'TU' },
    ]);
  });
});

function wireNameOf(request: ReturnType<typeof requestOf>): unknown {
  return request.tools.map(({ name }) => toolNames(request).toWire(name));
}

describe('CanonicalStreamReader, of speech', () => {
  it('reads reasoning under either name, once', () => {
    expect(
      blocksOf(
        deltasOf([
          { reasoning_content: 'A', reasoning: 'A' },
          { reasoning: 'B' },
          { reasoning_content: '', content: '' },
          { content: 'C' },
        ]),
      ),
    ).toEqual([
      { type: 'reasoning', text: 'AB' },
      { type: 'text', text: 'C' },
    ]);
  });

  it('reads reasoning in tags only where that is configured (T25)', () => {
    const deltas = Array.from('\n<think>\nA</b>B</think>\n\nC <think>', (content) => ({ content }));
    expect(blocksOf(deltasOf(deltas), { rules: { thinkTags: true } })).toEqual([
      { type: 'reasoning', text: '\nA</b>B' },
      { type: 'text', text: 'C <think>' },
    ]);
    expect(blocksOf(deltasOf([{ content: '<think>A</think>B' }]))).toEqual([
      { type: 'text', text: '<think>A</think>B' },
    ]);
  });

  it('reads content in parts', () => {
    const content: Json = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'R' }] },
      { type: 'thinking', thinking: [{ type: 'text', text: 'S' }] },
      { type: 'text', text: 'T' },
      'U',
      { type: 'reference', reference_ids: [1] },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } },
    ];
    expect(blocksOf(deltasOf([{ content }]))).toEqual([
      { type: 'reasoning', text: 'RS' },
      { type: 'text', text: 'TU' },
      { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0K' } },
    ]);
  });

  it('reads entries in fragments beside their strings, as OpenRouter sends them', () => {
    const format = 'anthropic-claude-v1';
    const text = (said: string) => ({
      reasoning: said,
      reasoning_details: [{ type: 'reasoning.text', text: said, format, index: 0 }],
    });
    const blocks = blocksOf(
      deltasOf([
        text('A '),
        text(' B'),
        { reasoning_details: [{ type: 'reasoning.text', signature: 'sig', format, index: 0 }] },
        { content: 'C' },
      ]),
    );
    expect(blocks).toMatchObject([
      { type: 'reasoning', text: 'A  B', signature: { dialect: 'openai-chat' } },
      { text: 'C' },
    ]);
  });

  it('reads a summary and what is encrypted as two blocks', () => {
    const entry = (members: object) => ({
      reasoning_details: [{ format: 'openai-responses-v1', index: 0, ...members }],
    });
    const blocks = blocksOf(
      deltasOf([
        entry({ type: 'reasoning.summary', summary: 'A' }),
        entry({ type: 'reasoning.summary', summary: 'B' }),
        entry({ type: 'reasoning.encrypted', data: 'gAAA', id: 'rs_1' }),
      ]),
    );
    expect(blocks).toMatchObject([
      { type: 'reasoning', text: 'AB' },
      { type: 'reasoning', text: '', redacted: { dialect: 'openai-chat' }, itemId: 'rs_1' },
    ]);
  });

  it('does not take entries for more text where strings have said it all', () => {
    const entry = { type: 'reasoning.text', text: 'AB', signature: 'sig', index: 0 };
    const other = { type: 'reasoning.text', text: 'C', signature: 'gis', index: 1 };
    expect(
      blocksOf(
        deltasOf([
          { reasoning_content: 'A' },
          { reasoning_content: 'B' },
          { reasoning_details: [entry] },
          { reasoning_content: 'C' },
          { reasoning_details: [entry, other] },
        ]),
      ),
    ).toEqual([
      { type: 'reasoning', text: 'AB', signature: { value: 'sig', dialect: 'openai-chat' } },
      { type: 'reasoning', text: 'C', signature: { value: 'gis', dialect: 'openai-chat' } },
    ]);
  });

  it('keeps a signature without text (T17)', () => {
    expect(
      blocksOf(deltasOf([{ reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'sig', index: 0 }] }])),
    ).toEqual([{ type: 'reasoning', text: '', signature: { value: 'sig', dialect: 'openai-chat' } }]);
  });

  it('joins halves of a character that deltas have torn apart (T26)', () => {
    const [high, low] = ['\\ud83c', '\\udfef'];
    const body = `data: {"id":"1","choices":[{"index":0,"delta":{"content":"${high}"}}]}\n\ndata: {"choices":[{"index":0,"delta":{"content":"${low}"},"finish_reason":"stop"}]}\n\n`;
    expect(blocksOf(Buffer.from(body))).toEqual([{ type: 'text', text: '🏯' }]);
  });

  it('reads refusals, sound, pictures, citations and likelihoods', () => {
    const end = replay([
      streamOf(
        {
          id: '1',
          choices: [{ index: 0, delta: { refusal: 'No' }, logprobs: { content: [{ token: 'a' }], refusal: null } }],
        },
        { choices: [{ index: 0, delta: { refusal: '.' }, logprobs: { content: [{ token: 'b' }] } }] },
        {
          choices: [
            {
              index: 0,
              delta: { content: 'T', annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.org' } }] },
            },
          ],
        },
        { choices: [{ index: 0, delta: { audio: { id: 'audio_1', data: 'AA', transcript: 'He' } } }] },
        { choices: [{ index: 0, delta: { audio: { data: 'BB', transcript: 'llo', expires_at: 5 } } }] },
        {
          choices: [
            {
              index: 0,
              delta: { images: [{ type: 'image_url', image_url: { url: 'https://a.org/a.png' } }] },
              finish_reason: 'stop',
            },
          ],
        },
      ),
    ]).end;
    expect(end).toMatchObject({
      choices: [
        {
          blocks: [
            { type: 'refusal', text: 'No.' },
            { type: 'text', text: 'T', citations: [{ url: 'https://a.org' }] },
            { type: 'media', kind: 'image' },
            { type: 'opaque', data: { audio: { id: 'audio_1', data: 'AABB', transcript: 'Hello', expires_at: 5 } } },
          ],
          stop: { reason: 'refusal' },
          logprobs: { content: [{ token: 'a' }, { token: 'b' }] },
        },
      ],
    });
  });

  it.each([
    ['stop', 'end'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['sensitive', 'content_filter'],
    ['model_length', 'context_exceeded'],
    ['eos', 'end'],
    ['tool_calls', 'end'],
    ['something_new', 'unknown'],
  ])('reads the reason %s as %s', (raw, reason) => {
    expect(stopOf(deltasOf([{ content: 'A' }], raw))).toEqual({ reason, raw });
  });

  it('keeps the reason of what was cut short, with calls or without (T49)', () => {
    const begun = call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x":' });
    expect(stopOf(deltasOf([begun], 'length'))).toEqual({ reason: 'length', raw: 'length' });
    expect(stopOf(deltasOf([begun], 'stop'))).toEqual({ reason: 'tool_calls', raw: 'stop' });
  });

  it('tells which stop sequence was met', () => {
    for (const met of [{ stop_reason: 'END' }, { matched_stop: 'END' }]) {
      const body = streamOf({
        id: '1',
        choices: [{ index: 0, delta: { content: 'A' }, finish_reason: 'stop', ...met }],
      });
      expect(stopOf(body)).toEqual({ reason: 'stop_sequence', sequence: 'END', raw: 'stop' });
    }
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

  it('reads more than twenty thousand events a second', () => {
    const record = { raw: Buffer.alloc(0), type: '', complete: true };
    const data =
      '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1762500000,"model":"gpt","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}],"usage":null}';
    const reader = new CanonicalStreamReader(readContext());
    let events = 0;
    const started = process.hrtime.bigint();
    for (let at = 0; at < 20_000; at++) reader.read({ ...record, data }, () => events++);
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    expect(events).toBe(20_002);
    expect(seconds).toBeLessThan(1);
  });
});
