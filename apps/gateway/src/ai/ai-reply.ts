import { httpDate } from '@gatehouse/http';
import type { GateExchange } from '../exchange.ts';
import { ownMessage } from '../problem.ts';
import { editedLines } from './edited-lines.ts';

/** What a model call says to its caller: one whole answer of the gate's own, or a provider's as it comes. */
export class AiReply {
  /** 0 before the caller was told one. */
  status = 0;
  /** A provider's answer has begun. */
  committed = false;
  bytesOut = 0;
  readonly #exchange: GateExchange;
  #chunked = false;
  #persists = false;

  constructor(exchange: GateExchange) {
    this.#exchange = exchange;
  }

  answer(status: number, lines: string, body: string): void {
    const { caller } = this.#exchange;
    this.status = status;
    this.#persists = caller.persists;
    const message = ownMessage({ status, lines }, body, { keepAlive: this.#persists, headOnly: false });
    caller.markReplied();
    caller.tap?.replyWhole(message);
    caller.wire?.text(message);
  }

  /** The head of a provider's answer; policies see and edit its lines. */
  begin(status: number, lines: string): void {
    const { caller } = this.#exchange;
    const edited = editedLines(this.#exchange, { status, lines });
    this.status = status;
    this.committed = true;
    this.#chunked = caller.head.minor === 1;
    this.#persists = caller.persists && this.#chunked;
    const head =
      `HTTP/1.1 ${status} OK\r\ndate: ${httpDate()}\r\n${edited}` +
      (this.#chunked ? 'transfer-encoding: chunked\r\n' : '') +
      (this.#persists ? '\r\n' : 'connection: close\r\n\r\n');
    caller.markReplied();
    caller.tap?.replyHead(head);
    caller.wire?.text(head);
  }

  bytes(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.bytesOut += end - start;
    const { wire, tap } = this.#exchange.caller;
    tap?.replyData(bytes, start, end);
    if (this.#chunked) wire?.text(`${(end - start).toString(16)}\r\n`);
    wire?.bytes(bytes, start, end);
    if (this.#chunked) wire?.text('\r\n');
  }

  /** To be called before `finish`: what ends a message that is complete. */
  complete(): void {
    if (this.#chunked) this.#exchange.caller.wire?.text('0\r\n\r\n');
  }

  finish(): void {
    this.#exchange.caller.finish(this.#persists);
  }

  /** Ends so that the caller sees that there was more: in HTTP/1.0 only a reset says so. */
  breakOff(): void {
    const { caller } = this.#exchange;
    if (this.#chunked) caller.breakOff();
    else caller.abort();
  }

  flush(): boolean {
    return this.#exchange.caller.wire?.flush() ?? true;
  }
}
