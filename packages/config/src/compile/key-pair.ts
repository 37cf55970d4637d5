import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Compilation } from './compilation.ts';
import { pemText } from './pem-text.ts';

/** So near to its end, a certificate is warned of. */
const SOON_MS = 14 * 86_400_000;

export interface KeyPair {
  /** With its chain. */
  readonly cert: string;
  readonly key: string;
  readonly leaf: X509Certificate;
}

interface KeyPairSource {
  readonly cert: string;
  readonly key: string;
}

/** A certificate and its key, which fit and can be used; undefined, and a problem, for what cannot. */
export function keyPair(source: KeyPairSource, compilation: Compilation): KeyPair | undefined {
  const { places, report } = compilation;
  const cert = pemText({ holder: source, key: 'cert', value: source.cert }, compilation);
  const key = pemText({ holder: source, key: 'key', value: source.key }, compilation);
  if (cert === undefined || key === undefined) return undefined;
  const leaf = readable(cert, { holder: source, key: 'cert' }, compilation);
  const secret = privateKey(key);
  if (secret === undefined) {
    report.problem(places.at(source, 'key'), '`key` is no private key in PEM without a passphrase');
  }
  if (leaf === undefined || secret === undefined) return undefined;
  if (!leaf.checkPrivateKey(secret)) {
    report.problem(places.at(source, 'key'), '`key` does not belong to the certificate beside it');
    return undefined;
  }
  const wrong = refusal({ cert, key });
  if (wrong !== undefined) {
    report.problem(places.at(source, 'cert'), `\`cert\` cannot be used: ${wrong}`);
    return undefined;
  }
  checkDates(leaf, source, compilation);
  return { cert, key, leaf };
}

/** Certificates of authorities in PEM. */
export function authorities(source: { readonly ca: string }, compilation: Compilation): string | undefined {
  const ca = pemText({ holder: source, key: 'ca', value: source.ca }, compilation);
  if (ca === undefined || readable(ca, { holder: source, key: 'ca' }, compilation) === undefined) return undefined;
  const wrong = blocksOf(ca).some((block) => leafOf(block) === undefined)
    ? 'one of its certificates is broken'
    : refusal({ ca });
  if (wrong === undefined) return ca;
  compilation.report.problem(compilation.places.at(source, 'ca'), `\`ca\` cannot be used: ${wrong}`);
  return undefined;
}

/** Why TLS itself does not take it: what is broken in the chain, or too weak. */
function refusal(material: {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
}): string | undefined {
  try {
    createSecureContext(material);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** TLS leaves out what it cannot read of a list. */
function blocksOf(pem: string): readonly string[] {
  return pem.match(/-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g) ?? [];
}

function readable(
  pem: string,
  { holder, key }: { readonly holder: object; readonly key: string },
  { places, report }: Compilation,
): X509Certificate | undefined {
  const found = leafOf(pem);
  if (found === undefined) report.problem(places.at(holder, key), `\`${key}\` is no certificate in PEM`);
  return found;
}

function leafOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function checkDates(leaf: X509Certificate, source: KeyPairSource, { places, report }: Compilation): void {
  const leftMs = Date.parse(leaf.validTo) - Date.now();
  const place = places.at(source, 'cert');
  if (leftMs <= 0) report.warning(place, `the certificate has expired, on ${leaf.validTo}`);
  else if (leftMs < SOON_MS) report.warning(place, `the certificate expires on ${leaf.validTo}`);
}
