import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../canonical/chat-reply.ts';
import type { StreamEvent } from '../canonical/stream-event.ts';
import { filtered, folded, pieces, replyOf, streamOf } from './__fixtures__/replies.ts';
import { requestOf } from './__fixtures__/requests.ts';
import { compileGuards } from './guard-set.ts';
import type { GuardSession } from './guard-session.ts';
import type { GuardSpec, PiiGuardSpec } from './guard-spec.ts';

const MAIL = 'ann@example.com';
const CARD = '4111 1111 1111 1111';
const MASK: GuardSpec = { kind: 'pii', action: 'mask', on: ['request'] };
const MASK_REPLY: PiiGuardSpec = { kind: 'pii', action: 'mask', on: ['reply'] };
const BLOCK_REPLY: GuardSpec = { kind: 'pii', action: 'block', on: ['reply'] };

function session(specs: readonly GuardSpec[], said = 'hello'): GuardSession {
  const begun = compileGuards(specs).begin();
  begun.checkRequest(requestOf(said));
  return begun;
}

/** Text of all deltas, and how the stream ended. */
function outcome(events: readonly StreamEvent[]): { readonly text: string; readonly end: string } {
  let text = '';
  for (const event of events) if (event.t === 'delta' && 'text' in event.delta) text += event.delta.text;
  const last = events.at(-1);
  return { text, end: last?.t === 'error' ? last.error.kind : (last?.t ?? '') };
}

const START: StreamEvent = { t: 'start', id: 'r', model: 'm', created: 1 };
const OPEN: StreamEvent = { t: 'block', choice: 0, index: 0, block: { type: 'text' } };
const say = (text: string, index = 0): StreamEvent => ({ t: 'delta', choice: 0, index, delta: { text } });

