import { APIError } from 'openai';
import { describe, expect, it } from 'vitest';
import { StreamCheck } from '../../canonical/check-stream.ts';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import { unfoldReply } from '../../canonical/fold-stream.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { answer, head, replyContext, requestOf, written } from './__fixtures__/canonical-replay.ts';
import { gather } from './__fixtures__/sdk-client.ts';
import { CanonicalStreamWriter } from './canonical-stream-writer.ts';
import { writeReply } from './write-reply.ts';

const anthropic = { value: 'sig+/=', dialect: 'anthropic' } as const;
const start: StreamEvent = { t: 'start', ...head };
const asksUsage = requestOf({ stream: true, stream_options: { include_usage: true } });

/** The data of each event. */
function dataOf(stream: string): string[] {
  return stream
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => event.replace(/^data: /, ''));
}

const deltasOf = (stream: string): unknown[] =>
  dataOf(stream)
    .filter((data) => data.startsWith('{'))
    .flatMap((data) =>
      [...data.matchAll(/"delta":(.*),"finish_reason"/g)].map(([, delta = '']) => JSON.parse(delta) as unknown),
    );

describe('CanonicalStreamWriter', () => {
  it('writes the role, each delta, the finish and the terminator', () => {
    const stream = written(unfoldReply(answer([{ type: 'text', text: 'A' }])));
    const chunk = (delta: string, finish = 'null'): string =>
      `data: {"id":"msg_1","object":"chat.completion.chunk","created":1762500000,"model":"claude","choices":[{"index":0,"delta":${delta},"finish_reason":${finish}}]}\n\n`;
    expect(stream).toBe(
      chunk('{"role":"assistant","content":"","refusal":null}') +
        chunk('{"content":"A"}') +
        chunk('{}', '"stop"') +
        'data: [DONE]\n\n',
    );
  });

  it('tells usage only to those who asked', () => {
    const reply = {
      ...answer([{ type: 'text', text: 'A' }]),
      usage: { inputUncached: 3, cacheRead: 2, cacheWrite: 1, outputText: 4, reasoning: 5 },
    };
    expect(written(unfoldReply(reply))).not.toContain('usage');
    const data = dataOf(written(unfoldReply(reply), asksUsage));
    expect(data.slice(0, -2).every((one) => one.endsWith('"usage":null}'))).toBe(true);
    expect(JSON.parse(data.at(-2) ?? '')).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 6,
        completion_tokens: 9,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
    });
    expect(data.at(-1)).toBe('[DONE]');
  });

  it('writes reasoning as text, and as all entries when a block ends', () => {
    const blocks: Block[] = [
      { type: 'reasoning', text: ' a', signature: anthropic },
      { type: 'reasoning', text: '', redacted: anthropic },
      { type: 'text', text: 'T' },
    ];
    const sealed = sealSignature(anthropic, 'openai-chat');
    const first = { type: 'reasoning.text', text: ' a', signature: sealed, format: 'anthropic', index: 0 };
    expect(deltasOf(written(unfoldReply(answer(blocks))))).toEqual([
      { role: 'assistant', content: null, refusal: null },
      { reasoning_content: ' a' },
      { reasoning_details: [first] },
      { reasoning_details: [first, { type: 'reasoning.encrypted', data: sealed, format: 'anthropic', index: 1 }] },
      { content: 'T' },
      {},
    ]);
  });

  it('keeps reasoning to itself where the caller wants none', () => {
    const request = requestOf({ reasoning: { exclude: true } });
    const blocks: Block[] = [
      { type: 'reasoning', text: 'secret', signature: anthropic },
      { type: 'text', text: 'T' },
    ];
    expect(deltasOf(written(unfoldReply(answer(blocks)), request)).slice(1)).toEqual([{ content: 'T' }, {}]);
    expect(writeReply(answer(blocks), replyContext(request))).not.toMatch(/secret|reasoning/);
  });

  it('writes calls one after the other, though they come at once (T8, T9)', () => {
    const input = (index: number, text: string): StreamEvent => ({
      t: 'delta',
      choice: 0,
      index,
      delta: { input: text },
    });
    const open = (index: number, id: string): StreamEvent => ({
      t: 'block',
      choice: 0,
      index,
      block: { type: 'tool_call', id, name: 'f' },
    });
    const events: StreamEvent[] = [
      start,
      open(0, 'a'),
      open(1, 'b'),
      open(2, 'c'),
      input(1, '{"b"'),
      input(0, '{"a"'),
      { t: 'block_stop', choice: 0, index: 2 },
      { t: 'delta', choice: 0, index: 1, delta: { signature: { value: 'g', dialect: 'gemini' } } },
      input(0, ':1}'),
      { t: 'block_stop', choice: 0, index: 0 },
      input(1, ':2}'),
      { t: 'block_stop', choice: 0, index: 1 },
      { t: 'stop', choice: 0, stop: { reason: 'tool_calls' } },
      { t: 'done' },
    ];
    const check = new StreamCheck();
    for (const event of events) check.add(event);
    const begin = (index: number, id: string, extra = {}) => ({
      tool_calls: [{ index, id, type: 'function', function: { name: 'f', arguments: '' }, ...extra }],
    });
    const fragment = (index: number, text: string) => ({ tool_calls: [{ index, function: { arguments: text } }] });
    expect(deltasOf(written(events))).toEqual([
      { role: 'assistant', content: null, refusal: null },
      begin(0, 'a'),
      fragment(0, '{"a"'),
      fragment(0, ':1}'),
      begin(1, 'b', { extra_content: { google: { thought_signature: 'g' } } }),
      fragment(1, '{"b"'),
      fragment(1, ':2}'),
      begin(2, 'c'),
      fragment(2, '{}'),
      {},
    ]);
    const whole = new CanonicalStreamWriter(replyContext(requestOf({})), { wholeCalls: true });
    const told = (index: number, id: string, args: string, extra = {}) => ({
      tool_calls: [{ index, id, type: 'function', function: { name: 'f', arguments: args }, ...extra }],
    });
    expect(deltasOf(events.map((event) => whole.write(event)).join(''))).toEqual([
      { role: 'assistant', content: null, refusal: null },
      told(0, 'a', '{"a":1}'),
      told(1, 'b', '{"b":2}', { extra_content: { google: { thought_signature: 'g' } } }),
      told(2, 'c', '{}'),
      {},
    ]);
  });

  it('writes a call to those who offered functions as a function call', () => {
    const request = requestOf({ functions: [{ name: 'f' }] });
    const call: Block = { type: 'tool_call', id: 'a', name: 'f', input: '{"x":1}' };
    const stream = written(
      unfoldReply(answer([call, { ...call, id: 'b' }], { stop: { reason: 'tool_calls' } })),
      request,
    );
    expect(deltasOf(stream).slice(1)).toEqual([
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{"x":1}' } },
      {},
    ]);
    expect(stream).toContain('"finish_reason":"function_call"');
  });

  it('writes citations once, in front of the finish', () => {
    const citations = [
      { url: 'https://a.org', title: 'A', start: 0, end: 1 },
      { text: 'no address' },
      { url: 'https://b.org' },
    ];
    expect(deltasOf(written(unfoldReply(answer([{ type: 'text', text: 'Text', citations }])))).slice(-2)).toEqual([
      {
        annotations: [
          { type: 'url_citation', url_citation: { url: 'https://a.org', title: 'A', start_index: 0, end_index: 1 } },
          {
            type: 'url_citation',
            url_citation: { url: 'https://b.org', title: 'https://b.org', start_index: 0, end_index: 4 },
          },
        ],
      },
      {},
    ]);
  });

  it('shows pictures and sound, all pictures together', () => {
    const picture: Block = { type: 'media', kind: 'image', source: { via: 'base64', data: 'iVBORw0KGgo=' } };
    const sound: Block = { type: 'media', kind: 'audio', source: { via: 'base64', data: 'AAAA' } };
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
    expect(deltasOf(written(unfoldReply(answer([picture, picture, sound])))).slice(1)).toEqual([
      { audio: { id: 'audio_0', data: 'AAAA', expires_at: 1_762_500_000, transcript: '' } },
      { images: [image, image] },
      {},
    ]);
  });

  it('passes on what only this dialect knows, and nothing of others', () => {
    const own: Block = { type: 'opaque', dialect: 'openai-chat', data: { audio: { id: 'a' } } };
    const foreign: Block = { type: 'opaque', dialect: 'anthropic', data: { type: 'server_tool_use' } };
    expect(deltasOf(written(unfoldReply(answer([own, foreign])))).slice(1)).toEqual([{ audio: { id: 'a' } }, {}]);
    const ext = { 'openai-chat': { system_fingerprint: 'fp' }, anthropic: { container: 'x' } };
    expect(written(unfoldReply({ ...answer([]), ext }))).toContain(
      '"model":"claude","system_fingerprint":"fp","choices"',
    );
  });

  it('tells likelihoods with the finish', () => {
    const [choice] = answer([{ type: 'text', text: 'A' }]).choices;
    const reply = {
      ...head,
      choices: choice === undefined ? [] : [{ ...choice, logprobs: { content: [{ token: 'A' }] } }],
    };
    expect(written(unfoldReply(reply))).toContain(
      '"delta":{},"logprobs":{"content":[{"token":"A"}],"refusal":null},"finish_reason":"stop"',
    );
  });

  it.each<readonly [ChatReply['choices'][number]['stop'], string]>([
    [{ reason: 'end' }, 'stop'],
    [{ reason: 'stop_sequence', sequence: 'x' }, 'stop'],
    [{ reason: 'length' }, 'length'],
    [{ reason: 'context_exceeded' }, 'length'],
    [{ reason: 'content_filter' }, 'content_filter'],
    [{ reason: 'pause' }, 'stop'],
    [{ reason: 'malformed_tool_call' }, 'stop'],
    [{ reason: 'unknown' }, 'stop'],
    [{ reason: 'refusal' }, 'content_filter'],
  ])('finishes %j with %s', (stop, finish) => {
    expect(written(unfoldReply(answer([{ type: 'text', text: 'A' }], { stop })))).toContain(
      `"finish_reason":"${finish}"`,
    );
  });

  it('tells a refusal in its own member, and then finishes plainly', () => {
    const told = written(unfoldReply(answer([{ type: 'refusal', text: 'No.' }], { stop: { reason: 'refusal' } })));
    expect(deltasOf(told).slice(1)).toEqual([{ refusal: 'No.' }, {}]);
    expect(told).toContain('"finish_reason":"stop"');
    const detail = written(unfoldReply(answer([], { stop: { reason: 'refusal', detail: 'Not this.' } })));
    expect(deltasOf(detail)).toEqual([
      { role: 'assistant', content: null, refusal: null },
      { refusal: 'Not this.' },
      {},
    ]);
    expect(detail).toContain('"finish_reason":"stop"');
  });

  it('keeps alive with comments in events of their own', () => {
    const writer = new CanonicalStreamWriter(replyContext(requestOf()));
    expect(writer.keepAlive()).toBe(': keep-alive\n\n');
    expect(writer.write(start)).toBe('');
    expect(writer.write({ t: 'ping' })).toBe('');
    writer.write({ t: 'block', choice: 0, index: 0, block: { type: 'text' } });
    expect(writer.write({ t: 'ping' })).toBe(': keep-alive\n\n');
  });
});

