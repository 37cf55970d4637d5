import http from 'node:http';
import type { CachePurge, GatewayStatus } from '@gatehouse/gateway';
import { asPlainText, CONTENT_TYPES, formatFor } from '@gatehouse/telemetry/exposition';
import { listenOn, type Address } from './address.ts';
import { purgeBy } from './cache-purge.ts';
import { allMetrics } from './metrics/gate-metrics.ts';

export interface StatusServer {
  readonly port: number;
  close(): void;
}

export interface StatusSource {
  /** Only `ready` lets balancers send requests. */
  readonly phase: 'starting' | 'ready' | 'draining';
  /** `undefined` until the gateway has started. */
  status(): GatewayStatus | undefined;
  /** By which upstreams check what the gate tells them of callers; undefined where it tells nothing. */
  identityKeys(): string | undefined;
  /** Whoever shows it may make the gate forget replies; undefined: nobody. */
  readonly adminToken?: string | undefined;
  /** How many replies are not used any more; `undefined` until the gateway has started. */
  purge(what: CachePurge): number | undefined;
  /** What the observer has made of records, in OpenMetrics. Whoever asks waits a second for it, and does without then. */
  observed?(): Promise<string | undefined>;
}

const OBSERVED_MS_MAX = 1000;

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

/** `/livez`, `/readyz`, `/metrics`, `/cache/purge` and keys, on a port of their own that no caller reaches. */
export async function startStatusServer(source: StatusSource, address: Address): Promise<StatusServer> {
  const server = http.createServer((request, response) => {
    answerWith(request, response, source).catch(() => response.destroy());
  });
  const port = await listenOn(server, address);
  return {
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answerWith(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  source: StatusSource,
): Promise<void> {
  const { status, type = 'text/plain', body } = await answered(request, source).catch(() => FAILED);
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

async function answered(request: http.IncomingMessage, source: StatusSource): Promise<Answer> {
  if (request.url === '/cache/purge')
    return purgeBy(request, { token: source.adminToken, purge: (what) => source.purge(what) });
  return answerTo(request, source);
}

const FAILED: Answer = { status: 500, body: 'this could not be answered\n' };

async function answerTo(request: http.IncomingMessage, source: StatusSource): Promise<Answer> {
  const { method, url = '' } = request;
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET\n' };
  switch (url.replace(/\?.*/s, '')) {
    case '/livez':
      return { status: 200, body: 'live\n' };
    case '/readyz':
      return { status: source.phase === 'ready' ? 200 : 503, body: `${source.phase}\n` };
    case '/metrics':
      return metricsAnswer(source, request.headers.accept);
    case '/.well-known/gatehouse/jwks.json': {
      const keys = source.identityKeys();
      if (keys === undefined) return { status: 404, body: 'no route tells upstreams who calls by a token\n' };
      return { status: 200, type: 'application/jwk-set+json', body: keys };
    }
    default:
      return { status: 404, body: 'try /livez, /readyz or /metrics\n' };
  }
}

async function metricsAnswer(source: StatusSource, accept: string | undefined): Promise<Answer> {
  if (source.status() === undefined) return { status: 503, body: 'starting\n' };
  const observed = await observedBy(source);
  const status = source.status();
  if (status === undefined) return { status: 503, body: 'ending\n' };
  const text = allMetrics({ status }, observed);
  const format = formatFor(accept);
  return { status: 200, type: CONTENT_TYPES[format], body: format === 'plain' ? asPlainText(text) : text };
}

/** Scrapers would rather have the gate's own metrics than wait for an observer that has died or is stuck. */
async function observedBy(source: StatusSource): Promise<string | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), OBSERVED_MS_MAX);
  try {
    return await Promise.race([source.observed?.(), late.promise]);
  } catch {
    return undefined; // what is missing is said by gatehouse_observer_up
  } finally {
    clearTimeout(timer);
  }
}
