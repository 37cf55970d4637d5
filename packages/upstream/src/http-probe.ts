import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Probe } from './health-watch.ts';
import { http2Probe } from './http2-probe.ts';
import { probeTls } from './probe-tls.ts';

/**
 * One GET on a connection of its own, so that it also tells whether new connections are accepted. Well is any 2xx or
 * 3xx head within the timeout; the body is not read. The path stands for itself, without the endpoint's base path.
 */
export const httpProbe: Probe = (endpoint, health, signal) => {
  if (endpoint.http2 === 'h2') return http2Probe(endpoint, health, signal);
  return new Promise((resolve) => {
    const request = endpoint.tls ? httpsRequest : httpRequest;
    const probe = request({
      host: bareHost(endpoint.host),
      port: endpoint.port,
      path: health.path,
      agent: false,
      ...(endpoint.tls && probeTls(endpoint)),
      headers: { host: endpoint.authority, 'user-agent': 'gatehouse-health', accept: '*/*' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(health.timeoutMs)]),
    });
    probe.on('response', (response) => {
      const { statusCode = 0 } = response;
      resolve(statusCode >= 200 && statusCode < 400);
      response.destroy();
    });
    // Also after the response, when it is cut off; then nobody listens to the verdict any more.
    probe.on('error', () => resolve(false));
    probe.end();
  });
};

/** An IPv6 address stands in brackets in a URL and without them in a socket. */
function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
