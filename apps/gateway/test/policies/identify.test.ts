import { createHash, createHmac } from 'node:crypto';
import { passwordHash } from '@gatehouse/kernel';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGate, startUpstream, type Running, type Upstream } from '../harness.ts';
import { callOnce, type Sent } from './admit-gate.ts';
import { openProvider } from './open-provider.ts';

const SECRET = 'a secret that both sides know, of 32';
const HASH = passwordHash('pass:word', Buffer.alloc(16, 5));
const rsa = await generateKeyPair('RS256');
const ISSUER = 'https://id.example';
const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(rsa.publicKey)), kid: 'a' }] });

const APPLICATIONS = `applications:
  shop:
    keys: [ { name: key, secret: the-key } ]
    basic: [ { username: zoe, argon2: "${HASH}" } ]
    clients: [ { issuer: "${ISSUER}", id: web } ]
    signatures: [ { keyId: k1, secret: "${SECRET}" } ]
    subscriptions: [ { api: all } ]
  other: { clients: [ { issuer: "${ISSUER}", id: stranger } ] }
`;

async function gateOf(access: string, policies: string): Promise<{ gate: Running; upstream: Upstream }> {
  const upstream = await startUpstream();
  onTestFinished(async () => upstream.close());
  const gate = await startGate(
    `apis: { all: { basePath: "", access: ${access}, upstream: "http://127.0.0.1:${upstream.port}", policies: [ ${policies} ] } }\n${APPLICATIONS}`,
    2,
  );
  onTestFinished(async () => gate.stop());
  return { gate, upstream };
}

const EVERY = [
  'key: {}',
  'basic: { realm: "All of it" }',
  `jwt: { issuer: "${ISSUER}", audience: all, keys: '${jwks}' }`,
  'http-signature: { nonce: required }',
  'forward-identity: { headers: { x-user: subject, x-method: method } }',
]
  .map((policy) => `{ ${policy} }`)
  .join(', ');

async function token(claims: object = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: ISSUER, aud: 'all', sub: 'zoe', azp: 'web', iat: now, exp: now + 60, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: 'a' }).sign(rsa.privateKey);
}

function signed({ method = 'GET', path = '/', body }: Sent, port: number, nonce: string): Sent {
  const digest = body === undefined ? undefined : `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
  const covered = `("@method" "@target-uri"${digest === undefined ? '' : ' "content-digest"'});created=${Math.floor(Date.now() / 1000)};keyid="k1";nonce="${nonce}"`;
  const lines = [
    `"@method": ${method}`,
    `"@target-uri": http://127.0.0.1:${port}${path}`,
    ...(digest === undefined ? [] : [`"content-digest": ${digest}`]),
    `"@signature-params": ${covered}`,
  ];
  const signature = createHmac('sha256', SECRET).update(lines.join('\n')).digest('base64');
  const headers = {
    'signature-input': `s=${covered}`,
    signature: `s=:${signature}:`,
    ...(digest && { 'content-digest': digest }),
  };
  return { method, path, headers, ...(body !== undefined && { body }) };
}

