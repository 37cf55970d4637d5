import { describe, expect, it } from 'vitest';
import { unfoldReply } from '../canonical/fold-stream.ts';
import type { StreamEvent } from '../canonical/stream-event.ts';
import { replyOf } from '../guards/__fixtures__/replies.ts';
import { compileGuards } from '../guards/guard-set.ts';
import { GuardedCall } from '../guards/guarded-call.ts';
import type { GuardSpec } from '../guards/guard-spec.ts';
import type { Moderator } from '../guards/moderator.ts';
import { StreamGuard } from './stream-guard.ts';

const JUDGE: GuardSpec = { kind: 'moderation', on: ['reply'], provider: 'p', model: 'm' };
const WORDS: GuardSpec = { kind: 'topics', on: ['reply'], deny: ['bad'] };

/** Objects to nothing that does not say so. */
const judge: Moderator = {
  moderate: async ({ texts }) => ({ flagged: texts.some((text) => text.includes('object')), scores: {} }),
};

function guardOf(...specs: readonly GuardSpec[]): StreamGuard {
  return new StreamGuard(new GuardedCall(compileGuards(specs), { identity: '', moderator: judge }));
}

const EVENTS = unfoldReply(replyOf('all is well'));
const push = (guard: StreamGuard, events: readonly StreamEvent[]): StreamEvent[] =>
  events.flatMap((event) => [...guard.push(event)]);

describe('StreamGuard', () => {
  it('lets a stream through as it comes where nobody judges the whole', () => {
    const guard = guardOf(WORDS);
    expect(push(guard, EVENTS)).toEqual(EVENTS);
    expect(guard).toMatchObject({ shows: true, blocked: false, gathers: false });
  });

  it('shows nothing before a token has passed', () => {
    const guard = guardOf(WORDS);
    push(guard, EVENTS.slice(0, 2));
    expect(guard.shows).toBe(false);
  });

  it('gathers a stream that is judged as a whole, and then lets all of it through', async () => {
    const guard = guardOf(JUDGE);
    expect(push(guard, EVENTS)).toEqual([]);
    expect(guard.shows).toBe(false);
    expect(await guard.judged()).toEqual(EVENTS);
    expect(guard).toMatchObject({ shows: true, blocked: false });
  });

  it('shows nothing of what a moderator or another guard objects to', async () => {
    for (const text of ['I object', 'all is well, and bad']) {
      const guard = guardOf(JUDGE, WORDS);
      push(guard, unfoldReply(replyOf(text)));
      expect(await guard.judged()).toEqual([]);
      expect(guard).toMatchObject({ shows: false, blocked: true });
    }
  });

  it('lets nothing out of a gathered stream that broke off', () => {
    const guard = guardOf(JUDGE);
    push(guard, EVENTS.slice(0, 3));
    expect(guard.flush()).toEqual([]);
  });

  it('counts pictures, signatures and whatever else is gathered beside text', () => {
    const data = 'x'.repeat(1024 * 1024);
    const picture = { type: 'media', kind: 'image', source: { via: 'base64', data } } as const;
    const large: readonly StreamEvent[] = [
      { t: 'block', choice: 0, index: 0, block: picture },
      { t: 'block', choice: 0, index: 0, block: { type: 'opaque', dialect: 'gemini', data: { data } } },
      { t: 'delta', choice: 0, index: 0, delta: { signature: { value: data, dialect: 'gemini' } } },
      { t: 'delta', choice: 0, index: 0, delta: { citation: { text: data } } },
      { t: 'stop', choice: 0, stop: { reason: 'end' }, logprobs: [data] },
    ];
    for (const event of large) {
      const guard = guardOf(JUDGE);
      expect(() =>
        push(
          guard,
          Array.from({ length: 9 }, () => event),
        ),
      ).toThrow('too long to be judged');
    }
  });

  it('gathers so much and no more, in large pieces or small', () => {
    const delta = (text: string): StreamEvent => ({ t: 'delta', choice: 0, index: 0, delta: { text } });
    for (const [size, most] of [
      [1024 * 1024, 8],
      [0, 131_072],
    ] as const) {
      const guard = guardOf(JUDGE);
      const event = delta('x'.repeat(size));
      let count = 0;
      const endless = (): void => {
        for (;;) {
          guard.push(event);
          count++;
        }
      };
      expect(endless).toThrow('too long to be judged');
      expect(count).toBeLessThanOrEqual(most);
    }
  });
});
