import { generateKeyPairSync } from 'node:crypto';
import { parsePasswordHash, passwordHash, verifyPassword } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import type { CredentialSpec } from '../snapshot.ts';

const HASH = passwordHash('right', Buffer.alloc(16, 3));
const pemOf = (key: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer }): string =>
  String(key.export({ type: 'spki', format: 'pem' }));
const FILES: Readonly<Record<string, string>> = {
  'ed.pem': pemOf(generateKeyPairSync('ed25519').publicKey),
  'x.pem': pemOf(generateKeyPairSync('x25519').publicKey),
  'ec.pem': pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),
  'ec384.pem': pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
  'rsa.pem': pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey),
  'short.pem': pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
  'private.pem': generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  'text.pem': 'nothing',
};
const SECRET = '0123456789abcdef0123456789abcdef';

function readText(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
  return text;
}

const config = (...applications: readonly string[]): string =>
  `gatehouse: 1\napis: { users: { upstream: "http://h" } }\napplications:\n${applications
    .map((text, index) => `  app${index}: { subscriptions: [ { api: users } ], ${text} }\n`)
    .join('')}`;

const credentials = (...applications: readonly string[]): readonly CredentialSpec[] =>
  snapshotOf(config(...applications), { readText }).credentials;
const problems = (...applications: readonly string[]): string[] => problemsOf(config(...applications), { readText });

