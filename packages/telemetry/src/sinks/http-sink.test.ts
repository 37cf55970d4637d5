import { TestAuthority } from '@gatehouse/kernel/testing';
import { systemClock } from '@gatehouse/kernel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gapItem, gapText, itemOf, lineOf, numbered, plainRecord } from '../__fixtures__/records.ts';
import { TestReceiver, type Answer } from '../__fixtures__/test-receiver.ts';
import { SinkError, type Sink } from '../sink.ts';
import { httpSink, type HttpSinkOptions } from './http-sink.ts';
import { lineText } from './line-text.ts';

const signal = new AbortController().signal;

function sinkTo(url: string, options: Partial<HttpSinkOptions> = {}): Sink {
  const all = { url, headers: {}, gzip: false, timeoutMs: 5000, ca: undefined, format: 'lines', ...options } as const;
  const sink = httpSink(all, lineText(undefined), systemClock);
  onTestFinished(async () => sink.close());
  return sink;
}

/** What sending comes to when the receiver answers like this. */
async function outcome(answer: Answer, options: Partial<HttpSinkOptions> = {}): Promise<unknown> {
  const receiver = await TestReceiver.start();
  receiver.answer = () => answer;
  try {
    return await sinkTo(receiver.url, options).send([itemOf(plainRecord)], signal);
  } catch (error) {
    if (!(error instanceof SinkError)) return error;
    const { message, retry, retryAfterMs } = error;
    return { message, retry, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
}

describe('httpSink', () => {
  it('sends lines with the headers of the configuration', async () => {
    const receiver = await TestReceiver.start();
    const sink = sinkTo(`${receiver.url}/intake?a=b`, { headers: { authorization: 'Bearer t', 'X-Tenant': '7' } });
    expect(await sink.send([itemOf(plainRecord), gapItem], signal)).toBeUndefined();
    expect(receiver.received).toMatchObject([
      {
        path: '/intake?a=b',
        headers: {
          authorization: 'Bearer t',
          'x-tenant': '7',
          'content-type': 'application/x-ndjson',
          'user-agent': 'gatehouse',
        },
      },
    ]);
    expect(receiver.received[0]?.body.toString()).toBe(`${lineOf(plainRecord)}\n${gapText}\n`);
  });

  it('sends an array', async () => {
    const receiver = await TestReceiver.start();
    await sinkTo(receiver.url, { format: 'array' }).send([itemOf(plainRecord), gapItem], signal);
    expect(receiver.received[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(receiver.received[0]?.body.toString() ?? '')).toEqual([
      JSON.parse(lineOf(plainRecord)),
      JSON.parse(gapText),
    ]);
  });

  it.each([
    ['compresses what is large', 10, 'gzip'],
    ['leaves what is small as it is', 1, undefined],
  ])('%s', async (_, count, encoding) => {
    const receiver = await TestReceiver.start();
    await sinkTo(receiver.url, { gzip: true }).send(numbered('call', count).map(itemOf), signal);
    const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }]: readonly {
      headers: Readonly<Record<string, unknown>>;
      body: Buffer;
    }[] = receiver.received;
    expect(headers['content-encoding']).toBe(encoding);
    expect(body.toString().trimEnd().split('\n')).toHaveLength(count);
  });

  it('keeps its connection', async () => {
    const receiver = await TestReceiver.start();
    const sink = sinkTo(receiver.url);
    for (let i = 0; i < 3; i++) await sink.send([itemOf(plainRecord)], signal);
    expect(new Set(receiver.received.map(({ remotePort }) => remotePort)).size).toBe(1);
  });

  it.each<[string, Answer, unknown]>([
    ['takes 204', { status: 204 }, undefined],
    ['comes again after 503', { status: 503 }, { message: 'answered 503', retry: 'later' }],
    [
      'comes again after 429, when it is asked to',
      { status: 429, headers: { 'retry-after': '7' } },
      { message: 'answered 429', retry: 'later', retryAfterMs: 7000 },
    ],
    ['comes again after 408', { status: 408 }, { message: 'answered 408', retry: 'later' }],
    ['comes again after 500', { status: 500 }, { message: 'answered 500', retry: 'later' }],
    [
      'does not come again after 400, and says why',
      { status: 400, headers: { 'content-type': 'application/json' }, body: '{"error":\n"no index"}' },
      { message: 'answered 400: {"error": "no index"}', retry: 'never' },
    ],
    [
      'does not follow a redirect',
      { status: 302, headers: { location: '/' } },
      { message: 'answered 302', retry: 'never' },
    ],
    ['comes with less after 413', { status: 413 }, { message: 'answered 413', retry: 'smaller' }],
    [
      'shows no bytes of an answer that is no text',
      { status: 401, headers: { 'content-type': 'image/png' }, body: 'PNG' },
      { message: 'answered 401', retry: 'never' },
    ],
    [
      'has time for a date of long ago',
      { status: 503, headers: { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' } },
      { message: 'answered 503', retry: 'later', retryAfterMs: 0 },
    ],
    [
      'does not read a wish that is none',
      { status: 503, headers: { 'retry-after': 'soon' } },
      { message: 'answered 503', retry: 'later' },
    ],
  ])('%s', async (_, answer, expected) => expect(await outcome(answer)).toEqual(expected));

  it('fails where the connection breaks', async () => {
    expect(await outcome({ breaks: true })).toBeInstanceOf(Error);
  });

  it('fails where nobody listens', async () => {
    await expect(sinkTo('http://127.0.0.1:1').send([itemOf(plainRecord)], signal)).rejects.toThrow('ECONNREFUSED');
  });

  it('waits for an answer as long as it may', async () => {
    expect(await outcome({ silent: true }, { timeoutMs: 30 })).toEqual({
      message: 'no answer within 30 ms',
      retry: 'later',
    });
  });

  it('ends when it is told to', async () => {
    const receiver = await TestReceiver.start();
    const ending = new AbortController();
    receiver.answer = () => {
      ending.abort();
      return { silent: true };
    };
    await expect(sinkTo(receiver.url).send([itemOf(plainRecord)], ending.signal)).rejects.toThrow('abort');
  });

  it('reads no more of an answer than says something', async () => {
    expect(
      await outcome({ status: 400, headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(10_000_000) }),
    ).toEqual({
      message: `answered 400: ${'x'.repeat(200)}`,
      retry: 'never',
    });
  });

  it('believes the authority of the configuration, and nobody else', async () => {
    const authority = new TestAuthority();
    const receiver = await TestReceiver.start(authority.issue({ names: ['127.0.0.1'] }));
    await sinkTo(receiver.url, { ca: authority.pem }).send([itemOf(plainRecord)], signal);
    expect(receiver.received).toHaveLength(1);
    await expect(sinkTo(receiver.url).send([itemOf(plainRecord)], signal)).rejects.toThrow('certificate');
    const other = sinkTo(receiver.url, { ca: new TestAuthority('another').pem });
    await expect(other.send([itemOf(plainRecord)], signal)).rejects.toThrow(/certificate|signature/);
  });
});