describe('CanonicalStreamWriter, of failures', () => {
  const failure = {
    status: 502,
    kind: 'upstream',
    code: 'provider.truncated',
    message: 'The stream broke off.',
    retry: true,
    requestId: 'req_1',
  } as const;
  const error =
    '{"error":{"message":"The stream broke off.","type":"server_error","param":null,"code":"provider.truncated"}}';

  it('ends with the error and nothing behind it', () => {
    const writer = new CanonicalStreamWriter(replyContext(requestOf()));
    writer.write(start);
    expect(writer.fail(failure)).toBe(`data: ${error}\n\n`);
    expect(writer.write({ t: 'done' })).toBe('');
  });

  it("tells a provider's failure with the provider's code, whose reply may be in any shape", () => {
    const body = (text: string): StreamEvent => ({
      t: 'error',
      error: {
        ...failure,
        headers: {},
        body: text,
        param: undefined,
        retryElsewhere: true,
        code: 'provider.unavailable',
        message: 'Failed.',
      },
    });
    expect(written([start, body('{"error":{"code":"bad_thing"}}')])).toContain('"code":"bad_thing"');
    expect(written([start, body('<html>')])).toBe(
      'data: {"error":{"message":"Failed.","type":"server_error","param":null,"code":"provider.unavailable"}}\n\n',
    );
  });

  it('does not let an answer look complete that is not', () => {
    const stream = written(unfoldReply(answer([{ type: 'text', text: 'A' }], { stop: { reason: 'error' } })));
    expect(stream).not.toContain('[DONE]');
    expect(stream.endsWith('"code":"provider.unavailable"}}\n\n')).toBe(true);
  });

  it('makes the official SDK throw', async () => {
    const broken = new CanonicalStreamWriter(replyContext(requestOf()));
    const stream = unfoldReply(answer([{ type: 'text', text: 'A' }]))
      .slice(0, 3)
      .map((event) => broken.write(event))
      .join('');
    await expect(gather(stream + broken.fail(failure))).rejects.toThrow(APIError);
    await expect(gather(stream)).rejects.toThrow('missing finish_reason');
  });
});