describe('StreamFilter', () => {
  it('hands every event on as it is when there is nothing to do', () => {
    const filter = session([MASK]).streamFilter();
    for (const event of streamOf(replyOf(`mail ${MAIL}`), () => 3)) expect(filter.push(event)).toEqual([event]);
  });

  it('lets text go as soon as it can be part of nothing', () => {
    const filter = session([MASK_REPLY]).streamFilter();
    const out = ['Hello', ' world', ', call ', '+49 ', '30 901', '820', ' now', '.'].map(
      (text) => outcome(filter.push(say(text))).text,
    );
    expect(out).toEqual(['Hello', ' world', ', call ', '+49 ', '30 901', '820', ' now', '.']);
    filter.push(START);
    filter.push(OPEN);
    const held = ['Hello', ' world', ', call ', '+49 ', '30 901', '820', ' now', '.'].map(
      (text) => outcome(filter.push(say(text))).text,
    );
    expect(held).toEqual(['', 'Hello ', 'world, call ', '', '', '', '[PHONE_1] ', '']);
    expect(filter.push({ t: 'block_stop', choice: 0, index: 0 })).toEqual([
      say('now.'),
      { t: 'block_stop', choice: 0, index: 0 },
    ]);
  });

  it('holds nothing back when it only looks', () => {
    const specs: readonly GuardSpec[] = [
      { kind: 'pii', action: 'flag' },
      { kind: 'secrets', action: 'mask', shadow: true },
    ];
    const begun = session(specs);
    const filter = begun.streamFilter();
    for (const event of streamOf(replyOf(`mail ${MAIL} now`), () => 2)) expect(filter.push(event)).toEqual([event]);
    expect(begun.findings).toEqual([
      { guard: 'pii', on: 'reply', kind: 'email', count: 1, action: 'flag', shadow: false },
    ]);
  });

  it('masks what the model says, in text and in arguments, whatever the pieces', () => {
    const reply = replyOf([
      { type: 'reasoning', text: `r ${MAIL}` },
      { type: 'text', text: `To ${MAIL}, card ${CARD}.` },
      {
        type: 'tool_call',
        id: 'c',
        name: 'f',
        input: `{"to":"${MAIL}","n":4111111111111111,"in":"{\\"m\\":\\"${MAIL}\\"}"}`,
      },
    ]);
    const masked = replyOf([
      { type: 'reasoning', text: 'r [EMAIL_1]' },
      { type: 'text', text: 'To [EMAIL_1], card [CARD_1].' },
      {
        type: 'tool_call',
        id: 'c',
        name: 'f',
        input: '{"to":"[EMAIL_1]","n":"[CARD_2]","in":"{\\"m\\":\\"[EMAIL_1]\\"}"}',
      },
    ]);
    expect(session([MASK_REPLY]).checkReply(reply).reply).toEqual(masked);
    for (const length of [1, 2, 3, 7, 1000]) {
      expect(
        folded(
          filtered(
            session([MASK_REPLY]).streamFilter(),
            streamOf(reply, () => length),
          ),
        ),
      ).toEqual(masked);
    }
  });

  it('gives the caller back what it said, and nothing else', () => {
    const begun = session([MASK, MASK_REPLY], `I am ${MAIL}`);
    const out = filtered(
      begun.streamFilter(),
      streamOf(replyOf('Hello [EMAIL_1], write to bob@example.com or [EMAIL_7]'), () => 1),
    );
    expect(outcome(out)).toEqual({ text: `Hello ${MAIL}, write to [EMAIL_2] or [EMAIL_7]`, end: 'done' });
  });

  it('ends a stream that may not pass with an error, behind the same text whatever the pieces', () => {
    for (const length of [1, 2, 5, 1000]) {
      const filter = session([BLOCK_REPLY]).streamFilter();
      const out = filtered(
        filter,
        streamOf(replyOf(`The card is ${CARD}. Bye`), () => length),
      );
      expect(outcome(out)).toEqual({ text: 'The card is ', end: 'content_blocked' });
      expect(filter.blocked).toBe(true);
      expect(filter.push(say('more'))).toEqual([]);
      expect(filter.flush()).toEqual([]);
    }
  });

  it('refuses a whole reply for the same reason', () => {
    expect(session([BLOCK_REPLY]).checkReply(replyOf(CARD))).toMatchObject({
      action: 'block',
      findings: [{ kind: 'card', on: 'reply' }],
    });
  });

  it('keeps calls apart that are open at once', () => {
    const filter = session([MASK_REPLY]).streamFilter();
    const call = (index: number, input: string): StreamEvent => ({ t: 'delta', choice: 0, index, delta: { input } });
    const open = (index: number): StreamEvent => ({
      t: 'block',
      choice: 0,
      index,
      block: { type: 'tool_call', id: `c${index}`, name: 'f' },
    });
    const out = filtered(filter, [
      START,
      open(0),
      open(1),
      call(0, '{"a":"ann@exa'),
      call(1, '{"b":"bob@'),
      call(0, 'mple.com"}'),
      call(1, 'example.com"}'),
      { t: 'block_stop', choice: 0, index: 1 },
      { t: 'block_stop', choice: 0, index: 0 },
      { t: 'stop', choice: 0, stop: { reason: 'tool_calls' } },
      { t: 'done' },
    ]);
    expect(folded(out)).toMatchObject({
      choices: [{ blocks: [{ input: '{"a":"[EMAIL_1]"}' }, { input: '{"b":"[EMAIL_2]"}' }] }],
    });
  });

  it('keeps signatures and citations behind the text that they came behind', () => {
    const filter = session([MASK_REPLY]).streamFilter();
    const signature: StreamEvent = {
      t: 'delta',
      choice: 0,
      index: 0,
      delta: { signature: { value: 's', dialect: 'anthropic' } },
    };
    const out = [
      START,
      { t: 'block', choice: 0, index: 0, block: { type: 'reasoning' } } as const,
      say('I think ann'),
      signature,
      { t: 'block_stop', choice: 0, index: 0 } as const,
    ].flatMap((event) => [...filter.push(event)]);
    expect(out.slice(2)).toEqual([say('I think '), say('ann'), signature, { t: 'block_stop', choice: 0, index: 0 }]);
  });

  it('moves the places of citations with the text', () => {
    const begun = session([MASK], `I am ${MAIL}`);
    const reply = replyOf([
      { type: 'text', text: 'To [EMAIL_1]: see page 3', citations: [{ url: 'https://x', start: 13, end: 16 }] },
    ]);
    const moved = { url: 'https://x', start: 19, end: 22 };
    expect(begun.checkReply(reply).reply).toMatchObject({ choices: [{ blocks: [{ citations: [moved] }] }] });
    const out = filtered(
      begun.streamFilter(),
      streamOf(reply, () => 4),
    );
    expect(folded(out)).toMatchObject({
      choices: [{ blocks: [{ text: `To ${MAIL}: see page 3`, citations: [moved] }] }],
    });
  });

  it('drops probabilities that spell out what was masked', () => {
    const reply: ChatReply = {
      ...replyOf(''),
      choices: [
        { index: 0, blocks: [{ type: 'text', text: MAIL }], stop: { reason: 'end' }, logprobs: { content: ['ann'] } },
      ],
    };
    expect(JSON.stringify(session([MASK_REPLY]).checkReply(reply).reply)).not.toContain('ann');
    expect(
      JSON.stringify(
        filtered(
          session([MASK_REPLY]).streamFilter(),
          streamOf(reply, () => 2),
        ),
      ),
    ).not.toContain('"ann"');
  });

  it('gives out what it holds when a provider fails or the stream breaks off', () => {
    const filter = session([MASK_REPLY]).streamFilter();
    for (const event of [START, OPEN]) filter.push(event);
    expect(filter.push(say('ann'))).toEqual([]);
    expect(filter.flush()).toEqual([say('ann')]);
    expect(filter.flush()).toEqual([]);
  });

  it('passes usage and pings at once', () => {
    const filter = session([MASK_REPLY]).streamFilter();
    for (const event of [START, OPEN, say('ann')]) filter.push(event);
    const usage: StreamEvent = { t: 'usage', usage: { inputUncached: 1, outputText: 1 } };
    expect([...filter.push({ t: 'ping' }), ...filter.push(usage)]).toEqual([{ t: 'ping' }, usage]);
  });

  it('never holds more than 256 characters of what is not certainly a secret', () => {
    const words = fc.constantFrom(
      ' ',
      'a',
      '.',
      '@',
      '1',
      '4111 ',
      '+49 ',
      '-',
      'DE',
      'eyJhbGciOiJ',
      '://',
      'password: ',
      '--token ',
      '[',
      '\\',
      'é',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 300 }), (parts) => {
        const text = parts.join('');
        const filter = session([MASK_REPLY, { kind: 'secrets', action: 'mask' }]).streamFilter();
        filter.push(START);
        filter.push(OPEN);
        let held = 0;
        for (const piece of pieces(text, () => 4)) {
          held += piece.length - outcome(filter.push(say(piece))).text.length;
          if (!/\[[A-Z_]+_\d+\]/.test(text)) expect(held).toBeLessThanOrEqual(256 + 64);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps to the rules of streams, and to the whole reply, whatever comes', () => {
    const texts = fc
      .array(
        fc.constantFrom('ann@example.com ', CARD, 'casino ', '{"a":"', '"}', ' so ', '[EMAIL_1]', 'é', '😀', '\\n'),
        { maxLength: 6 },
      )
      .map((parts) => parts.join(''));
    const narrow: PiiGuardSpec = { ...MASK_REPLY, entities: ['email', 'card'] };
    const specs: readonly GuardSpec[] = [MASK, narrow, { kind: 'topics', deny: ['casino'], action: 'mask' }];
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 1, max: 20 }), (text, input, length) => {
        const reply = replyOf([
          { type: 'reasoning', text: `.${input}` },
          { type: 'text', text: `.${text}` },
          { type: 'tool_call', id: 'c', name: 'f', input: `.${input}` },
        ]);
        const said = `I am ${MAIL}`;
        const whole = session(specs, said).checkReply(reply).reply;
        expect(
          folded(
            filtered(
              session(specs, said).streamFilter(),
              streamOf(reply, () => length),
            ),
          ),
        ).toEqual(whole);
      }),
    );
  });
});

