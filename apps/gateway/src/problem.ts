import { httpDate } from '@gatehouse/http';
import { ERRORS, type ErrorCode } from '@gatehouse/kernel';
import { reasonOf } from './reasons.ts';

export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Finished lines, such as `retry-after: 3\r\n`. */
  readonly lines: string;
  readonly requestId: string;
  /** Everything that is wrong, one by one. */
  readonly violations?: readonly object[];
}

export interface MessageOptions {
  readonly keepAlive: boolean;
  /** HEAD gets the head alone. */
  readonly headOnly: boolean;
}

/** A refusal as `application/problem+json` (RFC 9457), whole. */
export function problemMessage(refusal: Refusal, options: MessageOptions): { status: number; message: string } {
  const { status, title } = ERRORS[refusal.code];
  const { code, detail, requestId, violations: errors } = refusal;
  const type = `urn:gatehouse:error:${code}`;
  const body = JSON.stringify({ type, title, status, detail, code, requestId, errors });
  const head = { status, reason: title, lines: `content-type: application/problem+json\r\n${refusal.lines}` };
  return { status, message: ownMessage(head, body, options) };
}

/** A reply that the gate itself makes. */
export function ownMessage(
  /** `dated`: its lines have a date already. */
  head: { readonly status: number; readonly reason?: string; readonly lines: string; readonly dated?: boolean },
  body: string | Buffer,
  options: MessageOptions,
): string {
  const bodiless = head.status === 204 || head.status === 304;
  const length = bodiless ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  const reason = head.reason ?? reasonOf(head.status);
  const closing = options.keepAlive ? '' : 'connection: close\r\n';
  const text = `HTTP/1.1 ${head.status} ${reason}\r\n${head.dated === true ? '' : `date: ${httpDate()}\r\n`}${length}${head.lines}${closing}\r\n`;
  // Written as latin1, byte for byte: so UTF-8 is spelled out here.
  return options.headOnly || bodiless
    ? text
    : text + (typeof body === 'string' ? Buffer.from(body, 'utf8') : body).toString('latin1');
}
