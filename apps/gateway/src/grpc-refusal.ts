import {
  FIELD,
  httpDate,
  type ReplyCourse,
  type ReplyHead,
  type ReplyWriter,
  type RequestHead,
  type ServerConnection,
} from '@gatehouse/http';
import { ERRORS } from '@gatehouse/kernel';
import type { Refusal } from './problem.ts';

/** Codes of gRPC that stand for what a gate refuses. */
const CANCELLED = 1;
const UNKNOWN = 2;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const ABORTED = 10;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const OF_REFUSAL: Readonly<Record<number, number>> = {
  400: INVALID_ARGUMENT,
  401: UNAUTHENTICATED,
  403: PERMISSION_DENIED,
  404: UNIMPLEMENTED,
  405: UNIMPLEMENTED,
  408: DEADLINE_EXCEEDED,
  409: ABORTED,
  413: RESOURCE_EXHAUSTED,
  414: INVALID_ARGUMENT,
  417: INVALID_ARGUMENT,
  421: UNAVAILABLE,
  429: RESOURCE_EXHAUSTED,
  431: RESOURCE_EXHAUSTED,
  499: CANCELLED,
  500: INTERNAL,
  501: UNIMPLEMENTED,
  502: UNAVAILABLE,
  503: UNAVAILABLE,
  504: DEADLINE_EXCEEDED,
  505: INVALID_ARGUMENT,
  508: INTERNAL,
};

/** What a reply without a status of gRPC means (gRPC's own "HTTP to gRPC Status Code Mapping"). */
const OF_REPLY: Readonly<Record<number, number>> = {
  400: INTERNAL,
  401: UNAUTHENTICATED,
  403: PERMISSION_DENIED,
  404: UNIMPLEMENTED,
  429: UNAVAILABLE,
  502: UNAVAILABLE,
  503: UNAVAILABLE,
  504: UNAVAILABLE,
};

/** The code of gRPC for a status that the gate refuses with. */
export function grpcCodeOfRefusal(status: number): number {
  return OF_REFUSAL[status] ?? (status < 500 ? FAILED_PRECONDITION : INTERNAL);
}

/** The code of gRPC for a reply of an upstream that says none itself. */
export function grpcCodeOfReply(status: number): number {
  return OF_REPLY[status] ?? UNKNOWN;
}

/** `grpc-message`: UTF-8, with everything but printable ASCII percent-encoded, and the percent sign too. */
export function grpcMessage(text: string): string {
  let message = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    message += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  // Field values do not begin or end in space.
  return message.replace(/^ | $/g, '%20');
}

/** The type that the caller has named, without parameters, so that gRPC-Web and other codecs know their own. */
function contentType({ fields }: Head): string {
  const type = (fields.known(FIELD['content-type'])?.split(';')[0] ?? '').trim().toLowerCase();
  return /^application\/grpc[a-z0-9.+-]*$/.test(type) ? type : 'application/grpc';
}

type Head = Pick<RequestHead, 'fields'>;

function statusLines(code: number, message: string, asked: Head): string {
  return `content-type: ${contentType(asked)}\r\ngrpc-status: ${code}\r\ngrpc-message: ${grpcMessage(message)}\r\n`;
}

/** A refusal as gRPC tells it: a reply of trailers only, whose HTTP status is 200. The record keeps the other status. */
export function grpcRefusal(refusal: Refusal, asked: Head): { status: number; message: string } {
  const { status, title } = ERRORS[refusal.code];
  const lines = statusLines(grpcCodeOfRefusal(status), refusal.detail === '' ? title : refusal.detail, asked);
  const head = `HTTP/1.1 200 OK\r\ndate: ${httpDate()}\r\n${lines}${refusal.lines}`;
  // HTTP/2 makes one frame of it, without a body and without a length.
  return { status, message: `${head}transfer-encoding: chunked\r\n\r\n0\r\n\r\n` };
}

export interface GrpcCall {
  readonly caller: ServerConnection;
  readonly forward: ReplyWriter;
  replyLines(reply: ReplyHead): string;
}

/** For a call of gRPC that an upstream, or what stands before it, has answered as HTTP answers anybody; else undefined. */
export function grpcFailure(call: GrpcCall, reply: ReplyHead): ReplyCourse | undefined {
  if (!call.caller.grpc || reply.status === 200 || reply.fields.get('grpc-status') !== undefined) return undefined;
  const { status } = reply;
  const told = statusLines(grpcCodeOfReply(status), `the upstream answered ${status}`, call.caller.head);
  return new GrpcFailure(call.forward, told + call.replyLines(reply));
}

/** Tells the caller of gRPC in its own terms what an upstream has said in those of HTTP. */
class GrpcFailure implements ReplyCourse {
  readonly #writer: ReplyWriter;
  readonly #lines: string;

  constructor(writer: ReplyWriter, lines: string) {
    this.#writer = writer;
    this.#lines = lines;
  }

  head(): void {
    this.#writer.writeHead({ status: 200, reason: 'OK', lines: this.#lines, length: 0 });
    this.#writer.writeEnd('');
  }

  data(): void {}

  end(): void {}

  broken(): void {}
}
