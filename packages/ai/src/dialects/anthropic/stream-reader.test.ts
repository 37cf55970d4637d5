import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { JsonFields } from '../../canonical/json.ts';
import { StreamFold } from '../../canonical/fold-stream.ts';
import type { Tool } from '../../canonical/chat-request.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { foreign, readContext, target } from './__fixtures__/contexts.ts';
import { MESSAGE, readStream, sse, STREAM } from './__fixtures__/streams.ts';
import { readReply } from './reply-reader.ts';

function fold(events: readonly StreamEvent[]): ReturnType<StreamFold['end']> {
  const folded = new StreamFold();
  for (const event of events) folded.add(event);
  return folded.end();
}

function kinds(events: readonly StreamEvent[]): string[] {
  return events.map(({ t }) => t);
}

const start = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 3, output_tokens: 1 } },
};
const textStart = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
const text = (said: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: said } });
const stop = { type: 'content_block_stop', index: 0 };
const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } };
const over = { type: 'message_stop' };

describe('the stream reader', () => {
  it('makes of a stream what the whole message makes', () => {
    expect(fold(readStream(STREAM))).toEqual(readReply(MESSAGE, readContext()));
  });

  it('gives the same events wherever the bytes are cut', () => {
    const whole = readStream(STREAM);
    const bytes = Buffer.from(STREAM);
    for (let at = 1; at < bytes.length; at++) expect(readStream(bytes, { at })).toEqual(whole);
  });

  it('reads the line ends, comments and missing blanks that servers use', () => {
    const odd = `\ufeff: hello\r\n\r\n${STREAM.replaceAll('\n', '\r\n').replaceAll('data: ', 'data:')}`;
    expect(readStream(odd)).toEqual(readStream(STREAM));
    expect(readStream(STREAM.trimEnd())).toEqual(readStream(STREAM));
  });

  it('keeps the digits of large numbers in the input of tools', () => {
    const body = sse([
      start,
      { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'n', input: {} } },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'input_json_delta', partial_json: '{"id":12345678901234567890}' },
      },
      stop,
      end,
      over,
    ]);
    expect(fold(readStream(body))).toMatchObject({ choices: [{ blocks: [{ input: '{"id":12345678901234567890}' }] }] });
  });

  it('counts usage cumulatively and lets the end correct the input', () => {
    const correction = {
      input_tokens: 40,
      cache_read_input_tokens: 2,
      cache_creation_input_tokens: 5,
      output_tokens: 30,
    };
    const body = sse([
      start,
      textStart,
      text('Hi'),
      stop,
      end,
      { type: 'message_delta', delta: {}, usage: correction },
      over,
    ]);
    expect(fold(readStream(body))).toMatchObject({
      usage: { inputUncached: 40, cacheRead: 2, cacheWrite: 5, outputText: 30 },
      choices: [{ stop: { reason: 'end', raw: 'end_turn' } }],
    });
  });

  it('takes a repeated start for noise, and refuses one that begins anew behind text', () => {
    const again = { type: 'message_start', message: { ...start.message, id: 'msg_2' } };
    expect(kinds(readStream(sse([start, start, textStart, text('Hi'), start, stop, end, over])))).toEqual(
      kinds(readStream(sse([start, textStart, text('Hi'), stop, end, over]))),
    );
    expect(fold(readStream(sse([start, again, textStart, text('Hi'), stop, end, over])))).toMatchObject({
      id: 'msg_1',
    });
    const broken = readStream(sse([start, textStart, text('Hi'), again, textStart, text('Hi'), stop, end, over]));
    expect(broken.at(-1)).toMatchObject({ t: 'error', error: { kind: 'upstream', retryElsewhere: true } });
  });

  it('hides pings until the message has started', () => {
    const ping = { type: 'ping' };
    expect(kinds(readStream(sse([ping, start, ping, end, over])))).toEqual([
      'start',
      'usage',
      'ping',
      'usage',
      'stop',
      'done',
    ]);
  });

  it('ends a stream that gave its reason, and leaves one that did not as cut', () => {
    expect(readStream(sse([start, textStart, text('Hi'), stop, end])).at(-1)).toEqual({ t: 'done' });
    expect(kinds(readStream(sse([start, textStart, text('Hi')]), { cut: true }))).not.toContain('stop');
    expect(readStream('', { cut: true })).toEqual([]);
  });

  it.each([
    ['an overload', { type: 'overloaded_error', message: 'Overloaded' }, 'overloaded'],
    ['a failure', { type: 'api_error', message: 'Internal server error' }, 'upstream'],
    ['a limit', { type: 'rate_limit_error', message: 'Too many' }, 'rate_limited'],
    [
      'a fault of the caller',
      { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens' },
      'context_length',
    ],
  ])('reports %s inside the stream', (_, error, kind) => {
    const events = readStream(sse([start, { type: 'error', error }]));
    expect(events.at(-1)).toMatchObject({ t: 'error', error: { kind } });
  });

  it('reads an error that comes first, in the shapes of relays and without any framing', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    for (const body of [sse([error]), `data: ${JSON.stringify({ error: error.error })}\n\n`, JSON.stringify(error)]) {
      expect(readStream(body)).toMatchObject([{ t: 'error', error: { kind: 'overloaded' } }]);
    }
  });

  it('makes a stream of a whole answer that came in its place', () => {
    expect(fold(readStream(JSON.stringify(MESSAGE)))).toEqual(readReply(MESSAGE, readContext()));
  });

  it('closes what a relay leaves open and opens what it never began', () => {
    const body = sse([
      text('Hello'),
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 'a', name: 'x', input: { q: 1 } },
      },
      { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'b', name: 'y' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"z":2}' } },
      over,
    ]);
    expect(fold(readStream(body))).toMatchObject({
      id: 'msg_made_1',
      model: 'claude-opus-4-8',
      choices: [
        {
          blocks: [
            { type: 'text', text: 'Hello' },
            { type: 'tool_call', name: 'x', input: '{"q":1}' },
            { type: 'tool_call', name: 'y', input: '{"z":2}' },
          ],
          stop: { reason: 'tool_calls' },
        },
      ],
    });
  });

  it('keeps thinking without text, and its signature beside the right block', () => {
    const thinking = {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'thinking', thinking: '', signature: '' },
    };
    const signature = { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig' } };
    const events = fold(readStream(sse([start, thinking, signature, stop, { ...textStart, index: 1 }, end, over])));
    expect(events).toMatchObject({
      choices: [
        {
          blocks: [
            { type: 'reasoning', text: '', signature: { value: 'sig', dialect: 'anthropic' } },
            { type: 'text' },
          ],
        },
      ],
    });
  });

  it('lets blocks that only Anthropic knows grow by whatever their deltas say', () => {
    const compaction = { type: 'content_block_start', index: 0, content_block: { type: 'compaction', content: null } };
    const grows = (content: string) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'compaction_delta', content },
    });
    const folded = fold(readStream(sse([start, compaction, grows('In sum'), grows('mary'), stop, end, over])));
    expect(folded).toMatchObject({
      choices: [{ blocks: [{ type: 'opaque', data: { type: 'compaction', content: 'In summary' } }] }],
    });
  });

  it('gives back names and free text as the caller has them', () => {
    const tools: Tool[] = [{ kind: 'custom', name: 'shell' }];
    const context = readContext(foreign({ tools }));
    const call = (index: number, name: string) => ({
      type: 'content_block_start',
      index,
      content_block: { type: 'tool_use', id: `t${index}`, name, input: {} },
    });
    const input = (index: number, partial_json: string) => ({
      type: 'content_block_delta',
      index,
      delta: { type: 'input_json_delta', partial_json },
    });
    const names = readStream(
      sse([start, call(0, 'shell'), input(0, '{"input":"ls \\"'), input(0, 'a\\""}'), end, over]),
      {},
      context,
    );
    expect(fold(names)).toMatchObject({ choices: [{ blocks: [{ name: 'shell', custom: true, input: 'ls "a"' }] }] });
  });

  it('reads the answer of a tool that stands for a schema as text', () => {
    const request = foreign({ output: { format: { kind: 'schema', schema: { type: 'object' } } } });
    const context = readContext(request, target('claude-sonnet-4-20250514'));
    const events = readStream(
      sse([
        start,
        {
          type: 'content_block_start',
          index: 0,
          content_block: { type: 'tool_use', id: 't', name: 'json_answer', input: {} },
        },
        { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
        stop,
        { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 4 } },
        over,
      ]),
      {},
      context,
    );
    expect(fold(events)).toMatchObject({
      choices: [{ blocks: [{ type: 'text', text: '{"a":1}' }], stop: { reason: 'end' } }],
    });
  });

  it('leaves out what a thought cites', () => {
    const delta = (fields: JsonFields) => ({ type: 'content_block_delta', index: 0, delta: fields });
    const events = readStream(
      sse([
        start,
        delta({ type: 'thinking_delta', thinking: 'Hm.' }),
        delta({ type: 'citations_delta', citation: { type: 'char_location', cited_text: 'x' } }),
        stop,
        over,
      ]),
    );
    expect(fold(events)).toMatchObject({ choices: [{ blocks: [{ type: 'reasoning', text: 'Hm.' }] }] });
  });

  it('survives whatever a server sends', () => {
    const types = fc.constantFrom(
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'ping',
      'odd',
      '__proto__',
    );
    const blocks = fc.record(
      {
        type: fc.constantFrom('text', 'tool_use', 'thinking', 'redacted_thinking', 'server_tool_use', 'x'),
        text: fc.jsonValue(),
        input: fc.jsonValue(),
        name: fc.jsonValue(),
        citations: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const deltas = fc.record(
      {
        type: fc.constantFrom(
          'text_delta',
          'input_json_delta',
          'thinking_delta',
          'signature_delta',
          'citations_delta',
          'y',
        ),
        text: fc.jsonValue(),
        partial_json: fc.jsonValue(),
        signature: fc.jsonValue(),
        citation: fc.jsonValue(),
        stop_reason: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const event = fc.record(
      {
        type: types,
        index: fc.oneof(fc.integer({ min: -1, max: 3 }), fc.jsonValue()),
        message: fc.jsonValue(),
        content_block: fc.oneof(blocks, fc.jsonValue()),
        delta: fc.oneof(deltas, fc.jsonValue()),
        usage: fc.jsonValue(),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const body = events.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
        readStream(`${body}data: {"type":"message_stop"}\n\n`);
        readStream(`data: {"type":"message_start"}\n\ndata: ${JSON.stringify(events)}\n\ndata: {"type":`, {
          cut: true,
        });
      }),
      { numRuns: 300 },
    );
  });
});
