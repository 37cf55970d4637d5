import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import type { ChatReply, Stop } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import { StreamFold, unfoldReply } from '../../canonical/fold-stream.ts';
import { sealUnsigned } from '../../canonical/unsigned.ts';
import type { CallerError } from '../../canonical/dialect.ts';
import { textTokens } from '../../pricing/text-tokens.ts';
import { estimateTokens } from '../../pricing/token-estimate.ts';
import type { Usage } from '../../usage.ts';
import { called, readContext, replyContext } from './__fixtures__/contexts.ts';
import { MESSAGE, readStream, STREAM } from './__fixtures__/streams.ts';
import { readReply } from './reply-reader.ts';
import { writeReply } from './reply-writer.ts';
import { AnthropicStreamWriter } from './stream-writer.ts';

const START: StreamEvent = { t: 'start', id: 'chatcmpl-1', model: 'gpt', created: 1 };
const REPLY: ChatReply = { id: 'msg_1', created: 1, model: 'gpt', choices: [] };
const USAGE: Usage = { inputUncached: 11, cacheRead: 4, outputText: 20, reasoning: 5 };

/** A stream of one choice, from its blocks. */
function stream(
  events: readonly StreamEvent[],
  stop: Stop = { reason: 'end' },
  usage: Usage | undefined = USAGE,
): StreamEvent[] {
  const counted: StreamEvent[] = usage === undefined ? [] : [{ t: 'usage', usage }];
  return [START, ...events, { t: 'stop', choice: 0, stop }, ...counted, { t: 'done' }];
}

function block(index: number, open: Extract<StreamEvent, { t: 'block' }>['block']): StreamEvent {
  return { t: 'block', choice: 0, index, block: open };
}

function delta(index: number, one: Extract<StreamEvent, { t: 'delta' }>['delta']): StreamEvent {
  return { t: 'delta', choice: 0, index, delta: one };
}

function stopped(index: number): StreamEvent {
  return { t: 'block_stop', choice: 0, index };
}

function written(events: readonly StreamEvent[]): string {
  const writer = new AnthropicStreamWriter(replyContext());
  return events.map((event) => writer.write(event)).join('');
}

function parsed(body: string): { [name: string]: unknown }[] {
  return body
    .split('\n\n')
    .filter((record) => record !== '')
    .map((record) => {
      const [name, data, ...more] = record.split('\n');
      const event: { [name: string]: unknown } = JSON.parse(data?.slice('data: '.length) ?? '');
      expect(name).toBe(`event: ${String(event['type'])}`);
      expect(more).toEqual([]);
      return event;
    });
}

function types(body: string): unknown[] {
  return parsed(body).map(({ type }) => type);
}

/** The official SDK, served these bytes. */
function sdk(body: string): Anthropic {
  const reply = () => new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  return new Anthropic({ apiKey: 'k', maxRetries: 0, fetch: () => Promise.resolve(reply()) });
}

async function gathered(body: string): Promise<Anthropic.Message> {
  const call = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'Hi' }] };
  const { parsed_output: _, ...message } = await sdk(body).messages.stream(call).finalMessage();
  return message;
}