describe('length of a reply', () => {
  const specs: readonly GuardSpec[] = [{ kind: 'length', maxChars: 8, on: ['reply'] }];

  it('cuts a stream at the same place whatever the pieces', () => {
    for (const length of [1, 3, 100]) {
      expect(
        outcome(
          filtered(
            session(specs).streamFilter(),
            streamOf(replyOf('12345678'), () => length),
          ),
        ),
      ).toEqual({ text: '12345678', end: 'done' });
    }
    for (const length of [3, 9, 100]) {
      expect(
        outcome(
          filtered(
            session(specs).streamFilter(),
            streamOf(replyOf('1234567😀'), () => length),
          ),
        ),
      ).toEqual({ text: '1234567', end: 'content_blocked' });
    }
  });

  it('refuses a whole reply, and only reports when told so', () => {
    expect(session(specs).checkReply(replyOf('123456789')).action).toBe('block');
    const flagged = session([{ kind: 'length', maxChars: 8, action: 'flag' }]);
    expect(
      outcome(
        filtered(
          flagged.streamFilter(),
          streamOf(replyOf('123456789'), () => 1),
        ),
      ).text,
    ).toBe('123456789');
    expect(flagged.findings).toEqual([
      { guard: 'length', on: 'reply', kind: 'length', count: 1, action: 'flag', shadow: false },
    ]);
  });
});

describe('schema of a reply', () => {
  const specs: readonly GuardSpec[] = [
    { kind: 'output-schema', schema: { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } } },
  ];

  it.each([
    ['{"a":1}', 'done'],
    [' {"a": 1}\n', 'done'],
    ['{"a":"1"}', 'content_blocked'],
    ['no JSON', 'content_blocked'],
    ['', 'content_blocked'],
  ])('lets %j end with %s', (text, end) => {
    const reply = replyOf(text);
    expect(
      outcome(
        filtered(
          session(specs).streamFilter(),
          streamOf(reply, () => 3),
        ),
      ).end,
    ).toBe(end);
    expect(session(specs).checkReply(reply).action).toBe(end === 'done' ? 'pass' : 'block');
  });

  it('asks nothing of calls and refusals, and judges what the caller will read', () => {
    const call: ChatReply = {
      ...replyOf(''),
      choices: [
        { index: 0, blocks: [{ type: 'tool_call', id: 'c', name: 'f', input: '{}' }], stop: { reason: 'tool_calls' } },
      ],
    };
    expect(session(specs).checkReply(call).action).toBe('pass');
    const strict: readonly GuardSpec[] = [
      MASK,
      { kind: 'output-schema', schema: { properties: { m: { const: MAIL } } } },
    ];
    expect(session(strict, MAIL).checkReply(replyOf('{"m":"[EMAIL_1]"}')).action).toBe('pass');
  });
});
