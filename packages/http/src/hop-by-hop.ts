import { FIELD, type KnownName } from './field-names.ts';

function marks(...names: readonly KnownName[]): Uint8Array {
  const strip = new Uint8Array(256);
  for (const name of names) strip[FIELD[name]] = 1;
  return strip;
}

/**
 * What never goes upstream as it came: hop-by-hop fields (RFC 9110 §7.6.1) and every field by which the gate itself
 * tells who calls (reference rows 1, 27, 33). The gate's own values are added afterwards.
 */
export const STRIP_FROM_REQUEST = marks(
  'host',
  'connection',
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'http2-settings',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-uri',
  'x-forwarded-method',
  'x-forwarded-server',
  'x-real-ip',
  'x-forwarded-scheme',
  'x-client-ip',
  'x-cluster-client-ip',
  'client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-gatehouse-application',
  'x-gatehouse-credential',
  'x-gatehouse-plan',
  'via',
  'x-request-id',
  'traceparent',
);

/** What a reply does not carry on: hop-by-hop fields. Content-Length stays where the framing stays. */
export const STRIP_FROM_REPLY = marks(
  'connection',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'x-request-id',
);
