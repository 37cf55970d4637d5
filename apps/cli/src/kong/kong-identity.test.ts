import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileText } from '../load-config.ts';
import { importKong } from './import-kong.ts';

const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const RSA = pemOf(rsa.publicKey);
const EC = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
const ED = pemOf(generateKeyPairSync('ed25519').publicKey);
const SHORT = pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey);
const PRIVATE = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' });
const PARTNER = { key: 'https://partner.example', algorithm: 'RS256', rsa_public_key: RSA };

interface Imported {
  readonly yaml: string;
  readonly api: {
    readonly access?: string;
    readonly policies?: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
  };
  readonly applications: Readonly<Record<string, unknown>>;
  /** What decides who may call. */
  readonly told: readonly string[];
}

function imported(plugins: readonly object[], consumers: readonly object[] = [], more: object = {}): Imported {
  const routes = [{ name: 'r', paths: ['/'] }];
  const services = [{ name: 's', url: 'http://s', routes, plugins }];
  const { yaml, leftOut } = importKong(JSON.stringify({ _format_version: '3.0', services, consumers, ...more }));
  const result = compileText(yaml, { file: 'imported.yaml', env: {} });
  expect('problems' in result ? result.problems : []).toEqual([]);
  const { apis, applications } = parse(yaml);
  return { yaml, api: apis.r, applications, told: leftOut.filter(({ security }) => security).map(({ what }) => what) };
}

const jwt = (config: object = {}): object => ({
  name: 'jwt',
  config: { claims_to_verify: ['exp', 'nbf'], ...config },
});
const partner = (...secrets: object[]): object => ({ username: 'partner', jwt_secrets: secrets });
/** Of the policies that take tokens. */
const taken = ({ api }: Imported): Readonly<Record<string, unknown>>[] =>
  (api.policies ?? []).flatMap(({ jwt: policy }) => (policy === undefined ? [] : [policy]));

