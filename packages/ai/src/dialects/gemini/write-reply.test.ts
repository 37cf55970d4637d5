import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import type { CallerError } from '../../canonical/dialect.ts';
import { unfoldReply } from '../../canonical/fold-stream.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { sealUnsigned } from '../../canonical/unsigned.ts';
import { BLOCKED, STREAMS } from './__fixtures__/answers.ts';
import { asked, read, replyContext, reply as readReply, sse, stream } from './__fixtures__/contexts.ts';
import { geminiArrayCaller, geminiCaller } from './gemini-caller.ts';

const answer = (blocks: readonly Block[], more: Partial<ChatReply['choices'][number]> = {}): ChatReply => ({
  id: 'r1',
  created: 1,
  model: 'm',
  choices: [{ index: 0, blocks, stop: { reason: 'end' }, ...more }],
});

function written(reply: ChatReply): Record<string, unknown> {
  const body: Record<string, unknown> = JSON.parse(geminiCaller.writeReply(reply, replyContext()));
  return body;
}

function streamed(events: readonly StreamEvent[], caller = geminiCaller): string {
  const writer = caller.streamWriter(replyContext());
  return events.map((event) => writer.write(event).toString()).join('');
}

/** Without the mark that the first call gets where Gemini had not signed it. */
function unmarked(reply: unknown): unknown {
  const mark = `,"signature":${JSON.stringify({ value: sealUnsigned('gemini'), dialect: 'gemini' })}`;
  return JSON.parse(JSON.stringify(reply).replace(mark, ''));
}

const ERROR: CallerError = {
  status: 429,
  kind: 'rate_limited',
  code: 'limit.rate',
  message: 'Slow down.',
  param: 'contents',
  retry: true,
  requestId: 'req_1',
};

