import type { EndpointSpec, HealthSpec } from '@gatehouse/config';
import { probeTls } from './probe-tls.ts';

/** The question of `httpProbe`, in HTTP/2: over TLS what ALPN agrees on, in plain text by prior knowledge. */
export async function http2Probe(endpoint: EndpointSpec, health: HealthSpec, signal: AbortSignal): Promise<boolean> {
  const { connect } = process.getBuiltinModule('node:http2');
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const session = connect(`${endpoint.tls ? 'https' : 'http'}://${host}:${endpoint.port}`, {
    settings: { enablePush: false },
    ...(endpoint.tls && probeTls(endpoint)),
  });
  const verdict = (well: boolean): void => {
    resolve(well);
    session.destroy();
  };
  const stop = AbortSignal.any([signal, AbortSignal.timeout(health.timeoutMs)]);
  stop.addEventListener('abort', () => verdict(false), { once: true });
  session.on('error', () => verdict(false));
  const stream = session.request({
    ':path': health.path,
    ':authority': endpoint.authority,
    'user-agent': 'gatehouse-health',
    accept: '*/*',
  });
  stream.on('error', () => verdict(false));
  stream.on('response', ({ ':status': status = 0 }) => verdict(status >= 200 && status < 400));
  stream.on('close', () => verdict(false));
  return promise;
}