describe('signed tokens of Kong', () => {
  it('are believed here by the same key, as tokens of the same consumer', () => {
    const { api, applications, told } = imported([jwt()], [partner(PARTNER)]);
    expect(api).toMatchObject({
      access: 'key',
      policies: [
        {
          jwt: {
            issuer: PARTNER.key,
            audience: '*',
            keys: RSA,
            algorithms: ['RS256'],
            leeway: '0s',
            required: ['nbf'],
            requireExp: true,
            from: { header: 'authorization', query: 'jwt' },
            forward: true,
          },
        },
      ],
    });
    expect(applications).toEqual({
      partner: { clients: [{ issuer: PARTNER.key, id: '*', name: 'tokens' }] },
    });
    expect(told).toEqual([]);
  });

  it('may stand beside keys, and beside their consumers', () => {
    const consumers = [
      { username: 'partner', keyauth_credentials: [{ key: 'k', tags: ['ci'] }], acls: [{ group: 'a' }] },
    ];
    const more = { jwt_secrets: [{ ...PARTNER, tags: ['ci'], consumer: 'partner' }] };
    const plugins = [{ name: 'key-auth' }, jwt(), { name: 'acl', config: { allow: ['a'] } }];
    const { api, applications, told } = imported(plugins, consumers, more);
    expect(api).toMatchObject({ access: 'subscribed', policies: [{ key: {} }, { jwt: { issuer: PARTNER.key } }] });
    expect(applications).toMatchObject({
      partner: { keys: [{ name: 'ci' }], clients: [{ name: 'ci-2' }], subscriptions: [{ api: 'r' }] },
    });
    expect(told).toEqual(['Kong asks for a token besides, here either of them will do']);
  });

  it.each([
    ['RS512', RSA],
    ['PS256', RSA],
    ['ES256', EC],
    ['EdDSA', ED],
  ])('by %s', (algorithm, rsa_public_key) => {
    const result = imported([jwt()], [partner({ key: 'iss', algorithm, rsa_public_key })]);
    expect(taken(result)).toMatchObject([{ algorithms: [algorithm], keys: rsa_public_key }]);
    expect(result.told).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a secret', { key: 'iss', secret: 'very-secret' }, '`iss` signs by HS256, with a secret that is not copied'],
    ['a secret for HS512', { key: 'iss', algorithm: 'HS512', secret: 'very-secret' }, '`iss` signs by HS512'],
    ['no key', { key: 'iss', algorithm: 'RS256' }, '`iss` has no public key that can be used for RS256'],
    ['a key of another kind', { ...PARTNER, algorithm: 'ES256' }, 'can be used for ES256'],
    ['a key on another curve', { ...PARTNER, algorithm: 'ES384', rsa_public_key: EC }, 'can be used for ES384'],
    ['a short key', { ...PARTNER, rsa_public_key: SHORT }, 'can be used for RS256'],
    ['a private key', { ...PARTNER, rsa_public_key: PRIVATE }, 'can be used for RS256'],
    ['a key that stands elsewhere', { ...PARTNER, rsa_public_key: '{vault://env/key}' }, 'can be used for RS256'],
    ['an algorithm that nobody knows', { ...PARTNER, algorithm: 'constructor' }, 'can be used for constructor'],
    ['no name', { ...PARTNER, key: undefined }, 'no `issuer` here'],
    ['a name with spaces', { ...PARTNER, key: 'a b' }, 'no `issuer` here'],
    ['a name that looks like a variable', { ...PARTNER, key: '${HOME}' }, 'no `issuer` here'],
  ])('by %s are not believed, and the API stays closed', (_, secret, told) => {
    const result = imported([jwt()], [partner(secret)]);
    expect([result.api.access, taken(result)]).toEqual(['key', []]);
    expect(result.applications).toEqual({ partner: {} });
    expect(result.told).toEqual([
      expect.stringContaining(told),
      'tokens are not taken (no public key), so callers must show something else, such as a key',
    ]);
    expect(result.yaml).not.toContain('very-secret');
    expect(result.yaml).not.toContain('PRIVATE');
  });

  it.each<[object, object, readonly string[]]>([
    [
      { claims_to_verify: undefined },
      { requireExp: false },
      ['`exp` and `nbf` of tokens are kept to, whether Kong looked at them or not'],
    ],
    [{ maximum_expiration: 60 }, {}, ['`maximum_expiration`: how long tokens are good is up to who signs them']],
    [{ anonymous: 'guest' }, {}, ['callers without a token are refused, there is no anonymous consumer']],
    [{ cookie_names: ['t'], uri_param_names: [] }, { from: { header: 'authorization', cookie: 't' } }, []],
    [
      { header_names: ['x-token', 'authorization'] },
      { from: { header: 'x-token', query: 'jwt' } },
      ['tokens are not taken from `authorization`'],
    ],
  ])('are asked for as the plugin says: %j', (config, policy, told) => {
    const result = imported([jwt(config)], [partner(PARTNER)]);
    expect(taken(result)).toMatchObject([policy]);
    expect(result.told).toEqual(told);
  });

  it.each([
    [{ key_claim_name: 'kid' }, '`key_claim_name: kid`'],
    [{ header_names: [], cookie_names: [], uri_param_names: [] }, 'no place'],
  ])('that cannot be found here are not taken: %j', (config, why) => {
    const result = imported([jwt(config)], [partner(PARTNER)]);
    expect([result.api.access, taken(result)]).toEqual(['key', []]);
    expect(result.told).toEqual([`tokens are not taken (${why}), so callers must show something else, such as a key`]);
  });

  it('are those of one consumer for each name, and of no more than a few', () => {
    const twice = imported([jwt()], [partner(PARTNER), { username: 'other', jwt_secrets: [PARTNER] }]);
    expect(twice.applications).toMatchObject({ partner: { clients: [{}] }, other: {} });
    expect(twice.told).toEqual(['signed tokens: its `key` is that of another']);
    const many = Array.from({ length: 20 }, (_, index) => ({ ...PARTNER, key: `iss${index}` }));
    const result = imported([jwt()], [partner(...many)]);
    expect(taken(result)).toHaveLength(16);
    expect(result.told).toEqual(['signed tokens: more than 16 who sign their own']);
  });

  it('that make the file larger than a gate reads are told of', () => {
    const routes = Array.from({ length: 800 }, (_, index) => ({ name: `r${index}`, paths: [`/p${index}`] }));
    const many = Array.from({ length: 16 }, (_, index) => ({ ...PARTNER, key: `iss${index}` }));
    const { leftOut } = importKong(
      JSON.stringify({
        _format_version: '3.0',
        services: [{ name: 's', url: 'http://s', routes, plugins: [jwt()] }],
        consumers: [partner(...many)],
      }),
    );
    expect(leftOut.filter(({ where }) => where === 'the file')).toMatchObject([
      { what: expect.stringContaining('is not valid as it stands'), security: true },
    ]);
  });

  it('hold nothing but the public part of a key', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.nat(RSA.length), (text, at) => {
        const spoilt = RSA.slice(0, at) + text + RSA.slice(at + text.length);
        const result = imported([jwt()], [partner({ ...PARTNER, rsa_public_key: spoilt })]);
        for (const { keys } of taken(result)) {
          expect(keys).toBe(pemOf(createPublicKey(String(keys))));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('whoever asked who calls and cannot do so here', () => {
  it.each(['hmac-auth', 'oauth2', 'openid-connect', 'ldap-auth', 'mtls-auth', 'key-auth-enc', 'saml'])(
    '%s leaves no API open',
    (name) => {
      const { api, told } = imported([{ name }]);
      expect(api.access).toBe('key');
      expect(told).toEqual(['has no counterpart here, so callers must show something else, such as a key']);
    },
  );

  it('matters no more where it is off', () => {
    expect(imported([{ name: 'hmac-auth', enabled: false }])).toMatchObject({ api: { access: 'open' }, told: [] });
  });
});
