import { createHmac, createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { CredentialSpec, PolicySpec } from '@gatehouse/config';
import { exportJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Answer, Ask, Identification } from '../policy.ts';
import { fakeExchange, fakeTools, linesOf, NOW, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import type { FakeRuntimeOptions } from '../testing/fake-runtime.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const jwt = joined('jwt');
const ISSUER = 'https://id.example';
const SECRET = 'a secret of more than thirty-two bytes';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const ed = generateKeyPairSync('ed25519');
const ed448 = generateKeyPairSync('ed448');
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' });
const RSA_PEM = pemOf(rsa.publicKey);

policyContract(jwt, {
  valid: [
    { issuer: ISSUER, audience: 'orders' },
    { issuer: ISSUER, audience: ['a', 'b'], jwks: 'http://localhost:9/keys', algorithms: ['RS256'], leeway: '0s' },
    { issuer: 'me', audience: '*', keys: RSA_PEM, from: { cookie: 'token' } },
    { audience: '*', secret: SECRET, type: 'at+jwt', required: ['sub'], from: { header: 'X-Token', query: 't' } },
    { issuer: ISSUER, audience: '*', jwks: 'http://id.internal/keys', allowHttp: true },
  ],
  invalid: [
    {},
    { issuer: ISSUER },
    { audience: 'a' },
    { issuer: 'me', audience: 'a' },
    { issuer: 'http://id.example', audience: 'a' },
    { issuer: ISSUER, audience: [] },
    { issuer: ISSUER, audience: 'a', jwks: 'http://id.example/keys' },
    { issuer: ISSUER, audience: 'a', jwks: 'file:///keys' },
    { issuer: ISSUER, audience: 'a', jwks: 'https://id.example', keys: RSA_PEM },
    { issuer: ISSUER, audience: 'a', secret: 'short' },
    { issuer: ISSUER, audience: 'a', secret: '!'.repeat(64), secretEncoding: 'base64' },
    { issuer: ISSUER, audience: 'a', algorithms: ['HS256'] },
    { issuer: ISSUER, audience: 'a', algorithms: ['none'] },
    { issuer: ISSUER, audience: 'a', secret: SECRET, algorithms: ['RS256'] },
    { issuer: ISSUER, audience: 'a', leeway: '1h' },
    { issuer: ISSUER, audience: 'a', from: {} },
  ],
  waits: true,
});

interface Setting {
  readonly config?: object;
  readonly runtime?: FakeRuntimeOptions;
  readonly behind?: readonly string[];
}

const spec = (name: string): PolicySpec => ({ name, config: {}, scope: `a#${name}.0` });

function hooksOf({ config = {}, runtime = {}, behind = [] }: Setting) {
  const tools = fakeTools('a#jwt.0', { ...runtime, route: { policies: ['jwt', ...behind].map(spec) } });
  return jwt.build({ issuer: ISSUER, audience: 'orders', keys: RSA_PEM, leeway: '0s', ...config }, tools);
}

async function identify(token: string, setting: Setting = {}): Promise<Identification> {
  return hooksOf(setting).onIdentify?.(fakeExchange({ headers: { authorization: `Bearer ${token}` } }));
}

const SECONDS = NOW / 1000;
const CLAIMS = { iss: ISSUER, aud: 'orders', sub: 'zoe', azp: 'web', iat: SECONDS - 10, exp: SECONDS + 60 };
const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signed by RS256, whatever its header says. */
function signed(header: unknown, claims: unknown, key: KeyObject = rsa.privateKey): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

function hmac(header: unknown, secret: string): string {
  const input = `${encoded(header)}.${encoded(CLAIMS)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

async function byJose(alg: string, key: KeyObject | Uint8Array, header = {}): Promise<string> {
  return new SignJWT(CLAIMS).setProtectedHeader({ alg, ...header }).sign(key);
}

const right = signed({ alg: 'RS256' }, CLAIMS);

describe('jwt believes', () => {
  it.each([
    ['RS256', rsa],
    ['RS384', rsa],
    ['RS512', rsa],
    ['PS256', rsa],
    ['PS384', rsa],
    ['PS512', rsa],
    ['ES256', p256],
    ['ES384', p384],
    ['ES512', p521],
    ['EdDSA', ed],
    ['Ed25519', ed],
  ])('what jose signs by %s, with the key in PEM and as JWK', async (alg, pair) => {
    const token = await byJose(alg, pair.privateKey, { kid: 'k' });
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg, use: 'sig' };
    for (const keys of [pemOf(pair.publicKey), JSON.stringify(jwk), JSON.stringify({ keys: [jwk] })]) {
      expect(await identify(token, { config: { keys } })).toMatchObject({ caller: { subject: 'zoe' } });
    }
  });

  it('Ed448, which jose does not know', async () => {
    const input = `${encoded({ alg: 'Ed448' })}.${encoded(CLAIMS)}`;
    const token = `${input}.${sign(null, Buffer.from(input), ed448.privateKey).toString('base64url')}`;
    expect(await identify(token, { config: { keys: pemOf(ed448.publicKey) } })).toMatchObject({ caller: {} });
  });

  it.each(['HS256', 'HS384', 'HS512'])('what jose signs by %s', async (alg) => {
    const secret = SECRET.repeat(2);
    const token = await byJose(alg, Buffer.from(secret));
    expect(await identify(token, { config: { keys: undefined, secret } })).toMatchObject({ caller: {} });
  });

  it.each([
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['hex', Buffer.from(SECRET).toString('hex')],
  ])('a secret in %s', async (secretEncoding, secret) => {
    const token = await byJose('HS256', Buffer.from(SECRET));
    expect(await identify(token, { config: { keys: undefined, secret, secretEncoding } })).toMatchObject({
      caller: {},
    });
  });

  it.each<[string, object, object?]>([
    ['one of several audiences', { ...CLAIMS, aud: ['x', 'orders'] }],
    ['any audience, where that may be', { ...CLAIMS, aud: 'x' }, { audience: '*' }],
    ['no end, where that may be', { ...CLAIMS, exp: undefined }, { requireExp: false }],
    ['an end within the leeway', { ...CLAIMS, exp: SECONDS - 29 }, { leeway: '30s' }],
    ['a beginning within the leeway', { ...CLAIMS, nbf: SECONDS + 30, iat: SECONDS + 30 }, { leeway: '30s' }],
    ['a fraction of a second', { ...CLAIMS, exp: SECONDS + 0.5 }],
    ['claims that are asked for', { ...CLAIMS, tenant: false }, { required: ['tenant', 'sub'] }],
  ])('a token with %s', async (_, claims, config = {}) => {
    expect(await identify(signed({ alg: 'RS256' }, claims), { config })).toMatchObject({ caller: {} });
  });

  it('a type in any case, with or without application/', async () => {
    for (const typ of ['at+jwt', 'application/AT+JWT']) {
      expect(await identify(signed({ alg: 'RS256', typ }, CLAIMS), { config: { type: 'at+jwt' } })).toMatchObject({
        caller: {},
      });
    }
  });
});

const [HEAD = '', BODY = '', SEAL = ''] = right.split('.');
const rs = { alg: 'RS256' };
const twice = `{"iss":"${ISSUER}","aud":"orders","sub":"a","sub":"b","exp":${SECONDS + 60}}`;

describe('jwt refuses', () => {
  it.each<[string, string]>([
    ['the public key as a secret', hmac({ alg: 'HS256' }, RSA_PEM)],
    ['no algorithm', `${encoded({ alg: 'none' })}.${BODY}.`],
    ['no algorithm with a signature', signed({ alg: 'none' }, CLAIMS)],
    ['no algorithm in another case', signed({ alg: 'NonE' }, CLAIMS)],
    ['an algorithm of the prototype', signed({ alg: 'constructor' }, CLAIMS)],
    ['an algorithm that is no text', signed({ alg: ['RS256'] }, CLAIMS)],
    ['an algorithm that it was not signed by', signed({ alg: 'RS512' }, CLAIMS)],
    ['an algorithm of another kind of key', signed({ alg: 'ES256' }, CLAIMS)],
    ['another key', signed(rs, CLAIMS, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)],
    [
      'a key that it brings along',
      signed({ ...rs, jwk: shortRsa.publicKey.export({ format: 'jwk' }) }, CLAIMS, shortRsa.privateKey),
    ],
    [
      'a key that it points at',
      signed({ ...rs, jku: 'https://evil.example/keys', x5u: 'https://evil.example' }, CLAIMS, shortRsa.privateKey),
    ],
    ['a kid that is a path', signed({ ...rs, kid: '../../dev/null' }, CLAIMS, shortRsa.privateKey)],
    ['a kid that is no text', signed({ ...rs, kid: { $ne: '' } }, CLAIMS)],
    ['extensions that must be understood', signed({ ...rs, crit: ['b64'], b64: false }, CLAIMS)],
    ['an empty list of extensions', signed({ ...rs, crit: [] }, CLAIMS)],
    ['no signature', `${HEAD}.${BODY}.`],
    ['no signature and no dot', `${HEAD}.${BODY}`],
    ['half a signature', `${HEAD}.${BODY}.${SEAL.slice(0, 100)}`],
    ['something behind the signature', `${right}.x`],
    ['the signature of other claims', `${HEAD}.${encoded({ ...CLAIMS, sub: 'admin' })}.${SEAL}`],
    ['five parts', `${HEAD}.${BODY}.${SEAL}.x.y`],
    [
      'leftover bits',
      `${HEAD}.${BODY}.${SEAL.slice(0, -1)}${SEAL.endsWith('A') ? 'B' : String.fromCodePoint((SEAL.codePointAt(341) ?? 0) + 1)}`,
    ],
    ['a header that is no JSON', signed('{"alg":"RS256"', CLAIMS)],
    ['a header that is no object', signed('"RS256"', CLAIMS)],
    ['a header with a name twice', signed('{"alg":"RS256","alg":"none"}', CLAIMS)],
    ['claims with a name twice', signed(rs, twice)],
    ['claims with a name twice in other letters', signed(rs, twice.replace('"sub":"b"', String.raw`"\u0073ub":"b"`))],
    ['claims that are a list', signed(rs, [CLAIMS])],
    ['claims that are nested too deeply', signed(rs, `{"a":${'['.repeat(100)}${']'.repeat(100)}}`)],
    ['claims with something behind', signed(rs, `${JSON.stringify(CLAIMS)} {}`)],
    ['far too much', signed(rs, { ...CLAIMS, pad: 'x'.repeat(40_000) })],
    ['another issuer', signed(rs, { ...CLAIMS, iss: 'https://id.example/' })],
    ['a list of issuers', signed(rs, { ...CLAIMS, iss: [ISSUER] })],
    ['another audience', signed(rs, { ...CLAIMS, aud: 'ordersx' })],
    ['no audience', signed(rs, { ...CLAIMS, aud: undefined })],
    ['audiences that are not all texts', signed(rs, { ...CLAIMS, aud: ['orders', 7] })],
    ['no end', signed(rs, { ...CLAIMS, exp: undefined })],
    ['an end that is a text', signed(rs, { ...CLAIMS, exp: '9999999999' })],
    ['an end that is null', signed(rs, { ...CLAIMS, exp: null })],
    ['an end before time began', signed(rs, { ...CLAIMS, exp: -1 })],
    ['an end that is too large', signed(rs, JSON.stringify(CLAIMS).replace(/"exp":\d+/, '"exp":1e999'))],
    ['a beginning that is to come', signed(rs, { ...CLAIMS, nbf: SECONDS + 1 })],
    ['a birth that is to come', signed(rs, { ...CLAIMS, iat: SECONDS + 1 })],
    ['a subject that is no text', signed(rs, { ...CLAIMS, sub: { $gt: '' } })],
    ['no base64url', `${HEAD}.${BODY}+/=.${SEAL}`],
    ['a word', 'hello'],
  ])('%s', async (_, token) => {
    const answer = await identify(token);
    const hidden = answer !== undefined && 'headers' in answer ? JSON.stringify(answer) : '';
    // What is no bearer token at all is a credential of another kind.
    if (token.includes('+/=')) expect(answer).toBeUndefined();
    else expect(answer).toMatchObject({ code: 'auth.invalid' });
    for (const part of token.split('.')) if (part.length > 20) expect(hidden).not.toContain(part);
  });

  it('what ended a second ago, and tells so', async () => {
    expect(await identify(signed(rs, { ...CLAIMS, exp: SECONDS }))).toMatchObject({
      code: 'auth.expired',
      headers: [
        [
          'www-authenticate',
          'Bearer realm="gatehouse", error="invalid_token", error_description="the token has expired"',
        ],
      ],
    });
  });

  it.each<[string, object, object?]>([
    ['a type that is not asked for', { typ: 'JWT' }, { type: 'at+jwt' }],
    ['no type', {}, { type: 'at+jwt' }],
    ['an algorithm that is not taken', {}, { algorithms: ['PS256'] }],
    ['a claim that is missing', {}, { required: ['tenant'] }],
    ['keys of another kind', {}, { keys: JSON.stringify({ keys: [p256.publicKey.export({ format: 'jwk' })] }) }],
    [
      'a kid of another key',
      { kid: 'b' },
      { keys: JSON.stringify({ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'a' }) },
    ],
    [
      'a key that is for another algorithm',
      {},
      { keys: JSON.stringify({ ...rsa.publicKey.export({ format: 'jwk' }), alg: 'PS256' }) },
    ],
  ])('%s', async (_, header, config) => {
    expect(await identify(signed({ ...rs, ...header }, CLAIMS), { config: config ?? {} })).toMatchObject({
      code: 'auth.invalid',
    });
  });

  it('signatures of ECDSA in the form of ASN.1, and on another curve', async () => {
    const input = `${encoded({ alg: 'ES256' })}.${encoded(CLAIMS)}`;
    const der = sign('sha256', Buffer.from(input), p256.privateKey).toString('base64url');
    expect(await identify(`${input}.${der}`, { config: { keys: pemOf(p256.publicKey) } })).toMatchObject({
      code: 'auth.invalid',
    });
    const token = await byJose('ES256', p256.privateKey);
    expect(await identify(token, { config: { keys: pemOf(p384.publicKey) } })).toMatchObject({ code: 'auth.invalid' });
  });

  it.each([
    ['a short RSA key', pemOf(shortRsa.publicKey)],
    ['a key on secp256k1', pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey)],
    ['a secret as JWK', JSON.stringify({ kty: 'oct', k: encoded(SECRET) })],
    ['a key for encryption', JSON.stringify({ ...rsa.publicKey.export({ format: 'jwk' }), use: 'enc' })],
    ['no key', '{"keys":[]}'],
    ['a file that is not there', 'keys.json'],
  ])('to be configured with %s', (_, keys) => {
    expect(() => hooksOf({ config: { keys } })).toThrow('has `keys` of no use');
  });
});

const credential: CredentialSpec = {
  sha256: '',
  match: { kind: 'client', issuer: ISSUER, id: 'web' },
  name: 'web',
  owner: undefined,
  expiresMs: undefined,
  application: 'shop',
  team: undefined,
  subscriptions: {},
  models: undefined,
  tokenLimits: [],
};

describe('jwt tells', () => {
  it.each<[string, object, string | undefined]>([
    ['azp', { azp: 'web', client_id: 'x', sub: 'y' }, 'web'],
    ['client_id', { azp: undefined, client_id: 'web', sub: 'y' }, 'web'],
    ['sub', { azp: undefined, sub: 'web' }, 'web'],
    ['nothing, of a client that nobody knows', { azp: 'other', client_id: 'web', sub: 'web' }, undefined],
  ])('the application by %s', async (_, claims, name) => {
    const token = signed(rs, { ...CLAIMS, ...claims });
    const runtime = { credentials: [credential] };
    expect(await identify(token, { runtime })).toMatchObject({ caller: { credential: name && { name } } });
  });

  it('the application of the issuer, where all of its tokens are one application’s', async () => {
    const own: CredentialSpec = { ...credential, name: 'own', match: { kind: 'client', issuer: ISSUER, id: '*' } };
    const named = async (claims: object, credentials: readonly CredentialSpec[]) =>
      identify(signed(rs, { ...CLAIMS, azp: undefined, sub: undefined, ...claims }), { runtime: { credentials } });
    const applications = [own, credential];
    expect(await named({}, applications)).toMatchObject({ caller: { credential: own } });
    expect(await named({ azp: 'other' }, applications)).toMatchObject({ caller: { credential: own } });
    expect(await named({ azp: 'web' }, applications)).toMatchObject({ caller: { credential } });
    expect(await named({ azp: '*' }, [credential])).toMatchObject({ caller: { credential: undefined } });
  });

  it('no application where no issuer is asked for', async () => {
    const setting = { config: { issuer: undefined }, runtime: { credentials: [credential] } };
    expect(await identify(right, setting)).toMatchObject({ caller: { credential: undefined } });
  });

  it.each<[string, object, object, readonly string[], readonly string[]]>([
    ['as text and list', {}, { scope: 'a  b', groups: ['x', 7, 'y z'] }, ['a', 'b'], ['x', 'y z']],
    ['from scp', {}, { scp: ['a', 'b'] }, ['a', 'b'], []],
    [
      'from claims of other names',
      { scopes: 'perms', groups: 'https://x/roles' },
      { perms: ['a'], 'https://x/roles': ['b'] },
      ['a'],
      ['b'],
    ],
    ['from inside of claims', { groups: 'realm_access.roles' }, { realm_access: { roles: ['admin'] } }, [], ['admin']],
    ['not from the prototype', { groups: 'constructor.name' }, {}, [], []],
  ])('scopes and groups %s', async (_, config, claims, scopes, groups) => {
    expect(await identify(signed(rs, { ...CLAIMS, ...claims }), { config })).toMatchObject({
      caller: { scopes, groups },
    });
  });
});

function shown(request: FakeExchangeOptions, setting: Setting) {
  const exchange = fakeExchange(request);
  return { answer: hooksOf(setting).onIdentify?.(exchange), exchange };
}

describe('jwt looks', () => {
  it('into another field, with or without Bearer, and takes it out', () => {
    for (const value of [right, `Bearer ${right}`]) {
      const { answer } = shown({ headers: { 'x-token': value } }, { config: { from: { header: 'X-Token' } } });
      expect(answer).toMatchObject({ caller: { fields: ['x-token'] } });
    }
  });

  it('into a cookie, and leaves the others', () => {
    const { answer, exchange } = shown(
      { headers: { cookie: `a=1; token=${right}; b=2` } },
      { config: { from: { cookie: 'token' } } },
    );
    expect(answer).toMatchObject({ caller: { fields: [] } });
    expect([linesOf(exchange.upstreamHeaders), exchange.upstreamHeaders.removed]).toEqual([
      ['cookie: a=1; b=2'],
      ['cookie'],
    ]);
  });

  it('into the query, and leaves the rest', () => {
    const { exchange } = shown({ query: `?a=%20&t=${right}` }, { config: { from: { query: 't' } } });
    expect(exchange.upstreamTarget).toMatch(/\?a=%20$/);
  });

  it('nowhere else', () => {
    expect(shown({ headers: { cookie: `token=${right}`, 'x-token': right } }, {}).answer).toBeUndefined();
    expect(shown({ headers: { authorization: `Basic ${right}` } }, {}).answer).toBeUndefined();
  });

  it('and sends a token on where it may', () => {
    const headers = { authorization: `Bearer ${right}` };
    expect(shown({ headers }, { config: { forward: true } }).answer).toMatchObject({ caller: { fields: [] } });
    expect(shown({ headers }, {}).answer).toMatchObject({ caller: { fields: ['authorization'] } });
  });

  it('leaves tokens of others to a policy behind it', async () => {
    const other = signed(rs, { ...CLAIMS, iss: 'https://other.example' });
    expect(await identify(other, { behind: ['jwt'] })).toBeUndefined();
    expect(await identify('opaque', { behind: ['introspection'] })).toBeUndefined();
    expect(await identify(other, { behind: ['headers'] })).toMatchObject({ code: 'auth.invalid' });
    // Its own are nobody else's affair.
    const wrong = `${HEAD}.${BODY}.${encoded('x'.repeat(256))}`;
    expect(await identify(wrong, { behind: ['jwt'] })).toMatchObject({ code: 'auth.invalid' });
  });
});

class FakeIssuer {
  readonly asked: string[] = [];
  keys: object[] = [];
  status = 200;
  nowMs = 0;
  readonly #answers: (() => void)[] = [];
  slow = false;
  metadata: object = { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` };

  readonly runtime: FakeRuntimeOptions = {
    clock: { now: () => NOW, monotonic: () => this.nowMs },
    states: new Map(),
    ask: async (request) => this.#answer(request),
  };

  async #answer({ url }: Ask): Promise<Answer> {
    this.asked.push(url.slice(ISSUER.length));
    if (this.slow) await new Promise<void>((resolve) => this.#answers.push(resolve));
    const json = url.endsWith('/keys') ? { keys: this.keys } : this.metadata;
    return { status: this.status, headers: [], body: Buffer.from(JSON.stringify(json)) };
  }

  go(): void {
    for (const answer of this.#answers.splice(0)) answer();
  }

  async identify(kid: string, key = rsa.privateKey, config: object = {}): Promise<Identification> {
    const jwks = { keys: undefined, jwks: `${ISSUER}/keys`, ...config };
    return identify(signed({ ...rs, kid }, CLAIMS, key), { config: jwks, runtime: this.runtime });
  }
}

const jwk = (kid: string, pair = rsa): object => ({ ...pair.publicKey.export({ format: 'jwk' }), kid });

describe('keys of an issuer', () => {
  it('are asked for once for all who wait, and kept', async () => {
    const issuer = new FakeIssuer();
    issuer.keys = [jwk('a')];
    issuer.slow = true;
    const all = [1, 2, 3].map(async () => issuer.identify('a'));
    await new Promise(setImmediate);
    issuer.go();
    expect(await Promise.all(all)).toEqual([1, 2, 3].map(() => expect.objectContaining({ caller: expect.anything() })));
    expect(issuer.asked).toEqual(['/keys']);
    issuer.slow = false;
    await issuer.identify('a');
    expect(issuer.asked).toEqual(['/keys']);
  });

  it('are found through its metadata', async () => {
    const issuer = new FakeIssuer();
    issuer.keys = [jwk('a')];
    expect(await issuer.identify('a', rsa.privateKey, { jwks: undefined })).toMatchObject({ caller: {} });
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it.each<[string, object]>([
    ['another issuer', { issuer: 'https://evil.example', jwks_uri: `${ISSUER}/keys` }],
    ['keys without TLS', { issuer: ISSUER, jwks_uri: 'http://id.example/keys' }],
    ['no keys', { issuer: ISSUER }],
    ['keys that are no address', { issuer: ISSUER, jwks_uri: { a: 1 } }],
  ])('are not looked for where metadata name %s', async (_, metadata) => {
    const issuer = new FakeIssuer();
    issuer.metadata = metadata;
    expect(await issuer.identify('a', rsa.privateKey, { jwks: undefined })).toMatchObject({ code: 'auth.unavailable' });
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration']);
  });

  it('may change: a new one is asked for at once, and at most every 30 seconds', async () => {
    const issuer = new FakeIssuer();
    issuer.keys = [jwk('a')];
    await issuer.identify('a');
    const next = generateKeyPairSync('rsa', { modulusLength: 2048 });
    issuer.keys = [jwk('b', next)];
    expect(await issuer.identify('b', next.privateKey)).toMatchObject({ code: 'auth.invalid' });
    expect(issuer.asked).toHaveLength(1);
    issuer.nowMs = 30_000;
    expect(await issuer.identify('b', next.privateKey)).toMatchObject({ caller: {} });
    expect(issuer.asked).toHaveLength(2);
    for (const kid of ['x', 'y', 'z']) expect(await issuer.identify(kid)).toMatchObject({ code: 'auth.invalid' });
    expect(issuer.asked).toHaveLength(2);
    // A key that is gone takes what it signed along, also what was believed before.
    expect(await issuer.identify('a')).toMatchObject({ code: 'auth.invalid' });
  });

  it('are believed for a day while it fails, and not longer', async () => {
    const issuer = new FakeIssuer();
    issuer.keys = [jwk('a')];
    await issuer.identify('a');
    issuer.status = 500;
    issuer.nowMs = 23 * 3_600_000;
    expect(await issuer.identify('a')).toMatchObject({ caller: {} });
    issuer.nowMs = 25 * 3_600_000;
    expect(await issuer.identify('a')).toMatchObject({ code: 'auth.unavailable' });
  });

  it('are asked for anew after ten minutes, while nobody waits', async () => {
    const issuer = new FakeIssuer();
    issuer.keys = [jwk('a')];
    await issuer.identify('a');
    issuer.nowMs = 600_000;
    issuer.slow = true;
    expect(await issuer.identify('a')).toMatchObject({ caller: {} });
    expect(issuer.asked).toHaveLength(2);
    issuer.go();
  });

  it.each<[string, (issuer: FakeIssuer) => void]>([
    ['an error', (issuer) => (issuer.status = 500)],
    ['no key of use', (issuer) => (issuer.keys = [{ kty: 'oct', k: 'AAAA' }])],
    ['too many keys', (issuer) => (issuer.keys = Array.from({ length: 101 }, () => jwk('a')))],
  ])('that are %s refuse callers for now, and spare the issuer', async (_, spoil) => {
    const issuer = new FakeIssuer();
    issuer.keys = [jwk('a')];
    spoil(issuer);
    expect(await issuer.identify('a')).toMatchObject({ code: 'auth.unavailable', headers: [['retry-after', '1']] });
    expect(await issuer.identify('a')).toMatchObject({ code: 'auth.unavailable' });
    expect(issuer.asked).toHaveLength(1);
    issuer.status = 200;
    issuer.keys = [jwk('a')];
    issuer.nowMs = 1000;
    expect(await issuer.identify('a')).toMatchObject({ caller: {} });
  });
});

describe('a token that was believed', () => {
  it('is known again at once, until it ends', async () => {
    const runtime = { states: new Map() };
    const hooks = hooksOf({ runtime });
    const at = (startedAt: number) =>
      hooks.onIdentify?.(fakeExchange({ startedAt, headers: { authorization: `Bearer ${right}` } }));
    expect(at(NOW)).toMatchObject({ caller: {} });
    expect(at(NOW + 59_999)).toMatchObject({ caller: {} });
    expect(at(NOW + 60_000)).toMatchObject({ code: 'auth.expired' });
  });

  it('is not believed by another configuration', async () => {
    const runtime = { states: new Map() };
    expect(await identify(right, { runtime })).toMatchObject({ caller: {} });
    expect(await identify(right, { runtime, config: { audience: 'billing' } })).toMatchObject({ code: 'auth.invalid' });
  });

  it('has the application that it has now', async () => {
    const states = new Map();
    expect(await identify(right, { runtime: { states } })).toMatchObject({ caller: { credential: undefined } });
    expect(await identify(right, { runtime: { states, credentials: [credential] } })).toMatchObject({
      caller: { credential: { name: 'web' } },
    });
  });
});

it('takes keys with a private part for their public one alone', async () => {
  const keys = JSON.stringify(
    createPrivateKey(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' }),
  );
  expect(await identify(right, { config: { keys } })).toMatchObject({ caller: {} });
});
