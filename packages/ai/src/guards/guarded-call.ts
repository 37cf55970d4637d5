import type { ChatReply } from '../canonical/chat-reply.ts';
import type { ChatRequest } from '../canonical/chat-request.ts';
import { Untranslatable } from '../canonical/loss.ts';
import type { GuardSession } from './guard-session.ts';
import type { GuardSet } from './guard-set.ts';
import type { GuardFinding, GuardSide } from './guard-spec.ts';
import type { Moderator } from './moderator.ts';
import type { StreamFilter } from './stream-filter.ts';

export type GuardDecision = 'pass' | 'block';

/** A call with texts: a chat, or what can be read as one. What has none passes. */
export interface Spoken {
  readonly chat?: { readonly request: ChatRequest; readonly repeatedKey: string | undefined };
  said?(): ChatRequest;
}

/** A reply as its caller may see it, if it may. */
export interface JudgedReply {
  readonly action: GuardDecision;
  readonly reply: ChatReply;
}

/** One call under its guards: what of it may go to a provider, and what its caller may see of the answers. */
export class GuardedCall {
  /** Of what the guards are: an answer that has passed others may not be given again behind these. */
  readonly identity: string;
  readonly #set: GuardSet;
  readonly #session: GuardSession;
  readonly #moderator: Moderator;
  readonly #leaving = new AbortController();
  #original: ChatRequest | undefined;
  #checked: ChatRequest | undefined;

  constructor(set: GuardSet, { identity, moderator }: { readonly identity: string; readonly moderator: Moderator }) {
    this.identity = identity;
    this.#set = set;
    this.#session = set.begin();
    this.#moderator = moderator;
  }

  /** Once, before the call is sent; at once unless a moderator has to be asked. */
  checkRequest(call: Spoken): GuardDecision | Promise<GuardDecision> {
    const request = this.#set.onRequest ? (call.chat?.request ?? call.said?.()) : undefined;
    if (request === undefined) return 'pass';
    const twice = call.chat?.repeatedKey;
    if (twice !== undefined) throw new Untranslatable(`The key ${JSON.stringify(twice)} stands twice in one object.`);
    this.#original = request;
    const { action, request: checked } = this.#session.checkRequest(request);
    this.#checked = checked;
    if (action === 'block' || !this.#set.moderatesRequest) return action;
    return this.#session
      .moderateRequest(checked, this.#moderator, this.#leaving.signal)
      .then((verdict) => verdict.action);
  }

  /** What providers are sent instead of `request`, which is the caller's; the same object when nothing changed. */
  sent(request: ChatRequest): ChatRequest {
    return this.#checked ?? request;
  }

  /** Something in the request was masked. */
  get masks(): boolean {
    return this.#checked !== undefined && this.#checked !== this.#original;
  }

  /** Replies must be read: a guard looks at them, or something that was masked has to be put back. */
  get readsReplies(): boolean {
    return this.#set.onReply || this.#session.restores;
  }

  /** The caller's bytes may not go to a provider, or the provider's not to the caller. */
  get intervenes(): boolean {
    return this.masks || this.readsReplies;
  }

  /** A stream must be whole before anything of it is shown, as somebody is asked about the whole. */
  get gathers(): boolean {
    return this.#set.moderatesReply;
  }

  checkReply(reply: ChatReply): JudgedReply | Promise<JudgedReply> {
    if (!this.#set.moderatesReply) return this.#session.checkReply(reply);
    return this.moderateReply(reply).then((action) =>
      action === 'block' ? { action, reply } : this.#session.checkReply(reply),
    );
  }

  /** Of a whole reply as the provider gave it. */
  async moderateReply(reply: ChatReply): Promise<GuardDecision> {
    const { action } = await this.#session.moderateReply(reply, this.#moderator, this.#leaving.signal);
    return action;
  }

  /** A new one for each stream. */
  streamFilter(): StreamFilter {
    return this.#session.streamFilter();
  }

  get findings(): readonly GuardFinding[] {
    return this.#session.findings;
  }

  /** Why it was blocked, in words that hold nothing of what was found. */
  reason(side: GuardSide): string {
    const found = this.findings.findLast(({ on, action, shadow }) => on === side && action === 'block' && !shadow);
    const what = side === 'request' ? 'request' : 'answer';
    if (found === undefined) return `a guardrail does not let this ${what} pass`;
    return `the guardrail \`${found.guard}\` does not let this ${what} pass: ${found.kind}`;
  }

  /** The caller has left, or has its answer: nobody waits for moderators any more. */
  close(): void {
    this.#leaving.abort();
  }
}
