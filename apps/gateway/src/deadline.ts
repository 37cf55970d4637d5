import type { TimeoutSpec } from '@gatehouse/config';
import type { RequestHead } from '@gatehouse/http';
import { grpcTimeoutMs, grpcTimeoutText } from './grpc-timeout.ts';

export interface DeadlineFacts {
  readonly timeouts: TimeoutSpec;
  readonly head: Pick<RequestHead, 'fields'>;
  readonly grpc: boolean;
  readonly nowMs: number;
}

/** When all tries of one request have to be over, and how upstreams are told what is left. */
export class Deadline {
  readonly atMs: number;
  readonly #header: string | undefined;
  readonly #grpc: boolean;

  private constructor(atMs: number, { grpc, timeouts }: DeadlineFacts) {
    this.atMs = atMs;
    this.#grpc = grpc;
    this.#header = timeouts.header;
  }

  /** Takes out of the head what the caller says of it, because each try says it anew. Undefined where nothing bounds. */
  static of(facts: DeadlineFacts): Deadline | undefined {
    const { timeouts, grpc, head } = facts;
    const askedMs = grpc ? grpcTimeoutMs(head.fields.get('grpc-timeout')) : undefined;
    const ms = Math.min(askedMs ?? Infinity, timeouts.totalMs ?? Infinity);
    if (ms === Infinity) return undefined;
    if (grpc) head.fields.remove('grpc-timeout');
    if (timeouts.header !== undefined) head.fields.remove(timeouts.header);
    return new Deadline(facts.nowMs + ms, facts);
  }

  leftMs(nowMs: number): number {
    return Math.max(0, this.atMs - nowMs);
  }

  /** Header lines for a try that begins now. */
  lines(nowMs: number): string {
    const leftMs = this.leftMs(nowMs);
    const own = this.#header === undefined ? '' : `${this.#header}: ${Math.max(1, Math.floor(leftMs))}\r\n`;
    return this.#grpc ? `${own}grpc-timeout: ${grpcTimeoutText(leftMs)}\r\n` : own;
  }
}
