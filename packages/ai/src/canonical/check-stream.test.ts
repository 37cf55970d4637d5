import { describe, expect, it } from 'vitest';
import { StreamCheck } from './check-stream.ts';
import type { OpenBlock, StreamEvent } from './stream-event.ts';

const START: StreamEvent = { t: 'start', id: 'i', model: 'm', created: 1 };
const DONE: StreamEvent = { t: 'done' };
const ERROR: StreamEvent = {
  t: 'error',
  error: {
    status: 502,
    headers: {},
    body: '',
    kind: 'upstream',
    retryElsewhere: true,
    code: 'provider.unavailable',
    message: 'm',
    param: undefined,
    retry: true,
  },
};
const TOOL: OpenBlock = { type: 'tool_call', id: 'c', name: 'f' };

const block = (index: number, open: OpenBlock = { type: 'text' }): StreamEvent => ({
  t: 'block',
  choice: 0,
  index,
  block: open,
});
const text = (index: number): StreamEvent => ({ t: 'delta', choice: 0, index, delta: { text: 'a' } });
const input = (index: number): StreamEvent => ({ t: 'delta', choice: 0, index, delta: { input: 'a' } });
const shut = (index: number): StreamEvent => ({ t: 'block_stop', choice: 0, index });
const stop = (choice = 0): StreamEvent => ({ t: 'stop', choice, stop: { reason: 'end' } });

function check(events: readonly StreamEvent[], cut = false): void {
  const checked = new StreamCheck();
  for (const event of events) checked.add(event);
  checked.end({ cut });
}

describe('StreamCheck allows', () => {
  const cases: Readonly<Record<string, readonly StreamEvent[]>> = {
    'a plain answer': [START, block(0), text(0), shut(0), stop(), DONE],
    'pings, and usage before and behind the stop': [
      START,
      { t: 'ping' },
      { t: 'usage', usage: { inputUncached: 1, outputText: 0 } },
      stop(),
      { t: 'usage', usage: { inputUncached: 1, outputText: 2 } },
      DONE,
    ],
    'tool calls that are open at once, and text between them': [
      START,
      block(0, TOOL),
      block(1, TOOL),
      input(0),
      block(2),
      text(2),
      input(1),
      shut(2),
      shut(1),
      shut(0),
      stop(),
      DONE,
    ],
    'choices side by side': [START, stop(1), block(0), shut(0), stop(0), DONE],
    'an error, in the middle of a block or alone': [START, block(0), ERROR],
    'nothing but an error': [ERROR],
  };
  it.each(Object.entries(cases))('%s', (_, events) => {
    check(events);
  });

  it('a stream that was cut, anywhere', () => {
    const whole = [START, block(0), text(0), shut(0), stop()];
    for (let at = 0; at <= whole.length; at++) check(whole.slice(0, at), true);
  });
});

describe('StreamCheck refuses', () => {
  const cases: Readonly<Record<string, readonly [readonly StreamEvent[], RegExp]>> = {
    'what comes before start': [[{ t: 'ping' }], /before start/],
    'a second start': [[START, START], /twice/],
    'what comes behind done': [[START, stop(), DONE, DONE], /behind done/],
    'what comes behind an error': [[START, ERROR, { t: 'ping' }], /behind error/],
    'an index that leaves one out': [[START, block(1)], /where 0 is next/],
    'an index that comes again': [[START, block(0), shut(0), block(0)], /where 1 is next/],
    'a delta to no block': [[START, text(0)], /not open/],
    'a delta to a stopped block': [[START, block(0), shut(0), text(0)], /not open/],
    'input for text': [[START, block(0), input(0)], /a text has no delta of input/],
    'text for a tool call': [[START, block(0, TOOL), text(0)], /a tool_call has no delta of text/],
    'text inside an opaque block': [
      [START, block(0, { type: 'opaque', dialect: 'anthropic', data: {} }), text(0)],
      /a opaque has no delta/,
    ],
    'a block that begins inside text': [[START, block(0), block(1, TOOL)], /while block 0, a text, is open/],
    'a stop of no block': [[START, shut(0)], /not open/],
    'a stop with an open block': [[START, block(0), stop()], /block 0 is open at the stop/],
    'a second stop': [[START, stop(), stop()], /behind the stop/],
    'a block behind the stop': [[START, stop(), block(0)], /behind the stop/],
    'done without a stop': [[START, DONE], /without any stop/],
    'done with a choice that has not stopped': [[START, stop(1), block(0), shut(0), DONE], /choice 0: has no stop/],
    'a choice that is no index': [[START, stop(-1)], /there is no choice -1/],
    'an end without done': [[START, stop()], /without done or error/],
  };
  it.each(Object.entries(cases))('%s', (_, [events, message]) => {
    expect(() => check(events)).toThrow(message);
  });

  it('a cut that ended well', () => {
    expect(() => check([START, stop(), DONE], true)).toThrow(/ends with done/);
    expect(() => check([ERROR], true)).toThrow(/ends with error/);
  });
});
