import type { ClientConnection, ReplyEvents, UpstreamFailure } from './client-connection.ts';
import type { Leg, LegResult, LegTimes } from './forward.ts';
import { FIELD } from './field-names.ts';
import type { ReplyHead } from './reply-head.ts';

export interface RivalOwner extends ReplyEvents {
  /** The rival has the better answer; `reply` is its head. */
  onRivalWon(reply: ReplyHead): void;
  onRivalLost(result: LegResult): void;
}

/** A reply that nobody would wait for another instead. */
export function isGood(status: number): boolean {
  return status < 500 && status !== 429;
}

/**
 * A second try beside one that is slow. Until one of the two has won, its owner hears only who it was; once it is the
 * rival's turn, everything of its reply goes to the owner as if there had never been another.
 */
export class Rival implements ReplyEvents {
  readonly leg: Leg;
  readonly upstream: ClientConnection;
  readonly #owner: RivalOwner;
  readonly #monotonic: () => number;
  readonly #begunMs: number;
  #connectedMs = 0;
  #firstByteMs = 0;
  #chosen = false;

  constructor(leg: Leg, upstream: ClientConnection, tools: { owner: RivalOwner; monotonic: () => number }) {
    this.leg = leg;
    this.upstream = upstream;
    this.#owner = tools.owner;
    this.#monotonic = tools.monotonic;
    this.#begunMs = tools.monotonic();
  }

  get times(): LegTimes {
    return { begunMs: this.#begunMs, connectedMs: this.#connectedMs, firstByteMs: this.#firstByteMs };
  }

  /** From here on its owner hears of all of it. */
  choose(): void {
    this.#chosen = true;
  }

  onConnected(): void {
    this.#connectedMs = this.#monotonic();
    if (this.#chosen) this.#owner.onConnected();
  }

  onReplyHead(reply: ReplyHead): void {
    if (this.#chosen) {
      this.#owner.onReplyHead(reply);
      return;
    }
    this.#firstByteMs = this.#monotonic();
    const { status } = reply;
    if (isGood(status)) this.#owner.onRivalWon(reply);
    else this.#owner.onRivalLost({ kind: 'reply', status, retryAfter: reply.fields.known(FIELD['retry-after']) });
  }

  onFailure(failure: UpstreamFailure, facts: { detail: string; replyBegan: boolean; fresh: boolean }): void {
    if (this.#chosen) this.#owner.onFailure(failure, facts);
    else this.#owner.onRivalLost({ kind: 'failure', failure });
  }

  onInformational(reply: ReplyHead): void {
    if (this.#chosen) this.#owner.onInformational(reply);
  }

  onUpgraded(reply: ReplyHead, rest: Buffer): void {
    if (this.#chosen) this.#owner.onUpgraded(reply, rest);
    else this.#owner.onRivalLost({ kind: 'failure', failure: 'malformed' });
  }

  // The body comes only behind a head that has won.

  onData(bytes: Buffer, start: number, end: number): void {
    this.#owner.onData(bytes, start, end);
  }

  onReplyEnd(trailers: string): void {
    this.#owner.onReplyEnd(trailers);
  }

  onSettled(): void {
    if (this.#chosen) this.#owner.onSettled();
  }

  onUpstreamDrain(): void {
    if (this.#chosen) this.#owner.onUpstreamDrain();
  }

  onFault(error: unknown): void {
    this.#owner.onFault(error);
  }
}