describe('an answer to a caller of Gemini', () => {
  it('is written whole', () => {
    const body = written({
      ...answer(
        [
          { type: 'reasoning', text: 'think', signature: { value: 'c2ln', dialect: 'gemini' } },
          { type: 'text', text: 'Hello', citations: [{ url: 'https://example.com', title: 'E', start: 0, end: 5 }] },
          { type: 'refusal', text: 'No.' },
          {
            type: 'tool_call',
            id: 'c1',
            name: 'look',
            input: '{"a":1}',
            signature: { value: 'c2ln', dialect: 'gemini' },
          },
          { type: 'tool_call', id: 'c2', name: 'look', input: '' },
          { type: 'tool_call', id: 'c3', name: 'look', input: '{"a":' },
          { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0KGgo=' } },
          { type: 'opaque', dialect: 'gemini', data: { executableCode: { code: '1' } } },
          { type: 'opaque', dialect: 'anthropic', data: { type: 'x' } },
        ],
        { stop: { reason: 'tool_calls', detail: 'why' } },
      ),
      usage: { inputUncached: 5, cacheRead: 2, cacheWrite: 1, outputText: 4, reasoning: 3 },
    });
    expect(body).toEqual({
      candidates: [
        {
          content: {
            parts: [
              { text: 'think', thought: true, thoughtSignature: 'c2ln' },
              { text: 'Hello' },
              { text: 'No.' },
              { functionCall: { id: 'c1', name: 'look', args: { a: 1 } }, thoughtSignature: 'c2ln' },
              { functionCall: { id: 'c2', name: 'look', args: {} } },
              { functionCall: { id: 'c3', name: 'look', args: { _raw_arguments: '{"a":' } } },
              { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
              { executableCode: { code: '1' } },
            ],
            role: 'model',
          },
          index: 0,
          finishReason: 'STOP',
          finishMessage: 'why',
          citationMetadata: {
            citationSources: [{ startIndex: 0, endIndex: 5, uri: 'https://example.com', title: 'E' }],
          },
        },
      ],
      usageMetadata: {
        promptTokenCount: 8,
        cachedContentTokenCount: 2,
        candidatesTokenCount: 4,
        thoughtsTokenCount: 3,
        totalTokenCount: 15,
      },
      modelVersion: 'm',
      responseId: 'r1',
    });
  });

  it.each([
    ['end', undefined, 'STOP'],
    ['stop_sequence', 'stop_sequence', 'STOP'],
    ['tool_calls', 'tool_use', 'STOP'],
    ['pause', 'pause_turn', 'STOP'],
    ['unknown', 'x', 'STOP'],
    ['length', 'max_tokens', 'MAX_TOKENS'],
    ['context_exceeded', undefined, 'MAX_TOKENS'],
    ['length', 'CONTINUATION', 'MAX_TOKENS'],
    ['content_filter', undefined, 'SAFETY'],
    ['content_filter', 'RECITATION', 'RECITATION'],
    ['content_filter', 'STOP', 'SAFETY'],
    ['refusal', undefined, 'SAFETY'],
    ['malformed_tool_call', undefined, 'MALFORMED_FUNCTION_CALL'],
    ['malformed_tool_call', 'UNEXPECTED_TOOL_CALL', 'UNEXPECTED_TOOL_CALL'],
    ['error', 'ERROR', 'OTHER'],
  ] as const)('that ended by %s (%s) finished for %s', (reason, raw, finishReason) => {
    const stop = raw === undefined ? { reason } : { reason, raw };
    expect(written(answer([], { stop }))).toMatchObject({ candidates: [{ finishReason }] });
  });

  it.each(Object.entries(STREAMS))('of Gemini is what it was: %s', (_, chunks) => {
    const read1 = readReply(chunks);
    expect(unmarked(readReply(written(read1)))).toEqual(read1);
  });

  it('keeps the token by which it goes on', () => {
    const body = {
      candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'CONTINUATION', continuationToken: 'abc' }],
    };
    expect(written(readReply(body))).toMatchObject({
      candidates: [{ finishReason: 'CONTINUATION', continuationToken: 'abc' }],
    });
  });

  it('brings proof of other models back to them', () => {
    const blocks: readonly Block[] = [
      { type: 'reasoning', text: 'think', signature: { value: 'sig', dialect: 'anthropic' } },
      { type: 'reasoning', text: '', redacted: { value: 'blob', dialect: 'anthropic' } },
      { type: 'reasoning', text: '', signature: { value: 'enc', dialect: 'openai-responses' }, itemId: 'rs_1' },
      { type: 'text', text: 'Hello' },
      { type: 'tool_call', id: 'c1', name: 'f', input: '{}', signature: { value: 'sig', dialect: 'anthropic' } },
    ];
    const { candidates } = JSON.parse(geminiCaller.writeReply(answer(blocks), replyContext()));
    // As bytes in the SDKs of some languages: base64 or nothing.
    for (const part of candidates[0].content.parts) expect(part.thoughtSignature ?? '').toMatch(/^[A-Za-z0-9+/]*=*$/);
    const user = { role: 'user', parts: [{ text: 'Hi' }] };
    expect(read({ contents: [user, candidates[0].content] }).turns[1]?.blocks).toEqual(blocks);

    const texts = streamed(unfoldReply(answer(blocks)))
      .split('\n\n')
      .slice(0, -1);
    const contents = texts.map((text) => JSON.parse(text.slice('data: '.length)).candidates[0].content);
    expect(read({ contents: [user, ...contents] }).turns[1]?.blocks).toEqual(blocks);
  });
});

