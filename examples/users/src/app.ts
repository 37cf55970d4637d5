import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Contract } from './contract.ts';
import { parseJsonBody } from './json-body.ts';
import type { Log } from './logger.ts';
import type { OpenApiDocument } from './openapi-document.ts';
import { registerOperations } from './operation-routes.ts';
import { registerProbes } from './probes.ts';
import { Problem } from './problem.ts';
import { refuseConnection, sendProblem, toProblem } from './problem-replies.ts';
import { logRequests, pathOf, requestIdOf } from './request-log.ts';
import type { Store } from './store.ts';
import type { Random } from './user-id.ts';
import { usersApi } from './users-api.ts';

export interface AppOptions {
  readonly store: Store;
  readonly document: OpenApiDocument;
  readonly contract: Contract;
  readonly log: Log;
  readonly random: Random;
  /** Sent as `x-served-by`. */
  readonly instance: string;
  /** True once the service is asked to stop. */
  readonly isDraining: () => boolean;
}

const BODY_BYTES_MAX = 64 * 1024;
const PATH_PARAMETER_MAX = 16 * 1024;
/** For a whole request to arrive, so that a trickling caller does not hold a connection for ever. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than gateways keep idle connections, so that the gateway closes first and never writes into a closed one. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** The service without a socket: `listen` it, or `inject` requests into it. */
export function buildApp(options: AppOptions): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // A request that is already here while we stop is answered as any other.
    return503OnClosing: false,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    genReqId: (request) => requestIdOf(request.headers['x-request-id'], options.random),
    // Ids of any length reach the document's own pattern, and get its 404.
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX },
    // An address that cannot be decoded never reaches the hooks that do this for all other requests.
    frameworkErrors: (error, request, reply) => {
      const problem = toProblem(error);
      options.log('info', 'request refused', { request_id: request.id, code: problem.code });
      void sendProblem(reply.headers(commonHeaders(request.id, options)), problem);
    },
    clientErrorHandler: refuseConnection,
  });
  readOnlyJson(app);
  answerProblems(app, options);
  addCommonHeaders(app, options);
  logRequests(app, options.log);
  registerProbes(app, options);
  registerOperations(app, { contract: options.contract, handlers: usersApi(options.store), log: options.log });
  return app;
}

/** Takes the place of Fastify's own compilers, which would load a second Ajv at start for schemas that no route has. */
function noSchemas(): never {
  throw new Error('routes have no schemas of their own: the contract checks them');
}

function readOnlyJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(Buffer.from(body)));
    } catch (error) {
      done(toProblem(error));
    }
  });
}

function answerProblems(app: FastifyInstance, { contract, log }: AppOptions): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error);
    if (problem.kind.status >= 500) logCause(log, request.id, problem);
    return sendProblem(reply, problem);
  });
  // In a hook and not in a handler: a handler runs after the body is read, so an odd content type would hide the 404.
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) {
      done();
      return;
    }
    const methods = contract.at(pathOf(request)).map((operation) => operation.method);
    if (methods.length === 0) {
      done(new Problem('request.not_found'));
      return;
    }
    reply.header('allow', allowed(methods).join(', '));
    done(new Problem('request.method_not_allowed'));
  });
}

function logCause(log: Log, requestId: string, problem: Problem): void {
  const { cause } = problem.details;
  const stack = cause instanceof Error ? cause.stack : undefined;
  log(problem.kind.status === 503 ? 'warn' : 'error', 'request failed', {
    request_id: requestId,
    code: problem.code,
    cause: stack ?? problem.message,
  });
}

/** Every GET answers HEAD as well. */
function allowed(methods: readonly string[]): readonly string[] {
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}

function addCommonHeaders(app: FastifyInstance, options: AppOptions): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.headers(commonHeaders(request.id, options));
    done(null, payload);
  });
}

function commonHeaders(requestId: string, { instance, isDraining }: AppOptions): Readonly<Record<string, string>> {
  const headers = { 'x-request-id': requestId, 'x-served-by': instance };
  // `close` tells the peer not to send its next request here.
  return isDraining() ? { ...headers, connection: 'close' } : headers;
}
