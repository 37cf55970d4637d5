import type { Target } from './targets.ts';

/** Why somebody cannot be reached, and what to do about it. */
export function connectProblem(error: unknown, { id, host, tls }: Target): string {
  const code = codeOf(error);
  switch (code) {
    case 'ENOTFOUND':
      return `${id}: nobody knows the name ${host}; check how it is written, and which DNS server this machine asks`;
    case 'EAI_AGAIN':
      return `${id}: DNS does not answer for ${host}; check this machine’s DNS server`;
    case 'ECONNREFUSED':
      return `${id} refuses connections; start it, or correct its port`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${id}: no way leads there from here; check the address and this machine’s routes`;
    case 'TimeoutError':
      return `${id} does not answer within 3 s; look for a firewall in between, or correct its address`;
    case 'ECONNRESET':
    case 'closed':
      return `${id} closes the connection${tls ? ' during the handshake; it may speak no TLS, or ask for a certificate (tls.cert)' : ''}`;
    default:
      if (/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)|^EPROTO/.test(code))
        return `${id} speaks no TLS there; write http:// if it is meant so`;
      if (code.startsWith('ERR_SSL_')) return `${id} refuses TLS as we speak it (${code}); see \`tls\` of the upstream`;
      return `${id} cannot be reached (${code})`;
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string'
    ? error.code
    : error.name === 'Error'
      ? error.message
      : error.name;
}

interface Shown {
  readonly target: Target;
  /** Alternative names, as Node lists them. */
  readonly names: string;
  readonly validTo: string;
}

/** `error` is what Node has against a certificate. */
export function tlsProblem(error: unknown, { target, names, validTo }: Shown): string {
  const { id, host, serverName = host, tlsWith } = target;
  const code = codeOf(error);
  const name = tlsWith?.serverName ?? serverName;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `${id}: its certificate expired on ${dayOf(validTo)}; renew it there`;
    case 'CERT_NOT_YET_VALID':
      return `${id}: its certificate is not valid yet; check the clocks of both machines`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `${id}: nobody whom we trust vouches for its certificate; name its authority in \`tls.ca\`, and have it send its whole chain`;
    default:
      if (isAboutNames(code)) {
        const said = names === '' ? 'no host' : names.replaceAll(/(?:DNS|IP Address):/g, '');
        return `${id}: its certificate is for ${said}, not for ${name}; name one of them in \`tls.serverName\`, or have it name ${name}`;
      }
      return `${id}: its certificate cannot be trusted (${code})`;
  }
}

const isAboutNames = (code: string): boolean =>
  code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code.includes('the certificate names no host');

/** `2026-11-01` of the words of a certificate. */
export function dayOf(words: string): string {
  const ms = Date.parse(words);
  return Number.isNaN(ms) ? words : new Date(ms).toISOString().slice(0, 10);
}
