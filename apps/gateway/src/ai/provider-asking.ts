import type { Attempt, FailureCause, ProviderRow } from '@gatehouse/ai';
import type { TimeoutSpec } from '@gatehouse/config';
import {
  FIELD,
  type ClientConnection,
  type Pool,
  type ReplyEvents,
  type ReplyHead,
  type UpstreamFailure,
} from '@gatehouse/http';
import { GatehouseError } from '@gatehouse/kernel';
import { Pieces } from '../body/pieces.ts';
import { providerHead } from './provider-request.ts';

/** What a provider answers to the gate itself, whatever its status. */
export interface ProviderAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** An answer, with what its head says of a time to wait. */
export interface AskedReply extends ProviderAnswer {
  readonly retryAfter: string | undefined;
  readonly retryAfterMs: string | undefined;
}

export interface AskingPlan {
  readonly attempt: Attempt;
  readonly row: ProviderRow;
  /** Below the provider's base, with its query. */
  readonly path: string;
  readonly body: Buffer;
  readonly pool: Pool;
  readonly timeouts: TimeoutSpec;
  /** Of the wall clock. */
  readonly now: () => number;
}

/** Exactly one of these comes, once, unless the asking is stopped. */
export interface AskingHost {
  onReply(reply: AskedReply): void;
  onFailed(cause: FailureCause, error: GatehouseError): void;
  onFault(error: unknown): void;
}

/** Vectors of a thousand texts fit; a reply is held whole. */
const REPLY_BYTES_MAX = 8 * 1024 * 1024;
const NO_EDITS = { removed: [], lines: '' };

/** One request of the gate's own to one provider, and its whole reply. */
export class ProviderAsking implements ReplyEvents {
  readonly #host: AskingHost;
  readonly #plan: AskingPlan;
  #upstream: ClientConnection | undefined;
  #head: Omit<AskedReply, 'body'> = { status: 0, retryAfter: undefined, retryAfterMs: undefined };
  readonly #pieces = new Pieces();

  constructor(host: AskingHost, plan: AskingPlan) {
    this.#host = host;
    this.#plan = plan;
  }

  begin(): void {
    this.#send(this.#plan.pool.take());
  }

  /** Nobody wants the reply any more; the provider may go on talking, so its connection serves nobody else. */
  stop(): void {
    this.#pieces.drop();
    this.#upstream?.destroy();
    this.#upstream = undefined;
  }

  #send(upstream: ClientConnection | undefined): void {
    if (upstream === undefined) {
      this.#fail('crowded', 'has no connection left');
      return;
    }
    this.#upstream = upstream;
    const head = this.#written();
    if (head === undefined) {
      this.#fail('authentication', 'has a key that cannot be sent');
      return;
    }
    const { body, timeouts } = this.#plan;
    upstream.begin({ method: 'POST', timeouts, events: this });
    upstream.wire?.text(head);
    upstream.wire?.lasting(body);
    upstream.requestSent();
    upstream.wire?.flush();
  }

  #written(): string | undefined {
    const { attempt, row, path, body, now } = this.#plan;
    const relay = { path, body, contentType: 'application/json', headers: {} };
    return providerHead({ provider: attempt.provider, row, relay, lines: '', edits: NO_EDITS, nowMs: now() });
  }

  onConnected(): void {}

  onInformational(): void {}

  onUpgraded(): void {
    this.#fail('upstream', 'wants to speak something else');
  }

  onReplyHead({ status, fields, framing, contentLength }: ReplyHead): void {
    const coding = fields.joined(FIELD['content-encoding']) ?? '';
    if (!/^(?:identity)?$/i.test(coding)) this.#fail('upstream', 'answers in a coding that it was not asked for');
    else if (framing === 'length' && contentLength > REPLY_BYTES_MAX) this.#tooLarge();
    else {
      const retryAfter = fields.known(FIELD['retry-after']);
      this.#head = { status, retryAfter, retryAfterMs: fields.get('retry-after-ms') };
    }
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.#upstream === undefined) return;
    if (this.#pieces.bytes + end - start > REPLY_BYTES_MAX) this.#tooLarge();
    else this.#pieces.add(bytes, start, end);
  }

  #tooLarge(): void {
    this.#fail('upstream', `answers with more than ${REPLY_BYTES_MAX} bytes`);
  }

  onReplyEnd(): void {
    if (this.#upstream === undefined) return;
    this.#upstream = undefined;
    this.#host.onReply({ ...this.#head, body: this.#pieces.whole() });
  }

  onFailure(failure: UpstreamFailure, facts: { readonly replyBegan: boolean; readonly fresh: boolean }): void {
    this.#upstream = undefined;
    // A kept connection that the provider had closed meanwhile is no failure of the provider (RFC 9112 §9.3.1).
    if (failure === 'reset' && !facts.fresh && !facts.replyBegan) this.#send(this.#plan.pool.fresh());
    else if (failure.endsWith('timeout')) this.#fail('timeout', 'took too long');
    else if (failure === 'connect') this.#fail('connect', 'cannot be reached');
    else this.#fail('upstream', failure === 'reset' ? 'broke off' : 'does not speak HTTP');
  }

  #fail(cause: FailureCause, what: string): void {
    this.stop();
    const code = cause === 'timeout' ? 'provider.timeout' : 'provider.unavailable';
    const { name } = this.#plan.attempt.provider;
    this.#host.onFailed(cause, new GatehouseError(code, `the provider \`${name}\` ${what}`));
  }

  onFault(error: unknown): void {
    this.stop();
    this.#host.onFault(error);
  }

  onUpstreamDrain(): void {}

  onSettled(): void {}
}
