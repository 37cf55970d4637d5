import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { databaseFault } from './database.ts';
import { isFields } from './fields.ts';
import { Problem, type ProblemCode } from './problem.ts';

const BY_FASTIFY_CODE: ReadonlyMap<unknown, ProblemCode> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'request.unsupported_media_type'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'request.body_too_large'],
]);

/** Node's codes for what goes wrong before there is a request to route. */
const BY_CONNECTION_CODE: ReadonlyMap<unknown, ProblemCode> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 'request.timeout'],
  ['HPE_HEADER_OVERFLOW', 'request.headers_too_large'],
]);

/** Whatever ended a request, as the problem that the caller is to see. The original stays on as the cause. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const fault = databaseFault(error);
  if (fault !== undefined) return new Problem(`store.${fault}`, { cause: error });
  const { code, statusCode } = isFields(error) ? error : {};
  const known = BY_FASTIFY_CODE.get(code);
  if (known !== undefined) return new Problem(known, { cause: error });
  const isCallersFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return new Problem(isCallersFault ? 'request.malformed' : 'service.internal', { cause: error });
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, retryAfterSeconds } = problem.kind;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  if (problem.code === 'request.unsupported_media_type') reply.header('accept', 'application/json');
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('content-type', 'application/problem+json')
    .send(problem.toBody(reply.request.id));
}

/** Answers bytes that are not a request, then hangs up: nothing after them can be trusted to be one. */
export function refuseConnection(error: Error, socket: Socket): void {
  const code = isFields(error) ? error['code'] : undefined;
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = new Problem(BY_CONNECTION_CODE.get(code) ?? 'request.malformed');
  const { request_id: _none, ...details } = problem.toBody('');
  const body = JSON.stringify(details);
  const head = [
    `HTTP/1.1 ${problem.kind.status} ${problem.kind.title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
