import { createHash, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { CredentialSpec } from '@gatehouse/config';
import { openCounters, createCounterMemory } from '@gatehouse/counters';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identification } from '../policy.ts';
import { fakeExchange, fakeTools, NOW, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';
import { isDigestOf } from './content-digest.ts';
import { parseDictionary, writeInnerList, writeItem } from './structured-fields.ts';

const policy = joined('http-signature');

policyContract(policy, {
  valid: [{}, { required: ['@method', 'date'], body: 'any', maxAge: '1m', nonce: 'required', tag: 'app' }],
  invalid: [
    { required: ['@status'] },
    { required: ['Date'] },
    { required: ['date', 'date'] },
    { body: 'none' },
    { maxAge: '0s' },
    { nonce: true },
    { tag: '' },
  ],
  waits: true,
});

function signer(keyId: string, algorithm: string, key: string): CredentialSpec {
  return {
    sha256: '',
    match: { kind: 'signature', keyId, algorithm, key },
    name: keyId,
    owner: undefined,
    expiresMs: undefined,
    application: 'partner',
    team: undefined,
    subscriptions: {},
    models: undefined,
    tokenLimits: [],
  };
}

const pem = (body: string): string => `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`;
/** RFC 9421, appendix B.1. */
const RFC_SIGNERS = [
  signer(
    'test-key-rsa-pss',
    'rsa-pss-sha512',
    pem(
      'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI2wIDAQAB',
    ),
  ),
  signer('test-key-ed25519', 'ed25519', pem('MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=')),
  signer(
    'test-shared-secret',
    'hmac-sha256',
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
  ),
];
/** Appendix B.2. */
const RFC_REQUEST: FakeExchangeOptions = {
  method: 'POST',
  path: '/foo',
  query: '?param=Value&Pet=dog',
  host: 'example.com',
  scheme: 'https',
  contentLength: 18,
  body: '{"hello": "world"}',
  startedAt: 1_618_884_473_000,
};
const RFC_FIELDS = {
  host: 'example.com',
  date: 'Tue, 20 Apr 2021 02:07:55 GMT',
  'content-type': 'application/json',
  'content-digest':
    'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
  'content-length': '18',
};

async function identify(
  config: object,
  request: FakeExchangeOptions,
  credentials = RFC_SIGNERS,
): Promise<Identification> {
  return policy.build(config, fakeTools('a#http-signature.0', { credentials })).onIdentify?.(fakeExchange(request));
}

describe('the examples of RFC 9421', () => {
  it.each([
    [
      'B.2.1',
      'sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
      'd2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==',
    ],
    [
      'B.2.2',
      'sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
      'LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==',
    ],
    [
      'B.2.3',
      'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"',
      'bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==',
    ],
    [
      'B.2.5',
      'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=',
    ],
    [
      'B.2.6',
      'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
    ],
  ])('hold, and fall when anything of them is changed: %s', async (_, input, value) => {
    const label = input.slice(0, input.indexOf('='));
    const headers = { ...RFC_FIELDS, 'signature-input': input, signature: `${label}=:${value}:` };
    const loose = { required: [], body: 'any' };
    expect(await identify(loose, { ...RFC_REQUEST, headers })).toMatchObject({
      caller: { credential: { application: 'partner' }, subject: /keyid="([^"]+)"/.exec(input)?.[1] },
    });
    const changed = input.replace('created=1618884473', 'created=1618884474');
    expect(
      await identify(loose, { ...RFC_REQUEST, headers: { ...headers, 'signature-input': changed } }),
    ).toMatchObject({ code: 'auth.invalid' });
  });
});

const ed = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SECRET = Buffer.alloc(32, 9);
const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' });
const SIGNERS = [
  signer('ed', 'ed25519', spki(ed.publicKey)),
  signer('p256', 'ecdsa-p256-sha256', spki(p256.publicKey)),
  signer('p384', 'ecdsa-p384-sha384', spki(p384.publicKey)),
  signer('rsa', 'rsa-v1_5-sha256', spki(rsa.publicKey)),
  signer('mac', 'hmac-sha256', SECRET.toString('base64')),
];
const SIGN: Readonly<Record<string, (base: Buffer) => Buffer>> = {
  ed: (base) => sign(null, base, ed.privateKey),
  p256: (base) => sign('sha256', base, { key: p256.privateKey, dsaEncoding: 'ieee-p1363' }),
  p384: (base) => sign('sha384', base, { key: p384.privateKey, dsaEncoding: 'ieee-p1363' }),
  rsa: (base) => sign('sha256', base, rsa.privateKey),
  mac: (base) => createHmac('sha256', SECRET).update(base).digest(),
};
const SECONDS = NOW / 1000;
const REQUEST: FakeExchangeOptions = { method: 'GET', path: '/v1/users', query: '?a=b', host: 'api.example' };
const LINES: Readonly<Record<string, string>> = {
  '"@method"': 'GET',
  '"@target-uri"': 'https://api.example/v1/users?a=b',
};

