import {
  headerLine,
  type ClientConnection,
  type ClientTimeouts,
  type Pool,
  type ReplyEvents,
  type ReplyHead,
  type UpstreamFailure,
} from '@gatehouse/http';
import { GatehouseError } from '@gatehouse/kernel';
import type { Answer } from '@gatehouse/policies';
import { Pieces } from '../body/pieces.ts';

export interface AskingPlan {
  readonly pool: Pool;
  readonly authority: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Finished lines beside them. */
  readonly lines: string;
  readonly body: Buffer | undefined;
  /** May be sent twice, where the first connection may have been closed before it came. */
  readonly repeatable: boolean;
  readonly timeouts: ClientTimeouts;
  readonly bytesMax: number;
}

/** Framing and connection are the gate's; a policy that names them is not obeyed. */
const OWN: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
  'te',
]);

/** One request of the gate's own, and its whole reply. Exactly one of `done` and `failed` is called, once. */
export class Asking implements ReplyEvents {
  readonly #plan: AskingPlan;
  readonly #done: (answer: Answer) => void;
  readonly #failed: (error: GatehouseError, failure: UpstreamFailure | undefined) => void;
  readonly #pieces = new Pieces();
  #upstream: ClientConnection | undefined;
  #head: Omit<Answer, 'body'> | undefined;
  /** What is sent before the body. */
  #text = '';
  #over = false;

  constructor(
    plan: AskingPlan,
    hear: {
      readonly done: (answer: Answer) => void;
      readonly failed: (error: GatehouseError, failure: UpstreamFailure | undefined) => void;
    },
  ) {
    this.#plan = plan;
    this.#done = hear.done;
    this.#failed = hear.failed;
  }

  begin(): void {
    try {
      this.#text = requestText(this.#plan);
    } catch (error) {
      // before it holds a connection
      this.onFault(error);
      return;
    }
    this.#send(this.#plan.pool.take());
  }

  /** Nobody wants the answer any more. */
  stop(why: GatehouseError): void {
    this.#fail(why, undefined);
  }

  #send(upstream: ClientConnection | undefined): void {
    if (upstream === undefined) {
      this.#fail(new GatehouseError('upstream.overloaded', 'too many connections to the server'), undefined);
      return;
    }
    const { method, body, timeouts } = this.#plan;
    this.#upstream = upstream;
    upstream.begin({ method, timeouts, events: this });
    upstream.wire?.text(this.#text);
    if (body !== undefined) upstream.wire?.lasting(body);
    upstream.requestSent();
    upstream.wire?.flush();
  }

  onConnected(): void {}

  onInformational(): void {}

  onUpgraded(): void {
    this.#fail(new GatehouseError('upstream.broken', 'the server wants to speak something else'), 'malformed');
  }

  onReplyHead(reply: ReplyHead): void {
    reply.removeNominated();
    const { status, framing, contentLength } = reply;
    if (framing === 'length' && contentLength > this.#plan.bytesMax) {
      this.#tooLarge();
      return;
    }
    const headers = fieldList(reply.kept()).filter(([name]) => !HOP_BY_HOP.has(name));
    this.#head = { status, headers };
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.#over) return;
    if (this.#pieces.bytes + end - start > this.#plan.bytesMax) this.#tooLarge();
    else this.#pieces.add(bytes, start, end);
  }

  #tooLarge(): void {
    const detail = `the server answered with more than ${this.#plan.bytesMax} bytes`;
    this.#fail(new GatehouseError('upstream.broken', detail), undefined);
  }

  onReplyEnd(): void {
    this.#upstream = undefined;
    if (this.#over || this.#head === undefined) return;
    this.#over = true;
    this.#done({ ...this.#head, body: this.#pieces.whole() });
  }

  onFailure(failure: UpstreamFailure, facts: { readonly replyBegan: boolean; readonly fresh: boolean }): void {
    this.#upstream = undefined;
    // A kept connection that the server had closed meanwhile is no failure of the server (RFC 9112 §9.3.1).
    const stale = failure === 'reset' && !facts.fresh && !facts.replyBegan;
    if (stale && this.#plan.repeatable) this.#send(this.#plan.pool.fresh());
    else this.#fail(FAILURES[failure](), failure);
  }

  #fail(error: GatehouseError, failure: UpstreamFailure | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#pieces.drop();
    this.#upstream?.destroy();
    this.#upstream = undefined;
    this.#failed(error, failure);
  }

  onFault(error: unknown): void {
    this.#upstream = undefined;
    const own = error instanceof GatehouseError ? error : new GatehouseError('gateway.internal', String(error));
    this.#fail(own, undefined);
  }

  onUpstreamDrain(): void {}

  onSettled(): void {}
}

/** The head, whole. Throws on what could not stand in one. */
function requestText({ method, target, authority, headers, lines, body }: AskingPlan): string {
  const written = headers.filter(([name]) => !OWN.has(name)).map(([name, value]) => headerLine(name, value));
  const length = body === undefined ? '' : `content-length: ${body.length}\r\n`;
  return `${method} ${target} HTTP/1.1\r\nhost: ${authority}\r\n${length}${written.join('')}${lines}\r\n`;
}

const failure = (code: 'unreachable' | 'timeout' | 'overloaded' | 'broken', what: string) => (): GatehouseError =>
  new GatehouseError(`upstream.${code}`, `the server ${what}`);

const FAILURES: Readonly<Record<UpstreamFailure, () => GatehouseError>> = {
  connect: failure('unreachable', 'cannot be reached'),
  'connect-timeout': failure('timeout', 'did not accept a connection in time'),
  'first-byte-timeout': failure('timeout', 'did not answer in time'),
  'idle-timeout': failure('timeout', 'stalled'),
  reset: failure('broken', 'broke off'),
  refused: failure('overloaded', 'takes no more requests'),
  malformed: failure('broken', 'sent no valid HTTP reply'),
};

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'transfer-encoding',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'proxy-connection',
  'proxy-authenticate',
]);

/** The lines of a head as names in lower case and values. */
export function fieldList(lines: string): [string, string][] {
  return lines
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trimEnd().toLowerCase(), line.slice(colon + 1).trim()];
    });
}
