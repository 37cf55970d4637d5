import { describe, expect, it } from 'vitest';
import { replyOf } from './__fixtures__/replies.ts';
import { requestOf } from './__fixtures__/requests.ts';
import { compileGuards } from './guard-set.ts';
import type { GuardSession, ModerationVerdict } from './guard-session.ts';
import type { GuardSpec, ModerationGuardSpec } from './guard-spec.ts';
import type { ModerationAnswer, ModerationQuestion, Moderator } from './moderator.ts';

const SPEC: ModerationGuardSpec = { kind: 'moderation', provider: 'p', model: 'm' };

class FakeModerator implements Moderator {
  readonly questions: ModerationQuestion[] = [];
  readonly #answer: ModerationAnswer | Error;

  constructor(answer: ModerationAnswer | Error) {
    this.#answer = answer;
  }

  moderate(question: ModerationQuestion): Promise<ModerationAnswer> {
    this.questions.push(question);
    if (this.#answer instanceof Error) throw this.#answer;
    return Promise.resolve(this.#answer);
  }
}

function begin(...specs: readonly GuardSpec[]): GuardSession {
  return compileGuards(specs).begin();
}

function verdictOf(spec: Partial<ModerationGuardSpec>, answer: ModerationAnswer | Error): Promise<ModerationVerdict> {
  return begin({ ...SPEC, ...spec }).moderateRequest(requestOf('hello'), new FakeModerator(answer));
}

describe('moderation', () => {
  it.each<readonly [Partial<ModerationGuardSpec>, ModerationAnswer | Error, 'pass' | 'block', readonly string[]]>([
    [{}, { flagged: false, scores: { hate: 0.9 } }, 'pass', []],
    [{}, { flagged: true, scores: {} }, 'block', ['flagged']],
    [{ threshold: 0.5 }, { flagged: true, scores: { hate: 0.4 } }, 'pass', []],
    [
      { threshold: 0.5 },
      { flagged: false, scores: { hate: 0.5, 'self-harm/intent': 0.9, 'odd name!': 1 } },
      'block',
      ['hate', 'self-harm/intent', 'other'],
    ],
    [{ action: 'flag' }, { flagged: true, scores: {} }, 'pass', ['flagged']],
    [{ shadow: true }, { flagged: true, scores: {} }, 'pass', ['flagged']],
    [{}, new Error('down'), 'block', ['unavailable']],
    [{ onFailure: 'pass' }, new Error('down'), 'pass', ['unavailable']],
  ])('%j makes of %j %s', async (spec, answer, action, kinds) => {
    const verdict = await verdictOf(spec, answer);
    expect(verdict.action).toBe(action);
    expect(verdict.findings.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('asks about what callers and tools say, once it is masked', async () => {
    const moderator = new FakeModerator({ flagged: false, scores: {} });
    const session = begin(SPEC, { kind: 'pii', action: 'mask' });
    const { request } = session.checkRequest(
      requestOf(
        [
          { type: 'text', text: 'I am ann@example.com' },
          { type: 'tool_result', callId: 'c', content: [{ type: 'text', text: 'found' }] },
        ],
        {
          instructions: [{ role: 'system', text: 'be kind' }],
        },
      ),
    );
    await session.moderateRequest(request, moderator);
    expect(moderator.questions).toEqual([
      { provider: 'p', model: 'm', texts: ['I am [EMAIL_1]', 'found'], signal: undefined },
    ]);
  });

  it('tells of so many categories and no more, whatever a moderator answers', async () => {
    const scores = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`c${at}`, 1]));
    const { action, findings } = await verdictOf({ threshold: 0.5 }, { flagged: true, scores });
    expect(action).toBe('block');
    expect(findings.length).toBeLessThanOrEqual(32);
  });

  it('asks about all that a caller will see of an answer: thoughts and calls of tools too', async () => {
    const moderator = new FakeModerator({ flagged: false, scores: {} });
    const blocks = [
      { type: 'reasoning', text: 'they deserve it' },
      { type: 'text', text: 'well' },
      { type: 'tool_call', id: 'c', name: 'mail', input: '{"text":"harm"}' },
      { type: 'tool_call', id: 'd', name: 'look', input: '{}' },
    ] as const;
    await begin(SPEC).moderateReply(replyOf(blocks), moderator);
    expect(moderator.questions.map(({ texts }) => texts)).toEqual([
      ['well', 'they deserve it', '{"text":"harm"}', '{}'],
    ]);
  });

  it('asks about what an answer shows, and never about nothing', async () => {
    const moderator = new FakeModerator({ flagged: true, scores: {} });
    const session = begin(SPEC);
    expect((await session.moderateReply(replyOf('well'), moderator)).action).toBe('block');
    expect((await session.moderateReply(replyOf([]), moderator)).action).toBe('pass');
    expect(moderator.questions.map(({ texts }) => texts)).toEqual([['well']]);
  });
});