/** Signs lines as somebody would who knows the request as it was sent. */
function signed(
  parameters: string,
  { lines = LINES, by = 'ed', label = 'sig1' }: { lines?: typeof LINES; by?: string; label?: string } = {},
): Record<string, string> {
  const input = `(${Object.keys(lines).join(' ')})${parameters}`;
  const base = [...Object.entries(lines).map(([name, value]) => `${name}: ${value}`), `"@signature-params": ${input}`];
  const signature = SIGN[by]?.(Buffer.from(base.join('\n'))).toString('base64');
  return { 'signature-input': `${label}=${input}`, signature: `${label}=:${signature}:` };
}

const usual = (keyid = 'ed'): string => `;created=${SECONDS};keyid="${keyid}"`;
const ask = async (headers: Record<string, string>, config: object = {}, request: FakeExchangeOptions = {}) =>
  identify(config, { ...REQUEST, ...request, headers: { ...headers, ...request.headers } }, SIGNERS);

describe('http-signature', () => {
  it.each(Object.keys(SIGN))('knows who signed by %s', async (by) => {
    expect(await ask(signed(usual(by), { by }))).toMatchObject({ caller: { subject: by, fields: [] } });
  });

  it.each<[string, string, string, FakeExchangeOptions?]>([
    ['@authority without the default port', '"@authority"', 'api.example', { authority: 'api.example:443' }],
    ['@authority with another port', '"@authority"', 'api.example:8443', { authority: 'api.example:8443' }],
    ['@scheme', '"@scheme"', 'http', { scheme: 'http' }],
    ['@request-target', '"@request-target"', '/v1/users?a=b'],
    ['@path', '"@path"', '/v1/users'],
    ['@query', '"@query"', '?a=b'],
    ['@query of none', '"@query"', '?', { query: '' }],
    ['a parameter of the query', '"@query-param";name="x%20y"', 'a%20b%2B%21', { query: '?x+y=a+b%2B!' }],
    ['an empty parameter', '"@query-param";name="x"', '', { query: '?x' }],
    ['a field', '"x-a"', 'b,  c', { headers: { 'x-a': '  b,  c ' } }],
    ['an empty field', '"x-a"', '', { headers: { 'x-a': '' } }],
  ])('reads %s', async (_, name, value, request = {}) => {
    const headers = signed(usual(), { lines: { [name]: value } });
    expect(await ask(headers, { required: [] }, request)).toMatchObject({ caller: {} });
  });

  it.each<[string, Record<string, string>, object?, FakeExchangeOptions?]>([
    ['another method', signed(usual()), {}, { method: 'DELETE' }],
    ['another path', signed(usual()), {}, { path: '/v1/admin' }],
    ['another query', signed(usual()), {}, { query: '?a=c' }],
    ['another host', signed(usual()), {}, { host: 'other.example' }],
    ['a key that nobody has', signed(usual('nobody'))],
    ['the key of another', signed(usual('p256'))],
    ['no keyid', signed(`;created=${SECONDS}`)],
    ['an algorithm that is not that of the key', signed(`${usual()};alg="hmac-sha256"`)],
    ['a public key as a secret', signed(`${usual('ed')};alg="hmac-sha256"`, { by: 'mac' })],
    ['no time', signed(';keyid="ed"')],
    ['a time that is none', signed(`;created="${SECONDS}";keyid="ed"`)],
    ['a time to come', signed(`;created=${SECONDS + 31};keyid="ed"`)],
    ['an end that is none', signed(`${usual()};expires=?1`)],
    ['too little of the request', signed(usual(), { lines: { '"@method"': 'GET' } })],
    ['a component twice', signed(usual(), { lines: { ...LINES, '"@path"': '/v1/users' } }), { required: ['date'] }],
    ['a field that is not there', signed(usual(), { lines: { ...LINES, '"date"': '' } })],
    ['a component that is not known', signed(usual(), { lines: { ...LINES, '"@status"': '200' } })],
    [
      'a field with a parameter that is not known',
      signed(usual(), { lines: { ...LINES, '"x-a";sf': '1' } }),
      {},
      { headers: { 'x-a': '1' } },
    ],
    ['a required component with a parameter', signed(usual(), { lines: { '"@method";req': 'GET' } })],
    [
      'a parameter of the query that stands twice',
      signed(usual(), { lines: { '"@query-param";name="a"': 'b' } }),
      { required: [] },
      { query: '?a=b&a=c' },
    ],
    [
      'a parameter of the query that is not there',
      signed(usual(), { lines: { '"@query-param";name="z"': '' } }),
      { required: [] },
    ],
    ['another tag', signed(`${usual()};tag="x"`), { tag: 'app' }],
    ['no nonce where there must be one', signed(usual()), { nonce: 'required' }],
    ['an empty nonce', signed(`${usual()};nonce=""`), { nonce: 'required' }],
    ['no Signature', { 'signature-input': `sig1=()${usual()}` }],
    ['no Signature-Input', { signature: 'sig1=:AAAA:' }],
    ['another label', { ...signed(usual()), signature: 'sig2=:AAAA:' }],
    ['a label twice', { ...signed(usual()), signature: 'sig1=:AAAA:, sig1=:AAAA:' }],
    ['an empty signature', { ...signed(usual()), signature: 'sig1=::' }],
    ['a signature that is no bytes', { ...signed(usual()), signature: 'sig1="AAAA"' }],
    ['no structured field', { 'signature-input': 'sig1=(', signature: 'sig1=:AAAA:' }],
    ['a name of the prototype', { 'signature-input': `sig1=()${usual('__proto__')}`, signature: 'sig1=:AAAA:' }],
  ])('refuses %s', async (_, headers, config = {}, request = {}) => {
    expect(await ask(headers, config, request)).toMatchObject({ code: 'auth.invalid' });
  });

  it.each<[string, string]>([
    ['an old signature', `;created=${SECONDS - 331};keyid="ed"`],
    ['one that has ended', `${usual()};expires=${SECONDS - 30}`],
  ])('refuses %s as such', async (_, parameters) => {
    expect(await ask(signed(parameters))).toMatchObject({ code: 'auth.expired' });
  });

  it('takes the first of several that is by a known key, under its tag', async () => {
    const foreign = signed(usual('nobody'), { label: 'a' });
    const ours = signed(`${usual()};tag="app"`, { label: 'b' });
    const both = Object.fromEntries(Object.entries(ours).map(([name, value]) => [name, `${foreign[name]}, ${value}`]));
    expect(await ask(both, { tag: 'app' })).toMatchObject({ caller: { subject: 'ed' } });
  });

  it('leaves requests without a signature to the next', async () => {
    expect(await ask({})).toBeUndefined();
  });
});

