import { hash32 } from '@gatehouse/kernel';
import type { ChatReply } from '../canonical/chat-reply.ts';
import type { ChatRequest } from '../canonical/chat-request.ts';
import { strictest, Findings, type Effect } from './findings.ts';
import type { SidePlan } from './guard-plan.ts';
import type { GuardFinding, GuardSide } from './guard-spec.ts';
import { objections, type ModerationAnswer, type ModerationQuestion, type Moderator } from './moderator.ts';
import { Placeholders } from './placeholders.ts';
import { ReplyCheck } from './reply-check.ts';
import { RequestCheck } from './request-check.ts';
import { StreamFilter } from './stream-filter.ts';
import { shownText, textsBeside } from './texts/map-reply.ts';
import { mapRequest } from './texts/map-request.ts';

export interface GuardVerdict {
  readonly action: 'pass' | 'block';
  /** As it may go to the provider; the same object when nothing changed. */
  readonly request: ChatRequest;
  readonly findings: readonly GuardFinding[];
}

export interface ReplyVerdict {
  readonly action: 'pass' | 'block';
  /** As the caller may see it; the same object when nothing changed. */
  readonly reply: ChatReply;
  readonly findings: readonly GuardFinding[];
}

export interface ModerationVerdict {
  readonly action: 'pass' | 'block';
  readonly findings: readonly GuardFinding[];
}

export interface SessionPlan {
  readonly request: SidePlan;
  readonly reply: SidePlan;
}

/** The guards at work on one call: what they mask in the request they put back in the reply. */
export class GuardSession {
  readonly #plan: SessionPlan;
  readonly #findings = new Findings();
  #placeholders = new Placeholders();

  constructor(plan: SessionPlan) {
    this.#plan = plan;
  }

  /** Once, before the call is sent; retries and fallbacks send the same request. */
  checkRequest(request: ChatRequest): GuardVerdict {
    this.#placeholders = new Placeholders(request.state === undefined ? 0 : farNumber(request));
    const check = new RequestCheck(this.#plan.request, this.#placeholders, this.#findings);
    const checked = check.run(request);
    const findings = this.#findings.list('request');
    return check.blocked ? { action: 'block', request, findings } : { action: 'pass', request: checked, findings };
  }

  checkReply(reply: ChatReply): ReplyVerdict {
    const check = new ReplyCheck(this.#plan.reply, this.#placeholders, this.#findings);
    const checked = check.run(reply);
    const findings = this.#findings.list('reply');
    return check.blocked ? { action: 'block', reply, findings } : { action: 'pass', reply: checked, findings };
  }

  /** One for each stream; a stream that is tried again needs a new one. */
  streamFilter(): StreamFilter {
    return new StreamFilter(this.#plan.reply, this.#placeholders, this.#findings);
  }

  /** Something in the request was masked, so that replies must be read though no guard is on them. */
  get restores(): boolean {
    return !this.#placeholders.isEmpty;
  }

  /** Everything so far, of both sides. */
  get findings(): readonly GuardFinding[] {
    return this.#findings.list();
  }

  /** Of the request as `checkRequest` gave it back, so that a moderator sees what the provider would. */
  async moderateRequest(request: ChatRequest, moderator: Moderator, signal?: AbortSignal): Promise<ModerationVerdict> {
    const texts: string[] = [];
    mapRequest(request, (text, { source, fixed, label }) => {
      const isSaid = text !== '' && fixed !== true && label !== true;
      if (isSaid && (source === 'caller' || source === 'tool')) texts.push(text);
      return text;
    });
    return this.#moderate('request', texts, { moderator, signal });
  }

  /** Of a whole reply as the provider gave it, before `checkReply`. */
  async moderateReply(reply: ChatReply, moderator: Moderator, signal?: AbortSignal): Promise<ModerationVerdict> {
    const texts = reply.choices.flatMap(({ blocks }) => [shownText(blocks), ...textsBeside(blocks)]);
    return this.#moderate(
      'reply',
      texts.filter((text) => text !== ''),
      { moderator, signal },
    );
  }

  async #moderate(
    side: GuardSide,
    texts: readonly string[],
    { moderator, signal }: Asking,
  ): Promise<ModerationVerdict> {
    let action: 'pass' | 'block' = 'pass';
    for (const { effect, spec } of texts.length === 0 ? [] : this.#plan[side].moderations) {
      const { provider, model, threshold, onFailure = 'block', timeoutMs } = spec;
      const answer = await asked(moderator, { provider, model, texts, timeoutMs, signal });
      const kinds = answer === undefined ? ['unavailable'] : objections(answer, threshold);
      const failed: Effect = onFailure === 'block' ? effect : { ...effect, action: 'flag' };
      const known = answer === undefined ? failed : effect;
      for (const kind of kinds) this.#findings.add(known, { on: side, kind });
      if (kinds.length > 0 && strictest([known]) === 'block') action = 'block';
    }
    return { action, findings: this.#findings.list(side) };
  }
}

/**
 * What a vendor keeps of earlier calls has tokens of its own, which must not meet those of this one: numbers begin far
 * out, at a place that depends on all that is said.
 */
function farNumber(request: ChatRequest): number {
  let hash = 0;
  mapRequest(request, (text) => {
    hash = hash32(text, hash);
    return text;
  });
  return 1000 + ((hash >>> 0) % 9_000_000);
}

/** Undefined when it cannot be had. */
async function asked(moderator: Moderator, question: ModerationQuestion): Promise<ModerationAnswer | undefined> {
  try {
    return await moderator.moderate(question);
  } catch {
    return undefined;
  }
}

interface Asking {
  readonly moderator: Moderator;
  readonly signal: AbortSignal | undefined;
}
