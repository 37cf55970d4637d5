import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LineLevel, Log } from './logger.ts';
import type { Random } from './user-id.ts';
import { traceIdOf } from './trace-parent.ts';

const PATH_MAX = 200;
const ABANDONED = 499;

/** Keeps the id that the gate gave the request, if it is one that is safe in a header and a log; else makes one. */
export function requestIdOf(header: string | string[] | undefined, random: Random): string {
  if (typeof header === 'string' && /^[A-Za-z0-9._:+/=@-]{1,128}$/.test(header)) return header;
  return Buffer.from(random(8)).toString('hex');
}

/** One line for each request. The query is left out since it may name a person, and so are bodies and headers. */
export function logRequests(app: FastifyInstance, log: Log): void {
  const write = (request: FastifyRequest, reply: FastifyReply, status: number): void => {
    log(levelOf(request, status), 'request', {
      request_id: request.id,
      trace_id: traceIdOf(headerText(request.headers['traceparent'])),
      method: request.method,
      path: pathOf(request).slice(0, PATH_MAX),
      route: request.routeOptions.url,
      status,
      duration_ms: Math.round(reply.elapsedTime * 100) / 100,
    });
  };
  app.addHook('onResponse', (request, reply, done) => {
    write(request, reply, reply.statusCode);
    done();
  });
  // A caller that hangs up gets no reply, so its request would otherwise leave no trace.
  app.addHook('onRequestAbort', (request, done) => {
    log('info', 'request abandoned', { request_id: request.id, method: request.method, status: ABANDONED });
    done();
  });
}

export function pathOf(request: FastifyRequest): string {
  const [path = ''] = request.url.split('?');
  return path;
}

export function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

/** Probes come every second or two and would drown everything else. */
function levelOf(request: FastifyRequest, status: number): LineLevel {
  if (status >= 500 && status !== 503) return 'error';
  if (status === 503) return 'warn';
  return isProbe(request) ? 'debug' : 'info';
}

function isProbe(request: FastifyRequest): boolean {
  return request.routeOptions.url === '/livez' || request.routeOptions.url === '/readyz';
}
