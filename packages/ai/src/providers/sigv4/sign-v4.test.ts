import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { signV4, type V4Request } from './sign-v4.ts';

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const AT_MS = Date.parse('2015-08-30T12:36:00Z');

const published: V4Request = {
  method: 'GET',
  host: 'example.amazonaws.com',
  path: '/',
  headers: {},
  body: '',
  service: 'service',
  region: 'us-east-1',
  credentials: KEY,
  nowMs: AT_MS,
  bodyHashHeader: false,
};

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

function signatureOf(request: Partial<V4Request>): string | undefined {
  return signV4({ ...published, ...request })['authorization']?.split('Signature=')[1];
}

describe("AWS's published suite", () => {
  it.each<[string, Partial<V4Request>, string]>([
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['get-relative', { path: '/example/..' }, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['get-slash-dot-slash', { path: '/./' }, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['get-slash', { path: '//' }, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      { query: 'Param2=value2&Param1=value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-unreserved',
      { path: '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz' },
      '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
    ],
    ['get-vanilla-utf8-query', { query: 'ሴ=bar' }, '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'],
    ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'get-header-value-trim',
      { headers: { 'My-Header1': ' value1', 'My-Header2': ' "a   b   c"' } },
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
    [
      'post-x-www-form-urlencoded',
      { method: 'POST', headers: form, body: 'Param1=value1' },
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ])('%s', (_name, request, signature) => {
    expect(signatureOf(request)).toBe(signature);
  });

  it('signs the example of the documentation', () => {
    const signed = signV4({
      ...published,
      host: 'iam.amazonaws.com',
      service: 'iam',
      query: 'Action=ListUsers&Version=2010-05-08',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
    });
    expect(signed).toEqual({
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, ' +
        'SignedHeaders=content-type;host;x-amz-date, ' +
        'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    });
  });
});

/** What the SDK asks of a hash, on Node's. */
class Sha256 {
  readonly #hash;

  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {}
}

function bytes(secret: unknown): Uint8Array | string {
  if (typeof secret === 'string' || secret instanceof Uint8Array) return secret;
  throw new TypeError('a secret is text or bytes');
}

async function signedBySdk(request: V4Request): Promise<Record<string, string>> {
  const { service, region, credentials, method, path, host, body } = request;
  const signer = new SignatureV4({
    service,
    region,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken !== undefined && { sessionToken: credentials.sessionToken }),
    },
    sha256: Sha256,
    applyChecksum: request.bodyHashHeader !== false,
  });
  const query = Object.fromEntries(new URLSearchParams(request.query ?? ''));
  const signed = await signer.sign(
    { method, protocol: 'https:', hostname: host, path, query, headers: { host, ...request.headers }, body },
    { signingDate: new Date(request.nowMs) },
  );
  const { host: _host, ...added } = signed.headers;
  for (const name of Object.keys(request.headers)) delete added[name];
  return added;
}

const converse: V4Request = {
  method: 'POST',
  host: 'bedrock-runtime.eu-central-1.amazonaws.com',
  path: '/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Grüße, 世界 🐦' }] }] }),
  service: 'bedrock',
  region: 'eu-central-1',
  credentials: KEY,
  nowMs: Date.parse('2026-11-02T03:04:05.678Z'),
};
const ARN = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-x';

describe('the official SDK signs the same', () => {
  it.each<[string, Partial<V4Request>]>([
    ['a call of Bedrock', {}],
    ['temporary credentials', { credentials: { ...KEY, sessionToken: 'IQoJb3JpZ2luX2VjE=/+token' } }],
    ['an ARN as one segment', { path: `/model/${encodeURIComponent(ARN)}/converse` }],
    ['reserved characters in the path', { path: `/model/a%20b!'()*%C3%BC~/converse` }],
    ['no hash of the body among the headers', { bodyHashHeader: false }],
    ['bytes', { body: Buffer.from([0, 255, 128, 10]) }],
    ['no body', { body: '' }],
    ['a query', { query: 'b=2&a=1%2F3&a1=%20x&c=' }],
    ['headers with spaces', { headers: { 'content-type': '  text/plain;   charset=utf-8 ', 'x-b': 'two  words' } }],
    ['a path that ends in a slash', { path: '/a/../b//c/' }],
    ['another service', { service: 'bedrock-mantle' }],
  ])('%s', async (_name, change) => {
    const request = { ...converse, ...change };
    expect(signV4(request)).toEqual(await signedBySdk(request));
  });
});

it('says all that a call of Bedrock needs', () => {
  const signed = signV4({ ...converse, credentials: { ...KEY, sessionToken: 'token' } });
  expect(Object.keys(signed).toSorted()).toEqual([
    'authorization',
    'x-amz-content-sha256',
    'x-amz-date',
    'x-amz-security-token',
  ]);
  expect(signed['authorization']).toContain(
    'SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token,',
  );
  expect(signed['x-amz-date']).toBe('20261102T030405Z');
  expect(signed['authorization']).not.toContain(KEY.secretAccessKey);
});

it('takes lone surrogates and broken escapes without failing', () => {
  expect(() => signV4({ ...converse, path: '/\ud800', query: '%zz=%&\udfff' })).not.toThrow();
});