describe('the stream writer', () => {
  it('sends the events in the order of the dialect', () => {
    const body = written(stream([block(0, { type: 'text' }), delta(0, { text: 'Hi' }), stopped(0)]));
    expect(types(body)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(body.endsWith('event: message_stop\ndata: {"type":"message_stop"}\n\n')).toBe(true);
  });

  it('estimates the input at the start, and corrects it at the end', () => {
    const events = parsed(written(stream([block(0, { type: 'text' }), delta(0, { text: 'Hi' }), stopped(0)])));
    expect(events[0]).toMatchObject({
      message: {
        id: 'msg_made_1',
        model: 'gpt',
        content: [],
        stop_reason: null,
        usage: { input_tokens: estimateTokens(replyContext().request), output_tokens: 1 },
      },
    });
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: {
        input_tokens: 11,
        cache_read_input_tokens: 4,
        output_tokens: 25,
        output_tokens_details: { thinking_tokens: 5 },
      },
    });
  });

  it('starts with the input that a provider counts at its start', () => {
    const writer = new AnthropicStreamWriter(replyContext());
    expect(writer.write(START)).toBe('');
    const start = writer.write({ t: 'usage', usage: { inputUncached: 77, outputText: 0 } });
    expect(parsed(start)).toMatchObject([{ type: 'message_start', message: { usage: { input_tokens: 77 } } }]);
    const other = new AnthropicStreamWriter(replyContext());
    other.write(START);
    const empty = other.write({ t: 'usage', usage: { inputUncached: 0, outputText: 0 } });
    const estimated = { input_tokens: estimateTokens(replyContext().request) };
    expect(parsed(empty)).toMatchObject([{ message: { usage: estimated } }]);
  });

  it('estimates what nobody counted', () => {
    const text = 'one two three '.repeat(40);
    const said = delta(0, { text });
    const events = parsed(
      written(
        stream([block(0, { type: 'text' }), said, stopped(0)], { reason: 'end' }, undefined).filter(
          ({ t }) => t !== 'usage',
        ),
      ),
    );
    expect(events.at(-2)).toMatchObject({ usage: { output_tokens: textTokens(text) } });
  });

  it('puts calls that overlap one behind the other', async () => {
    const call = (index: number) => block(index, { type: 'tool_call', id: `call_${index}`, name: `tool${index}` });
    const body = written(
      stream(
        [
          call(0),
          delta(0, { input: '{"a"' }),
          call(1),
          delta(1, { input: '{"b"' }),
          delta(0, { input: ':1}' }),
          call(2),
          stopped(2),
          delta(1, { input: ':2}' }),
          stopped(0),
          stopped(1),
        ],
        { reason: 'tool_calls' },
      ),
    );
    const indexes = parsed(body).flatMap(({ index }) => (index === undefined ? [] : [index]));
    expect(indexes).toEqual([...Array(3).keys()].flatMap((index) => indexes.filter((one) => one === index)));
    const { content, stop_reason } = await gathered(body);
    expect(stop_reason).toBe('tool_use');
    expect(content).toMatchObject([
      { type: 'tool_use', id: 'call_0', name: 'tool0', input: { a: 1 }, caller: { type: 'direct' } },
      { type: 'tool_use', id: 'call_1', name: 'tool1', input: { b: 2 } },
      { type: 'tool_use', id: 'call_2', name: 'tool2', input: {} },
    ]);
  });

  it('sends no block that says nothing, and leaves no hole in the indexes', () => {
    const body = written(
      stream([
        block(0, { type: 'reasoning' }),
        stopped(0),
        block(1, { type: 'text' }),
        stopped(1),
        block(2, { type: 'opaque', dialect: 'gemini', data: {} }),
        stopped(2),
        block(3, { type: 'media', kind: 'image', source: { via: 'base64', data: '' } }),
        stopped(3),
        block(4, { type: 'text' }),
        delta(4, { text: 'Hi' }),
        stopped(4),
      ]),
    );
    expect(parsed(body).filter(({ type }) => type === 'content_block_start')).toMatchObject([{ index: 0 }]);
  });

  it('sends a signature once, just before the stop, and wraps a foreign one', async () => {
    const body = written(
      stream([
        block(0, { type: 'reasoning' }),
        delta(0, { signature: { value: 'sig', dialect: 'anthropic' } }),
        delta(0, { text: 'Hm' }),
        stopped(0),
        block(1, { type: 'reasoning' }),
        delta(1, { signature: { value: 'gem', dialect: 'gemini' } }),
        stopped(1),
        block(2, { type: 'reasoning', redacted: { value: 'red', dialect: 'anthropic' } }),
        stopped(2),
        block(3, { type: 'reasoning' }),
        delta(3, { text: 'unsigned' }),
        stopped(3),
      ]),
    );
    const { content } = await gathered(body);
    expect(content).toMatchObject([
      { type: 'thinking', thinking: 'Hm', signature: 'sig' },
      { type: 'thinking', thinking: '', signature: expect.stringMatching(/^Z2F0/) },
      { type: 'redacted_thinking', data: 'red' },
      { type: 'thinking', thinking: 'unsigned', signature: sealUnsigned('anthropic') },
    ]);
    expect(types(body).filter((type) => type === 'content_block_delta')).toHaveLength(5);
  });

  it('carries proofs of text and calls behind them, as a whole reply does, so that they come back', async () => {
    const gemini = (value: string) => ({ value, dialect: 'gemini' }) as const;
    const blocks: Block[] = [
      { type: 'reasoning', text: 'a' },
      { type: 'text', text: 'b', signature: gemini('text') },
      { type: 'tool_call', id: 't1', name: 'n', input: '{"a":1}', signature: gemini('call') },
      { type: 'tool_call', id: 't2', name: 'n', input: '{}' },
    ];
    const whole = { ...REPLY, choices: [{ index: 0, blocks, stop: { reason: 'tool_calls' as const } }] };
    const plain = JSON.parse(writeReply(whole, replyContext())).content;
    const streamed = (await gathered(written(unfoldReply(whole)))).content;
    expect(streamed.map(({ type }) => type)).toEqual([
      'thinking',
      'text',
      'redacted_thinking',
      'tool_use',
      'redacted_thinking',
      'tool_use',
    ]);
    expect(streamed).toEqual(plain);
    const { turns } = called({ messages: [{ role: 'assistant', content: plain }] });
    const [turn] = turns;
    expect(turn?.blocks).toMatchObject(blocks);
  });

  it('carries the free text of a custom tool as an object, split anywhere', async () => {
    const custom = block(0, { type: 'tool_call', id: 'c', name: 'shell', custom: true });
    const smile = '🔎';
    const pieces = ['echo "', smile.slice(0, 1), smile.slice(1), '"\n'];
    const body = written(
      stream([custom, ...pieces.map((input) => delta(0, { input })), stopped(0)], { reason: 'tool_calls' }),
    );
    expect((await gathered(body)).content).toMatchObject([{ input: { input: 'echo "🔎"\n' } }]);
  });

  it('shows a refusal as text with its reason', async () => {
    const refused = stream([block(0, { type: 'refusal' }), delta(0, { text: 'No.' }), stopped(0)], {
      reason: 'refusal',
      detail: 'harm',
    });
    expect(await gathered(written(refused))).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', explanation: 'harm' },
    });
  });

  it('cites pages for clients, from whichever dialect', async () => {
    const citation = { url: 'https://a.b', title: 'A', text: 'a' };
    const body = written(
      stream([
        block(0, { type: 'text' }),
        delta(0, { text: 'Hi' }),
        delta(0, { citation }),
        delta(0, { citation: { title: 'no place' } }),
        stopped(0),
      ]),
    );
    expect((await gathered(body)).content).toMatchObject([
      { citations: [{ type: 'web_search_result_location', url: 'https://a.b', title: 'A', cited_text: 'a' }] },
    ]);
  });

  it('leaves other choices out', () => {
    const other: StreamEvent[] = [
      { t: 'block', choice: 1, index: 0, block: { type: 'text' } },
      { t: 'delta', choice: 1, index: 0, delta: { text: 'other' } },
      { t: 'block_stop', choice: 1, index: 0 },
      { t: 'stop', choice: 1, stop: { reason: 'length' } },
    ];
    const body = written(stream([...other, block(0, { type: 'text' }), delta(0, { text: 'Hi' }), stopped(0)]));
    expect(body).not.toContain('other');
    expect(body).toContain('end_turn');
  });

  it('pings, behind the start once there is one', () => {
    const writer = new AnthropicStreamWriter(replyContext());
    expect(types(writer.keepAlive())).toEqual(['ping']);
    writer.write(START);
    expect(types(writer.keepAlive())).toEqual(['message_start', 'ping']);
    expect(types(writer.write({ t: 'ping' }))).toEqual(['ping']);
  });

  const failure: CallerError = {
    status: 503,
    kind: 'overloaded',
    code: 'provider.overloaded',
    message: 'Busy',
    retry: true,
    requestId: 'req_1',
  };

  it('ends a broken stream with an error that clients throw', async () => {
    const writer = new AnthropicStreamWriter(replyContext());
    const sent = [START, block(0, { type: 'text' }), delta(0, { text: 'Hi' })]
      .map((event) => writer.write(event))
      .join('');
    const body = sent + writer.fail(failure);
    await expect(gathered(body)).rejects.toMatchObject({ type: 'overloaded_error', apiMessage: 'Busy' });
    expect(parsed(body).at(-1)).toMatchObject({ type: 'error', request_id: 'req_1' });
    expect(writer.write({ t: 'done' }) + writer.keepAlive() + writer.fail(failure)).toBe('');
  });

  it('passes on what the provider reports, and a stop that is a failure', () => {
    const overloaded = readStream('data: {"type":"error","error":{"type":"overloaded_error","message":"x"}}\n\n');
    expect(parsed(written([START, ...overloaded]))).toMatchObject([
      { type: 'error', error: { type: 'overloaded_error' } },
    ]);
    expect(types(written(stream([], { reason: 'error' })))).toEqual(['message_start', 'error']);
  });

  it('gives Anthropic’s own stream back as it was, and equal to the whole answer', async () => {
    const streamed = written(readStream(STREAM));
    const reply = readReply(MESSAGE, readContext());
    if (reply === undefined || 'kind' in reply) throw new Error('no reply');
    const plain: unknown = JSON.parse(writeReply(reply, replyContext()));
    expect(JSON.parse(JSON.stringify(await gathered(streamed)))).toEqual(plain);
    expect(JSON.parse(JSON.stringify(await gathered(written(unfoldReply(reply)))))).toEqual(plain);
    const folded = new StreamFold();
    for (const event of readStream(streamed)) folded.add(event);
    expect(folded.end()).toEqual(reply);
  });

  it('keeps ahead of any model', () => {
    const context = replyContext(called({ stream: true }));
    const writer = new AnthropicStreamWriter(context);
    let bytes = writer.write(START).length + writer.write(block(0, { type: 'text' })).length;
    const began = performance.now();
    for (let i = 0; i < 20_000; i++) bytes += writer.write(delta(0, { text: ' token' })).length;
    const seconds = (performance.now() - began) / 1000;
    expect(bytes).toBeGreaterThan(20_000);
    expect(seconds).toBeLessThan(1);
  });
});
