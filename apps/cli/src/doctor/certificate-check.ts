import { createPrivateKey, X509Certificate } from 'node:crypto';
import net from 'node:net';
import type { CertificateSpec, Snapshot } from '@gatehouse/config';
import { dayOf } from './connect-problem.ts';
import { doubtful, fine, wrong, type Verdict } from './finding.ts';
import type { Scene } from './scene.ts';
import { DAY_MS, durationText } from './sizes.ts';

const WARN_MS = 30 * DAY_MS;
const FAIL_MS = 7 * DAY_MS;

/** What the gate shows to callers, and to upstreams that ask; and whom it lets vouch for callers. */
export async function certificateVerdicts(scene: Scene): Promise<readonly Verdict[]> {
  const snapshot = await scene.snapshot();
  if (snapshot === undefined) return [];
  const nowMs = scene.options.nowMs();
  const { certificates = [], clientCertificates } = snapshot.gateway?.tls ?? {};
  return [
    ...certificates.map((spec) => shownVerdict(spec, nowMs)),
    ...uncovered(snapshot, certificates),
    ...authorityVerdicts(clientCertificates?.ca ?? '', nowMs),
    ...clientVerdicts(snapshot, nowMs),
  ];
}

function shownVerdict({ cert, key, hosts }: CertificateSpec, nowMs: number): Verdict {
  const name = hosts.length === 0 ? 'the certificate' : `the certificate for ${hosts.join(', ')}`;
  try {
    const leaf = new X509Certificate(cert);
    if (!leaf.checkPrivateKey(createPrivateKey(key)))
      return wrong(`${name}: its key belongs to another one; give both of one pair`);
    const missing = hosts.filter((host) => !covers(leaf, host));
    if (missing.length > 0)
      return wrong(`${name} does not name ${missing.join(', ')}; have it issued for those hosts too`);
    return termVerdict(leaf, { name, nowMs, failMs: FAIL_MS });
  } catch (error) {
    return wrong(`${name} cannot be read (${String(error)}); give PEM`);
  }
}

interface Term {
  readonly name: string;
  readonly nowMs: number;
  /** With so little time left it is as good as expired. */
  readonly failMs: number;
}

function termVerdict({ validFrom, validTo }: X509Certificate, { name, nowMs, failMs }: Term): Verdict {
  const left = Date.parse(validTo) - nowMs;
  if (Date.parse(validFrom) > nowMs)
    return wrong(`${name} is valid from ${dayOf(validFrom)} only; check this machine’s clock`);
  if (left <= 0)
    return wrong(`${name} expired on ${dayOf(validTo)}; renew it, the gate takes it over when it is saved`);
  const until = `is valid for ${durationText(left)}, until ${dayOf(validTo)}`;
  if (left >= WARN_MS) return fine(`${name} ${until}`);
  const advice = `${name} ${until}; renew it, the gate takes it over when it is saved`;
  return left < failMs ? wrong(advice) : doubtful(advice);
}

function covers(leaf: X509Certificate, host: string): boolean {
  if (net.isIP(host) !== 0) return leaf.checkIP(host) !== undefined;
  if (leaf.checkHost(host, { subject: 'never' }) !== undefined) return true;
  // `checkHost` takes `*.example.com` for a host of that name, which nobody calls.
  return (leaf.subjectAltName ?? '').toLowerCase().split(', ').includes(`dns:${host}`);
}

/** Hosts of routes that no certificate is for: callers of those see one that does not name them. */
function uncovered({ routes }: Snapshot, certificates: readonly CertificateSpec[]): readonly Verdict[] {
  if (certificates.length === 0) return [];
  const hosts = new Set(routes.flatMap((route) => route.hosts));
  const leaves = certificates.flatMap(({ cert }) => readLeaf(cert));
  const missing = [...hosts].filter((host) => !leaves.some((leaf) => covers(leaf, host))).toSorted();
  if (missing.length === 0) return [];
  return [
    doubtful(`no certificate names ${missing.join(', ')}, which routes are for; add one, or leave these to plain HTTP`),
  ];
}

function readLeaf(pem: string): readonly X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    return []; // is told where it is shown
  }
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function authorityVerdicts(pem: string, nowMs: number): readonly Verdict[] {
  return Array.from(pem.matchAll(PEM), ([text]) => text)
    .flatMap(readLeaf)
    .map((authority) => termVerdict(authority, { name: 'an authority of clientCertificates', nowMs, failMs: 0 }))
    .filter(({ level }) => level !== 'ok');
}

function clientVerdicts({ upstreams }: Snapshot, nowMs: number): readonly Verdict[] {
  return Object.values(upstreams).flatMap(({ name, endpoints }) => {
    const shown = new Set(endpoints.flatMap(({ tlsWith }) => (tlsWith?.cert === undefined ? [] : [tlsWith.cert])));
    return [...shown]
      .flatMap(readLeaf)
      .map((leaf) => termVerdict(leaf, { name: `the certificate for upstream ${name}`, nowMs, failMs: FAIL_MS }));
  });
}
