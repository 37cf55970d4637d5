import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import net from 'node:net';
import { bits, implicit, integer, octets, oid, sequence, set, tagged, time, utf8, yes } from './der.ts';

/** A certificate and its private key, both in PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface TestCertificateOptions {
  /** Hosts and addresses. */
  readonly names?: readonly string[];
  /** Its common name. */
  readonly subject?: string;
  readonly from?: Date;
  readonly until?: Date;
}

interface Names {
  readonly subject: string;
  readonly issuer: string;
}

const DAY_MS = 86_400_000;
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const EXTENSION = { alternativeName: '2.5.29.17', basicConstraints: '2.5.29.19', keyUsage: '2.5.29.15' };

/** An authority that exists only while a test runs. Bare machines have no openssl, and files of certificates expire. */
export class TestAuthority {
  /** What somebody must have to believe it. */
  readonly pem: string;
  readonly #name: string;
  readonly #key: KeyObject;

  constructor(name = 'Test authority') {
    const { publicKey, privateKey } = newKeys();
    this.#name = name;
    this.#key = privateKey;
    this.pem = signed({ subject: name, issuer: name }, { publicKey, by: privateKey, extensions: AUTHORITY });
  }

  issue(options: TestCertificateOptions = {}): TestCertificate {
    const { publicKey, privateKey } = newKeys();
    const names = { subject: options.subject ?? 'test', issuer: this.#name };
    const extensions = extensionsOf(options);
    return { cert: signed(names, { publicKey, by: this.#key, extensions, ...options }), key: pemOf(privateKey) };
  }
}

/** One that nobody but itself vouches for. */
export function selfSigned(options: TestCertificateOptions = {}): TestCertificate {
  const { publicKey, privateKey } = newKeys();
  const { subject = 'test' } = options;
  const extensions = extensionsOf(options);
  const cert = signed({ subject, issuer: subject }, { publicKey, by: privateKey, extensions, ...options });
  return { cert, key: pemOf(privateKey) };
}

interface Content extends Pick<TestCertificateOptions, 'from' | 'until'> {
  readonly publicKey: KeyObject;
  readonly by: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280 §4.1. */
function signed({ subject, issuer }: Names, { publicKey, by, extensions, from, until }: Content): string {
  const algorithm = sequence(oid(ECDSA_SHA256));
  const content = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    commonName(issuer),
    sequence(time(from ?? new Date(Date.now() - DAY_MS)), time(until ?? new Date(Date.now() + 90 * DAY_MS))),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [tagged(3, sequence(...extensions))] : []),
  );
  const whole = sequence(content, algorithm, bits(sign('sha256', content, by)));
  const lines = whole.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const commonName = (name: string): Buffer => sequence(set(sequence(oid(COMMON_NAME), utf8(name))));

const critical = (id: string, value: Buffer): Buffer => sequence(oid(id), yes(), octets(value));

const AUTHORITY = [
  critical(EXTENSION.basicConstraints, sequence(yes())),
  critical(EXTENSION.keyUsage, bits(Buffer.from([0x04]), 2)),
];

function extensionsOf({ names = [] }: TestCertificateOptions): readonly Buffer[] {
  if (names.length === 0) return [];
  const all = names.map((name) => (net.isIP(name) !== 0 ? implicit(7, address(name)) : implicit(2, Buffer.from(name))));
  return [sequence(oid(EXTENSION.alternativeName), octets(sequence(...all)))];
}

function address(text: string): Buffer {
  if (net.isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  const [head = [], tail = []] = text.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const gap = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return Buffer.from([...head, ...gap, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function newKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' });
}