describe('a stream to a caller of Gemini', () => {
  it('has text at once, calls when they are whole, and the end in the last chunk', () => {
    const { events } = stream(sse(...STREAMS.THOUGHTS_AND_CALLS));
    const chunks = streamed(events).split('\n\n');
    expect(chunks.pop()).toBe('');
    expect(chunks.every((text) => text.startsWith('data: {') && !text.includes('\n'))).toBe(true);
    const parsed = chunks.map((text) => JSON.parse(text.slice(6)));
    expect(parsed.map(({ candidates }) => candidates[0].content.parts[0])).toEqual([
      { text: 'I should ', thought: true },
      { text: 'look.', thought: true },
      { text: 'Let me look.' },
      { functionCall: { id: 'call_1', name: 'look', args: { at: 'here', big: 1 } }, thoughtSignature: 'c2lnMQ==' },
      { functionCall: { id: 'call_2', name: 'look', args: { at: 'there' } } },
      { functionCall: { id: 'own-id', name: 'now', args: {} } },
      { text: '', thoughtSignature: 'c2lnMg==' },
      { text: '' },
    ]);
    expect(
      parsed.every(({ modelVersion, responseId }) => modelVersion === 'gemini-3-flash' && responseId === 'r1'),
    ).toBe(true);
    expect(parsed.filter(({ usageMetadata }) => usageMetadata !== undefined)).toHaveLength(1);
    expect(parsed.at(-1)).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { totalTokenCount: 20 },
    });
  });

  it.each(Object.entries(STREAMS))('of Gemini is what it was: %s', (_, chunks) => {
    const { events, folded } = stream(sse(...chunks));
    expect(unmarked(stream(Buffer.from(streamed(events))).folded)).toEqual(folded);
    const list = streamed(events, geminiArrayCaller);
    expect(Array.isArray(JSON.parse(list))).toBe(true);
    expect(unmarked(stream(Buffer.from(list), { framing: 'json-array' }).folded)).toEqual(folded);
  });

  it.each(Object.entries(STREAMS))('says the same as the whole answer: %s', (_, chunks) => {
    const whole = readReply(chunks);
    expect(stream(Buffer.from(streamed(unfoldReply(whole)))).folded).toEqual(readReply(written(whole)));
  });

  it('marks the first call when nobody has signed it, so that it does not go back to Gemini as it is', () => {
    const call = (id: string): Block => ({ type: 'tool_call', id, name: 'look', input: '{}' });
    const blocks = [call('c1'), call('c2')];
    const body = written(answer(blocks));
    const parts = [
      { functionCall: { id: 'c1', name: 'look', args: {} }, thoughtSignature: sealUnsigned('gemini') },
      { functionCall: { id: 'c2', name: 'look', args: {} } },
    ];
    expect(body).toMatchObject({ candidates: [{ content: { parts } }] });
    const sent = streamed(unfoldReply(answer(blocks)))
      .split('\n\n')
      .slice(0, 2);
    expect(sent.map((chunk) => JSON.parse(chunk.slice(6)).candidates[0].content.parts[0])).toEqual(parts);
    expect(read({ contents: [{ role: 'model', parts }] }).turns[0]?.blocks).toEqual(blocks);
  });

  it('shows thoughts to those who asked, and to the others what they must send back', () => {
    const blocks: readonly Block[] = [
      { type: 'reasoning', text: 'plain' },
      { type: 'reasoning', text: 'signed', signature: { value: 'sig', dialect: 'anthropic' } },
      { type: 'text', text: 'Hello' },
    ];
    const signed = { text: 'signed', thought: true, thoughtSignature: expect.any(String) };
    for (const request of [asked(), asked({ reasoning: { mode: 'auto', expose: 'none' } })]) {
      const context = replyContext(request);
      const whole = JSON.parse(geminiCaller.writeReply(answer(blocks), context));
      expect(whole.candidates[0].content.parts).toEqual([signed, { text: 'Hello' }]);
      const writer = geminiCaller.streamWriter(context);
      const sent = unfoldReply(answer(blocks)).map((event) => writer.write(event).toString());
      const chunks = sent.filter((one) => one !== '').map((one) => JSON.parse(one.slice('data: '.length)));
      expect(chunks.flatMap(({ candidates }) => candidates[0].content.parts)).toEqual([
        signed,
        { text: 'Hello' },
        { text: '' },
      ]);
    }
  });

  it('keeps what only Google says beside the candidates', () => {
    const body = {
      candidates: [{ content: { parts: [{ text: 'a' }] } }],
      createTime: '2026-11-26T00:00:00Z',
      modelStatus: { x: 1 },
    };
    const read1 = readReply(body);
    expect(read1.created).toBe(1_795_651_200);
    expect(written(read1)).toMatchObject({ createTime: body.createTime, modelStatus: { x: 1 } });
    const chunk = JSON.parse(streamed(unfoldReply(read1)).split('\n\n').at(-2)?.slice('data: '.length) ?? '');
    expect(chunk).toMatchObject({ createTime: body.createTime, modelStatus: { x: 1 } });
  });

  it('has no candidate for a prompt that was refused', () => {
    const { events } = stream(sse(...BLOCKED));
    expect(JSON.parse(streamed(events).slice(6))).toEqual({
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT', safetyRatings: [{ category: 'X', probability: 'HIGH' }] },
      usageMetadata: { promptTokenCount: 8, candidatesTokenCount: 0, totalTokenCount: 8 },
      modelVersion: 'gemini-3-flash',
      responseId: 'r1',
    });
  });

  it('keeps surrogates together that two deltas tear apart', () => {
    const high = '😀'.slice(0, 1);
    const low = '😀'.slice(1);
    const open: StreamEvent[] = [
      { t: 'start', id: 'r', model: 'm', created: 1 },
      { t: 'block', choice: 0, index: 0, block: { type: 'text' } },
      { t: 'delta', choice: 0, index: 0, delta: { text: high } },
      { t: 'delta', choice: 0, index: 0, delta: { text: low } },
      { t: 'block_stop', choice: 0, index: 0 },
      { t: 'stop', choice: 0, stop: { reason: 'end' } },
      { t: 'ping' },
      { t: 'done' },
    ];
    expect(stream(Buffer.from(streamed(open))).folded).toMatchObject({ choices: [{ blocks: [{ text: '😀' }] }] });
  });

  it('takes calls that grow at once', () => {
    const begin = (index: number, id: string): StreamEvent => ({
      t: 'block',
      choice: 0,
      index,
      block: { type: 'tool_call', id, name: 'f' },
    });
    const input = (index: number, text: string): StreamEvent => ({
      t: 'delta',
      choice: 0,
      index,
      delta: { input: text },
    });
    const events: StreamEvent[] = [
      { t: 'start', id: 'r', model: 'm', created: 1 },
      begin(0, 'c1'),
      input(0, '{"a":'),
      begin(1, 'c2'),
      input(1, '{"b"'),
      input(0, '1}'),
      input(1, ':2}'),
      { t: 'block_stop', choice: 0, index: 0 },
      { t: 'block_stop', choice: 0, index: 1 },
      { t: 'stop', choice: 0, stop: { reason: 'tool_calls' } },
      { t: 'done' },
    ];
    expect(stream(Buffer.from(streamed(events))).folded).toMatchObject({
      choices: [
        {
          blocks: [
            { id: 'c1', input: '{"a":1}' },
            { id: 'c2', input: '{"b":2}' },
          ],
        },
      ],
    });
  });

  it.each([
    [geminiCaller, /^data: (.*)\n\n$/, /^data: (.*)\n\n$/],
    [geminiArrayCaller, /^\[(.*)\]$/, /^,\n(.*)\]$/],
  ])('breaks with an error that SDKs throw on', (caller, first, later) => {
    const error = {
      error: {
        code: 429,
        message: 'Slow down.',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'LIMIT_RATE', domain: 'gatehouse' },
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: [{ field: 'contents', description: 'Slow down.' }],
          },
          { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: 'req_1' },
        ],
      },
    };
    const alone = caller.streamWriter(replyContext()).fail(ERROR).toString();
    expect(JSON.parse(first.exec(alone)?.[1] ?? '')).toEqual(error);
    const writer = caller.streamWriter(replyContext());
    writer.write({ t: 'start', id: 'r', model: 'm', created: 1 });
    writer.write({ t: 'block', choice: 0, index: 0, block: { type: 'text' } });
    writer.write({ t: 'delta', choice: 0, index: 0, delta: { text: 'a' } });
    expect(JSON.parse(later.exec(writer.fail(ERROR).toString())?.[1] ?? '')).toEqual(error);
    expect(writer.write({ t: 'done' })).toBe('');
    expect(writer.keepAlive()).toBe('');
  });

  it('is kept alive by an event of its own, or not at all', () => {
    expect(geminiCaller.streamWriter(replyContext()).keepAlive()).toBe(': keep-alive\n\n');
    expect(geminiArrayCaller.streamWriter(replyContext()).keepAlive()).toBe('');
  });
});
