import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accepts } from './accept.ts';
import type { Contract } from './contract.ts';
import type { IdempotencyScope } from './idempotency-records.ts';
import { InFlightKeys } from './in-flight-keys.ts';
import type { Log } from './logger.ts';
import type { Operation } from './operation.ts';
import { Problem } from './problem.ts';
import { headerText } from './request-log.ts';
import type { Call, Handler, Reply } from './users-api.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly operation?: Operation;
  }
}

export interface OperationRoutesOptions {
  readonly contract: Contract;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly log: Log;
}

/** One route for each operation of the document. Throws when the document and the handlers do not pair up. */
export function registerOperations(app: FastifyInstance, options: OperationRoutesOptions): void {
  const { contract, handlers, log } = options;
  const inFlight = new InFlightKeys();
  const undocumented = new Set(handlers.keys());
  for (const operation of contract.operations) {
    const handler = handlers.get(operation.id);
    if (handler === undefined) throw new Error(`operation ${operation.id} has no handler`);
    undocumented.delete(operation.id);
    app.route({
      method: operation.method,
      url: operation.path.replaceAll(/\{([^}]+)\}/g, ':$1'),
      config: { operation },
      onRequest: (request, reply, done) => {
        holdKey(request, reply, inFlight);
        done();
      },
      handler: (request, reply) => send(reply, handler(readCall(request, operation))),
    });
  }
  if (undocumented.size > 0) throw new Error(`not in the openapi document: ${[...undocumented].join(', ')}`);
  reportUndocumentedReplies(app, log);
}

/**
 * Turns away a request whose key another request holds. Before the body is read, because that is when two requests
 * overlap: once a body is there, one transaction answers it.
 */
function holdKey(request: FastifyRequest, reply: FastifyReply, inFlight: InFlightKeys): void {
  const scope = scopeOf(request);
  if (scope === undefined) return;
  const release = inFlight.hold(scope);
  if (release === undefined) throw new Problem('idempotency.in_progress');
  // `close` comes after the reply and also when the caller hangs up half-way.
  reply.raw.once('close', release);
}

function scopeOf(request: FastifyRequest): IdempotencyScope | undefined {
  const { operation } = request.routeOptions.config;
  const key = headerText(request.headers['idempotency-key']);
  if (operation === undefined || key === undefined || !operation.parameters.has('idempotency-key')) return undefined;
  return { caller: callerOf(request), operation: operation.id, key };
}

/** The gate writes this header and removes what came from outside, so that callers cannot pass for each other. */
function callerOf(request: FastifyRequest): string {
  return headerText(request.headers['x-gatehouse-application']) ?? '';
}

/** Holds a request against the document. Throws the problem that the caller is to see. */
function readCall(request: FastifyRequest, operation: Operation): Call {
  const { offered } = operation.replies;
  if (offered.length > 0 && !accepts(request.headers.accept, offered)) {
    throw new Problem('request.not_acceptable', { detail: `This operation answers in ${offered.join(', ')}.` });
  }
  const parameters = operation.parameters.read({
    path: { ...asObject(request.params) },
    query: { ...asObject(request.query) },
    header: request.headers,
  });
  const faults = operation.checkBody?.(request.body) ?? [];
  if (faults.length > 0) throw new Problem('request.invalid_body', { errors: faults });
  return { operation: operation.id, caller: callerOf(request), parameters, body: request.body };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function send(reply: FastifyReply, { status, headers, body }: Reply): FastifyReply {
  reply.code(status).headers(headers);
  return body === undefined ? reply.send() : reply.type('application/json').send(body);
}

/** A reply that breaks the document is our bug. The caller still gets it, since withholding helps nobody. */
function reportUndocumentedReplies(app: FastifyInstance, log: Log): void {
  app.addHook('preSerialization', (request, reply, payload, done) => {
    const { operation } = request.routeOptions.config;
    const sent = { status: reply.statusCode, headers: reply.getHeaders(), body: payload };
    const differences = operation?.replies.differences(sent) ?? [];
    if (differences.length > 0) {
      log('error', 'reply differs from the document', {
        request_id: request.id,
        operation: operation?.id,
        differences,
      });
    }
    done(null, payload);
  });
}
