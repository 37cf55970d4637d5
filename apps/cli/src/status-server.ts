import http from 'node:http';
import type { CachePurge, GatewayStatus } from '@gatehouse/gateway';
import { listenOn, type Address } from './address.ts';
import { purgeBy } from './cache-purge.ts';
import { metrics } from './metrics.ts';

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
}

const METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

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
  if (request.url !== '/cache/purge') return answerTo(request, source);
  return purgeBy(request, { token: source.adminToken, purge: (what) => source.purge(what) });
}

const FAILED: Answer = { status: 500, body: 'this could not be answered\n' };

function answerTo({ method, url = '' }: http.IncomingMessage, source: StatusSource): Answer {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET\n' };
  switch (url.replace(/\?.*/s, '')) {
    case '/livez':
      return { status: 200, body: 'live\n' };
    case '/readyz':
      return { status: source.phase === 'ready' ? 200 : 503, body: `${source.phase}\n` };
    case '/metrics': {
      const status = source.status();
      if (status === undefined) return { status: 503, body: 'starting\n' };
      return { status: 200, type: METRICS_TYPE, body: metrics(status) };
    }
    case '/.well-known/gatehouse/jwks.json': {
      const keys = source.identityKeys();
      if (keys === undefined) return { status: 404, body: 'no route tells upstreams who calls by a token\n' };
      return { status: 200, type: 'application/jwk-set+json', body: keys };
    }
    default:
      return { status: 404, body: 'try /livez, /readyz or /metrics\n' };
  }
}
