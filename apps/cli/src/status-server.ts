import http from 'node:http';
import type { Gateway } from '@gatehouse/gateway';
import { listenOn, type Address } from './address.ts';
import { metrics } from './metrics.ts';

export interface StatusServer {
  readonly port: number;
  /** From here `/readyz` fails, so that balancers stop sending before we stop accepting. */
  drain(): void;
  close(): void;
}

/** `/livez`, `/readyz` and `/metrics`, on a port of their own that no caller reaches. */
export async function startStatusServer(gateway: Gateway, address: Address): Promise<StatusServer> {
  let draining = false;
  const server = http.createServer((request, response) => {
    const reply = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    const path = (request.url ?? '').split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') reply(405, 'text/plain', 'only GET\n');
    else if (path === '/livez') reply(200, 'text/plain', 'live\n');
    else if (path === '/readyz') reply(draining ? 503 : 200, 'text/plain', draining ? 'draining\n' : 'ready\n');
    else if (path === '/metrics')
      reply(200, 'application/openmetrics-text; version=1.0.0; charset=utf-8', metrics(gateway.status()));
    else reply(404, 'text/plain', 'try /livez, /readyz or /metrics\n');
  });
  const port = await listenOn(server, address);
  return {
    port,
    drain: () => {
      draining = true;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