const basic = (text: string): Sent => ({ headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` } });

describe('a route that knows several ways', () => {
  it('takes each of them, and tells the upstream who it was and not by what', async () => {
    const { gate, upstream } = await gateOf('subscribed', EVERY);
    const bearer = await token();
    const ways: readonly (readonly [string, Sent, string | undefined])[] = [
      ['key', { headers: { authorization: 'Bearer the-key' } }, undefined],
      ['key', { headers: { 'x-api-key': 'the-key' } }, undefined],
      ['basic', basic('zoe:pass:word'), 'zoe'],
      ['jwt', { headers: { authorization: `Bearer ${bearer}` } }, 'zoe'],
      ['http-signature', signed({}, gate.port, 'n1'), 'k1'],
      ['http-signature', signed({ method: 'POST', path: '/a?b=c', body: 'hello' }, gate.port, 'n2'), 'k1'],
    ];
    for (const [method, sent, subject] of ways) {
      const forged = { 'x-user': 'admin', 'x-method': 'root', 'x-gatehouse-application': 'forged' };
      const { status } = await callOnce(gate.port, { ...sent, headers: { ...forged, ...sent.headers } });
      const seen = upstream.seen.at(-1)?.headers ?? {};
      expect([method, status, seen['x-method'], seen['x-user'], seen['x-gatehouse-application']]).toEqual([
        method,
        200,
        method,
        subject,
        'shop',
      ]);
      expect([seen.authorization, seen['x-api-key']]).toEqual([undefined, undefined]);
    }
    expect(upstream.seen).toHaveLength(ways.length);
    const records = JSON.stringify(await gate.records());
    for (const secret of ['the-key', bearer, Buffer.from('zoe:pass:word').toString('base64')]) {
      expect(records).not.toContain(secret);
    }
  });

  it('refuses what is wrong, each in its own words, and lets nothing of it through', async () => {
    const { gate, upstream } = await gateOf('subscribed', EVERY);
    const bearer = await token();
    const refusals: readonly (readonly [Sent, number, string])[] = [
      [{}, 401, 'auth.missing'],
      [{ headers: { 'x-api-key': 'wrong' } }, 401, 'auth.invalid'],
      [basic('zoe:wrong'), 401, 'auth.invalid'],
      [basic('nobody:wrong'), 401, 'auth.invalid'],
      [{ headers: { authorization: `Bearer ${bearer.slice(0, -4)}AAAA` } }, 401, 'auth.invalid'],
      [{ headers: { authorization: `Bearer ${await token({ aud: 'other' })}` } }, 401, 'auth.invalid'],
      [{ headers: { authorization: `Bearer ${await token({ exp: 1 })}` } }, 401, 'auth.expired'],
      [{ headers: { authorization: `Bearer ${await token({ azp: 'stranger' })}` } }, 403, 'auth.not_subscribed'],
      [{ headers: { authorization: `Bearer ${await token({ azp: 'unknown' })}` } }, 403, 'auth.not_subscribed'],
      [{ ...signed({}, gate.port, 'n'), path: '/other' }, 401, 'auth.invalid'],
      [{ ...signed({ method: 'POST', body: 'a' }, gate.port, 'm'), body: 'b' }, 401, 'auth.invalid'],
    ];
    for (const [sent, status, code] of refusals) {
      const heard = await callOnce(gate.port, sent);
      expect([heard.status, JSON.parse(heard.body).code]).toEqual([status, code]);
    }
    expect(upstream.seen).toEqual([]);
  });

  it('offers its ways to whoever shows nothing', async () => {
    const { gate } = await gateOf('key', EVERY);
    const { headers } = await callOnce(gate.port);
    expect(headers['www-authenticate']).toBe(
      'Bearer realm="gatehouse", Basic realm="All of it", charset="UTF-8", Bearer realm="gatehouse"',
    );
  });

  it('lets callers whom nobody knows on where access is open, without what they say of themselves', async () => {
    const { gate, upstream } = await gateOf('open', EVERY);
    expect((await callOnce(gate.port, { headers: { 'x-user': 'admin' } })).status).toBe(200);
    expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('x-user');
    expect((await callOnce(gate.port, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
  });

  it('takes a signature once, whichever worker hears it', async () => {
    const { gate } = await gateOf('key', EVERY);
    const sent = signed({}, gate.port, 'once');
    const statuses = await Promise.all(
      Array.from({ length: 10 }, async () => (await callOnce(gate.port, sent)).status),
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 9 }, () => 401)]);
  });
});

describe('a token about the caller', () => {
  it('is checked by an upstream with the keys that the gate publishes, and by no other issuer of the same name', async () => {
    const about = 'forward-identity: { jwt: { audience: orders, claims: [email] } }';
    const { gate, upstream } = await gateOf(
      'key',
      `{ jwt: { issuer: "${ISSUER}", audience: all, keys: '${jwks}' } }, { ${about} }`,
    );
    const bearer = await token({ email: 'zoe@example.com', scope: 'read write' });
    const forged = { authorization: `Bearer ${bearer}`, 'x-gatehouse-identity': 'forged' };
    await callOnce(gate.port, { headers: forged });
    const shown = upstream.seen.at(-1)?.headers['x-gatehouse-identity'] ?? '';
    const published = `${gate.url}/.well-known/gatehouse/jwks.json`;
    const keys = createRemoteJWKSet(new URL(published));
    // The status port gets them from the main thread.
    expect(await (await fetch(published)).text()).toBe(gate.gateway.identityKeys());
    const { payload } = await jwtVerify(String(shown), keys, { issuer: 'gatehouse', audience: 'orders' });
    expect(payload).toMatchObject({
      sub: 'zoe',
      idp: ISSUER,
      application: 'shop',
      scope: 'read write',
      email: 'zoe@example.com',
    });
    const other = await gateOf('key', `{ jwt: { issuer: "${ISSUER}", audience: all, keys: '${jwks}' } }, { ${about} }`);
    const otherKeys = createRemoteJWKSet(new URL(`${other.gate.url}/.well-known/gatehouse/jwks.json`));
    await expect(jwtVerify(String(shown), otherKeys, { audience: 'orders' })).rejects.toThrow();
  });

  it('has no keys published where no route makes any', async () => {
    const { gate, upstream } = await gateOf('open', '');
    expect(gate.gateway.identityKeys()).toBeUndefined();
    await callOnce(gate.port, { path: '/.well-known/gatehouse/jwks.json' });
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/.well-known/gatehouse/jwks.json']);
  });
});

describe('tokens of a provider', () => {
  const granted = async (issuer: string): Promise<string> => {
    const authorization = `Basic ${Buffer.from('robot:secret').toString('base64')}`;
    const reply = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const answer: unknown = await reply.json();
    return typeof answer === 'object' && answer !== null && 'access_token' in answer ? String(answer.access_token) : '';
  };

  it('are asked about, once for a while, and not believed when nobody answers', async () => {
    const provider = await openProvider();
    provider.serve([
      {
        client_id: 'robot',
        client_secret: 'secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ]);
    const url = `${provider.issuer}/token/introspection`;
    const { gate, upstream } = await gateOf(
      'key',
      `{ introspection: { url: "${url}", clientId: robot, clientSecret: secret } }`,
    );
    const opaque = await granted(provider.issuer);
    const call = async (bearer: string): Promise<number> =>
      (await callOnce(gate.port, { headers: { authorization: `Bearer ${bearer}` } })).status;
    expect([await call(opaque), await call('made-up')]).toEqual([200, 401]);
    for (let i = 0; i < 6; i++) await call(opaque);
    expect(provider.asked.filter((path) => path.endsWith('/introspection')).length).toBeLessThanOrEqual(4);
    expect(upstream.seen).toHaveLength(7);
    const lost = await gateOf('key', '{ introspection: { url: "http://127.0.0.1:1/", clientId: a, clientSecret: b } }');
    const heard = await callOnce(lost.gate.port, { headers: { authorization: `Bearer ${opaque}` } });
    expect([heard.status, JSON.parse(heard.body).code]).toEqual([503, 'auth.unavailable']);
  });
});