describe('credentials that are no keys', () => {
  it('carry the subscriptions of their application', () => {
    const found = credentials(
      `basic: [ { username: "Zoë Z", argon2: "${HASH}", name: zoe, owner: Zoë, expires: 2027-01-31 } ],` +
        ' clients: [ { issuer: "https://id.example", id: web }, { issuer: "https://own", id: "*", name: own } ],' +
        ` certificates: [ { name: ci, sha256: "${'AB'.repeat(32)}" }, { name: job, subject: "O=Example, CN=job" } ],` +
        ` signatures: [ { keyId: k1, publicKey: ed.pem }, { keyId: k2, secret: "${SECRET}" } ]`,
    );
    const shared = { sha256: '', application: 'app0', subscriptions: { users: { id: 'app0/users' } } };
    expect(found).toMatchObject(
      [
        { name: 'zoe', match: { kind: 'basic', username: 'Zoë Z', argon2: HASH }, expiresMs: Date.UTC(2027, 0, 31) },
        { name: 'web', match: { kind: 'client', issuer: 'https://id.example', id: 'web' } },
        { name: 'own', match: { kind: 'client', issuer: 'https://own', id: '*' } },
        { name: 'ci', match: { kind: 'certificate', sha256: 'ab'.repeat(32) } },
        { name: 'job', match: { kind: 'certificate', subject: 'O=Example, CN=job' } },
        { name: 'k1', match: { kind: 'signature', keyId: 'k1', algorithm: 'ed25519', key: FILES['ed.pem'] } },
        {
          name: 'k2',
          match: { kind: 'signature', algorithm: 'hmac-sha256', key: Buffer.from(SECRET).toString('base64') },
        },
      ].map((each) => ({ ...shared, ...each })),
    );
  });

  it('hash passwords, the same file to the same snapshot', async () => {
    const [first] = credentials('basic: [ { username: ci, password: right } ]');
    const [second] = credentials('basic: [ { username: ci, password: right } ]');
    const [other] = credentials('basic: [ { username: cd, password: right } ]');
    expect(first).toEqual(second);
    const hashOf = (spec: CredentialSpec | undefined): string =>
      spec?.match?.kind === 'basic' ? spec.match.argon2 : '';
    expect(hashOf(first).split('$')[4]).not.toBe(hashOf(other).split('$')[4]);
    const parsed = parsePasswordHash(hashOf(first));
    expect(parsed && (await verifyPassword('right', parsed))).toBe(true);
  });

  it.each([
    ['ec.pem', '', 'ecdsa-p256-sha256'],
    ['ec384.pem', '', 'ecdsa-p384-sha384'],
    ['rsa.pem', '', 'rsa-pss-sha512'],
    ['rsa.pem', ', algorithm: rsa-v1_5-sha256', 'rsa-v1_5-sha256'],
  ])('signatures with %s%s are %s', (file, more, algorithm) => {
    expect(credentials(`signatures: [ { keyId: k, publicKey: ${file}${more} } ]`)).toMatchObject([
      { match: { algorithm } },
    ]);
  });

  it.each<[string, RegExp]>([
    ['basic: [ { username: ci } ]', /neither `password` nor `argon2`, write one/],
    [`basic: [ { username: ci, password: x, argon2: "${HASH}" } ]`, /both `password` and `argon2`/],
    ['basic: [ { username: ci, argon2: right } ]', /no hash by argon2id/],
    ['basic: [ { username: "a:b", password: x } ]', /is not a user name/],
    ['basic: [ { username: "a b", password: x } ]', /needs a `name`/],
    ['basic: [ { username: a, password: x }, { username: a, password: y, name: b } ]', /same as what line 4 has/],
    ['basic: [ { username: a, password: x }, { username: b, password: y, name: a } ]', /has this name/],
    ['keys: [ { name: a, secret: one } ], basic: [ { username: a, password: x } ]', /has this name/],
    ['clients: [ { issuer: "a b", id: x } ]', /is not an identifier/],
    ['clients: [ { issuer: "https://own", id: "*" } ]', /needs a `name`/],
    ['certificates: [ { name: a } ]', /neither `sha256` nor `subject`/],
    ['certificates: [ { name: a, sha256: zz } ]', /is not a SHA-256/],
    ['signatures: [ { keyId: k } ]', /needs a `publicKey` or a `secret`/],
    [`signatures: [ { keyId: k, publicKey: ed.pem, secret: "${SECRET}" } ]`, /write one of them/],
    ['signatures: [ { keyId: k, publicKey: none.pem } ]', /is not there/],
    ['signatures: [ { keyId: k, publicKey: text.pem } ]', /no public key in PEM/],
    ['signatures: [ { keyId: k, publicKey: private.pem } ]', /no public key in PEM/],
    ['signatures: [ { keyId: k, publicKey: x.pem } ]', /no kind that signs/],
    ['signatures: [ { keyId: k, publicKey: short.pem } ]', /fewer than 2048 bits/],
    ['signatures: [ { keyId: k, publicKey: ec.pem, algorithm: ed25519 } ]', /write ecdsa-p256-sha256/],
    ['signatures: [ { keyId: k, publicKey: ec.pem, algorithm: hmac-sha256 } ]', /does not fit this key/],
    [`signatures: [ { keyId: k, secret: "${SECRET}", algorithm: ed25519 } ]`, /does not fit a secret/],
    ['signatures: [ { keyId: k, secret: short } ]', /secret/],
    [`signatures: [ { keyId: k, secret: "${'!'.repeat(40)}", secretEncoding: base64 } ]`, /is not base64/],
    [`signatures: [ { keyId: k, secret: "${'A'.repeat(32)}", secretEncoding: base64 } ]`, /shorter than 32 bytes/],
  ])('refuse %s', (text, problem) => {
    expect(problems(text)).toEqual([expect.stringMatching(problem)]);
  });

  it('belong to one application only', () => {
    const text = 'clients: [ { issuer: "https://id.example", id: web } ]';
    expect(problems(text, text)).toEqual([expect.stringMatching(/same as what line 4 has/)]);
  });

  it('show nothing of themselves in problems', () => {
    const told = problems(
      'basic: [ { username: ci, argon2: "my secret hash" } ], signatures: [ { keyId: k, secret: "my secret" } ]',
    );
    expect(told.join('\n')).not.toContain('my secret');
  });
});