describe('a nonce', () => {
  const tools = () => {
    const memory = createCounterMemory({ slots: 64 });
    return [1, 2].map((owner) => ({
      ...fakeTools('a#http-signature.0', { credentials: SIGNERS }),
      counters: openCounters(memory, owner),
    }));
  };
  const at = async (
    worker: ReturnType<typeof tools>[number] | undefined,
    nonce: string,
    startedAt = NOW,
    by = 'ed',
  ) => {
    const headers = signed(`${usual(by)};nonce="${nonce}"`, { by });
    return policy.build({}, worker ?? fakeTools()).onIdentify?.(fakeExchange({ ...REQUEST, headers, startedAt }));
  };

  it('is good once, in all workers, as long as its signature could come again', async () => {
    const [first, second] = tools();
    expect(await at(first, 'a')).toMatchObject({ caller: {} });
    expect(await at(first, 'a')).toMatchObject({ code: 'auth.invalid' });
    expect(await at(second, 'a', NOW + 330_000)).toMatchObject({ code: 'auth.invalid' });
    expect(await at(second, 'b')).toMatchObject({ caller: {} });
    expect(await at(second, 'a', NOW, 'mac')).toMatchObject({ caller: {} });
  });

  it('is not used up by somebody who only claims to have signed', async () => {
    const [worker] = tools();
    const headers = { ...signed(`${usual()};nonce="a"`), signature: `sig1=:${Buffer.alloc(64).toString('base64')}:` };
    const hooks = policy.build({}, worker ?? fakeTools());
    expect(hooks.onIdentify?.(fakeExchange({ ...REQUEST, headers }))).toMatchObject({ code: 'auth.invalid' });
    expect(await at(worker, 'a')).toMatchObject({ caller: {} });
  });
});

