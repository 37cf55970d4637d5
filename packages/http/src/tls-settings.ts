import net from 'node:net';
import tls from 'node:tls';
import { checkServerIdentity } from '@gatehouse/kernel';

/** How TLS is spoken to somebody, where anything of it is not as by default. */
export interface TlsSettings {
  /** Whether who answers must prove to be who was asked for. */
  readonly verify: boolean;
  /** Authorities in PEM, in place of the system's. */
  readonly ca?: string;
  /** What is shown to those who ask, with its chain. */
  readonly cert?: string;
  readonly key?: string;
  /** Whom the certificate must name, in place of the host. */
  readonly serverName?: string;
  readonly minVersion?: 'TLSv1.3';
}

/** Reading PEM takes longer than a handshake with what was read. */
const contexts = new WeakMap<TlsSettings, tls.SecureContext>();

function contextOf(settings: TlsSettings): tls.SecureContext {
  const known = contexts.get(settings);
  if (known !== undefined) return known;
  const { ca, cert, key, minVersion } = settings;
  const context = tls.createSecureContext({
    minVersion: minVersion ?? 'TLSv1.2',
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  });
  contexts.set(settings, context);
  return context;
}

/** `name` is whom the certificate must name unless the settings say otherwise. */
export function tlsOptions(settings: TlsSettings | undefined, name: string): tls.ConnectionOptions {
  const { verify = true, serverName = name } = settings ?? {};
  return {
    // Always said, so that a variable of the environment does not turn it off for all.
    rejectUnauthorized: verify,
    checkServerIdentity,
    ...(net.isIP(serverName) === 0 && { servername: serverName }),
    ...(settings !== undefined && { secureContext: contextOf(settings) }),
  };
}

/**
 * Has the other side refused what we have shown of ourselves? In TLS 1.3 it says so when we take the connection to stand
 * already (RFC 8446 §4.4.2.4).
 */
export function isTlsRefusal(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && REFUSAL.test(error.code);
}

const REFUSAL = /^ERR_SSL_.*ALERT_(?:.*CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE|DECRYPT_ERROR)/;