describe('a body', () => {
  const digest = (algorithm: 'sha256' | 'sha512', body: string): string =>
    createHash(algorithm).update(body).digest('base64');
  const post = async (body: string, field: string, config: object = {}) => {
    const lines = { '"@method"': 'POST', '"@target-uri"': LINES['"@target-uri"'] ?? '', '"content-digest"': field };
    const request = { method: 'POST', body, contentLength: body.length, headers: { 'content-digest': field } };
    return ask(signed(usual(), { lines }), config, request);
  };

  it.each([
    ['sha-256', `sha-256=:${digest('sha256', 'hello')}:`, true],
    ['sha-512', `sha-512=:${digest('sha512', 'hello')}:`, true],
    ['both', `sha-256=:${digest('sha256', 'hello')}:, sha-512=:${digest('sha512', 'hello')}:`, true],
    ['one and another that nobody checks', `md5=:AAAA:, sha-256=:${digest('sha256', 'hello')}:`, true],
    ['one right and one wrong', `sha-256=:${digest('sha256', 'hello')}:, sha-512=:${digest('sha512', 'x')}:`, false],
    ['another body', `sha-256=:${digest('sha256', 'hellO')}:`, false],
    ['none that is checked', 'md5=:XUFAKrxLKna5cZ2REBfFkg==:', false],
    ['a text', `sha-256="${digest('sha256', 'hello')}"`, false],
    ['nothing', '', false],
  ])('is compared with its digest by %s', async (_, field, right) => {
    expect(await post('hello', field)).toMatchObject(right ? { caller: {} } : { code: 'auth.invalid' });
  });

  it('must be covered, unless it need not', async () => {
    const lines = { '"@method"': 'POST', '"@target-uri"': LINES['"@target-uri"'] ?? '' };
    const request = { method: 'POST', body: 'hello', contentLength: undefined };
    expect(await ask(signed(usual(), { lines }), {}, request)).toMatchObject({ code: 'auth.invalid' });
    expect(await ask(signed(usual(), { lines }), { body: 'any' }, request)).toMatchObject({ caller: {} });
  });

  it('that is too large is refused', async () => {
    const field = `sha-256=:${digest('sha256', 'hello')}:`;
    await expect(post('hello', field, { bodyMax: '4B' })).rejects.toThrow('request.body_too_large');
  });
});

describe('structured fields', () => {
  it.each<[string, string | undefined]>([
    ['a=1', 'a=1'],
    [' a=1 ,\tb ', 'a=1, b=?1'],
    ['a=(1 "x" tok);k;n=-1.5', 'a=(1 "x" tok);k;n=-1.5'],
    ['a=:aGk=:;x=?0', 'a=:aGk=:;x=?0'],
    ['a="\\"\\\\"', 'a="\\"\\\\"'],
    ['', ''],
    ['A=1', undefined],
    ['a=', undefined],
    ['a=1,', undefined],
    ['a=1 b=2', undefined],
    ['a=1, a=2', undefined],
    ['a=(1', undefined],
    ['a=(1"x")', undefined],
    ['a="x', undefined],
    ['a="é"', undefined],
    ['a="\\x"', undefined],
    ['a=:a?:', undefined],
    ['a=:aGl=:', undefined],
    ['a=1234567890123456', undefined],
    ['a=1.2345', undefined],
    ['a=1.', undefined],
    ['a=?2', undefined],
    ['a=1;K', undefined],
    ['a=1;k=1;k=2', undefined],
    ['a=((1))', undefined],
    ['\ta=1', undefined],
  ])('%j', (text, expected) => {
    const read = parseDictionary(text);
    const written =
      read &&
      [...read].map(([key, member]) => `${key}=${member.kind === 'list' ? writeInnerList(member) : writeItem(member)}`);
    expect(written?.join(', ')).toBe(expected);
  });

  it('are read or refused, whatever they are, and read again as they are written', () => {
    const piece = fc.constantFrom(
      'a',
      'b=',
      '1',
      '"x"',
      ':aGk=:',
      '(',
      ')',
      ';',
      ',',
      ' ',
      '?1',
      '=',
      'tok',
      '-1.5',
      '\\',
      '"',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join('')),
        ),
        (text) => {
          const read = parseDictionary(text);
          for (const [key, member] of read ?? []) {
            const line = `${key}=${member.kind === 'list' ? writeInnerList(member) : writeItem(member)}`;
            expect(parseDictionary(line)?.get(key)).toEqual(member);
          }
          expect(() => isDigestOf(text, Buffer.from('x'))).not.toThrow();
        },
      ),
      { numRuns: 1000 },
    );
  });
});
