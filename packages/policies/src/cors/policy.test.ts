import { describe, expect, it } from 'vitest';
import type { Exchange, Reply } from '../policy.ts';
import { ask, fakeExchange, fakeTools, linesOf } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const cors = joined('cors');

const APP = 'https://app.example.com';

policyContract(cors, {
  valid: [
    {},
    { origins: [APP] },
    { origins: ['*'], methods: ['*'], headers: ['*'] },
    {
      origins: [APP, 'https://*.example.com'],
      methods: ['GET'],
      headers: ['x-api-key'],
      credentials: true,
      maxAge: '1h',
    },
    {
      origins: ['http://localhost:3000', 'http://[::1]:3000', 'capacitor://localhost'],
      exposeHeaders: ['x-request-id'],
    },
  ],
  invalid: [
    { origins: ['*'], credentials: true },
    { origins: [APP], methods: ['*'], credentials: true },
    { origins: [APP], headers: ['*'], credentials: true },
    { origins: [APP], exposeHeaders: ['*'], credentials: true },
    { origins: ['app.example.com'] },
    { origins: [`${APP}/`] },
    { origins: [`${APP}/path`] },
    { origins: ['https://*'] },
    { origins: ['https://a.*.example.com'] },
    { origins: ['https://*example.com'] },
    { origins: ['null'] },
    { origins: [APP], methods: ['GET POST'] },
    { origins: [APP], headers: ['a,b'] },
    { origins: [APP], maxAge: '600' },
  ],
});

function run(
  config: unknown,
  headers: Record<string, string>,
  method = 'GET',
): { exchange: Exchange; reply: Reply | undefined } {
  const exchange = fakeExchange({ headers, method });
  const reply = ask(cors.build(config, fakeTools()), exchange);
  return { exchange, reply };
}

function preflight(config: unknown, origin: string, asked?: string): Record<string, string> {
  const headers = {
    origin,
    'access-control-request-method': 'PUT',
    ...(asked && { 'access-control-request-headers': asked }),
  };
  const { reply, exchange } = run(config, headers, 'OPTIONS');
  expect(reply).toMatchObject({ status: 204, body: '' });
  expect(exchange.replyHeaders.empty).toBe(true);
  return Object.fromEntries(reply?.headers ?? []);
}

function allowedOrigin(config: unknown, origin: string): string | undefined {
  const lines = linesOf(run(config, { origin }).exchange.replyHeaders);
  return lines.find((line) => line.startsWith('access-control-allow-origin: '))?.slice(29);
}

describe('cors answers a preflight', () => {
  it('with everything that the browser has to know', () => {
    const config = {
      origins: [APP],
      methods: ['GET', 'PUT'],
      headers: ['X-API-Key', 'Content-Type'],
      credentials: true,
    };
    expect(preflight(config, APP, 'x-api-key')).toEqual({
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, PUT',
      'access-control-allow-headers': 'X-API-Key, Content-Type',
      'access-control-max-age': '600',
    });
  });

  it('with the usual methods and the fields that were asked for when it names none', () => {
    expect(preflight({ origins: ['*'], maxAge: '1500ms' }, APP, 'x-api-key, content-type')).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'x-api-key, content-type',
      'access-control-max-age': '1',
    });
  });

  it.each(['a\r\nset-cookie: x', 'a b', ',', 'a,,b', 'a'.repeat(65), 'a,'.repeat(64) + 'a'])(
    'without fields when what was asked for is no list of names: %j',
    (asked) => expect(preflight({ origins: ['*'] }, APP, asked)).not.toHaveProperty('access-control-allow-headers'),
  );

  it('with nothing but Vary when the origin is not allowed', () => {
    expect(Object.keys(preflight({ origins: [APP] }, 'https://evil.example'))).toEqual(['vary']);
    expect(Object.keys(preflight({}, APP))).toEqual(['vary']);
  });

  it('only when it is one', () => {
    expect(run({ origins: [APP] }, { origin: APP }, 'OPTIONS').reply).toBeUndefined();
    expect(run({ origins: [APP] }, { 'access-control-request-method': 'PUT' }, 'OPTIONS').reply).toBeUndefined();
    expect(run({ origins: [APP] }, { origin: APP, 'access-control-request-method': 'PUT' }).reply).toBeUndefined();
  });
});

describe('cors marks replies', () => {
  it('to an allowed origin, refusals included', () => {
    const config = { origins: [APP], credentials: true, exposeHeaders: ['x-request-id', 'ratelimit'] };
    expect(linesOf(run(config, { origin: APP }).exchange.replyHeaders)).toEqual([
      `access-control-allow-origin: ${APP}`,
      'access-control-allow-credentials: true',
      'access-control-expose-headers: x-request-id, ratelimit',
      'vary: Origin',
    ]);
  });

  it('with Vary also when the origin is another one or absent, for caches', () => {
    for (const headers of [{ origin: 'https://evil.example' }, {}])
      expect(linesOf(run({ origins: [APP] }, headers).exchange.replyHeaders)).toEqual(['vary: Origin']);
  });

  it('alike for everybody when any origin may read them', () => {
    expect(linesOf(run({ origins: ['*'] }, { origin: 'null' }).exchange.replyHeaders)).toEqual([
      'access-control-allow-origin: *',
    ]);
    expect(run({ origins: ['*'] }, {}).exchange.replyHeaders.lines).toBe('');
  });

  it('in place of what the upstream says, never beside it', () => {
    for (const headers of [{ origin: APP }, { origin: 'https://evil.example' }, {}])
      expect(run({ origins: [APP] }, headers).exchange.replyHeaders.removed).toEqual([
        'access-control-allow-origin',
        'access-control-allow-credentials',
        'access-control-expose-headers',
        'access-control-allow-methods',
        'access-control-allow-headers',
        'access-control-max-age',
      ]);
  });

  it('in place of what a policy of the whole API says', () => {
    const exchange = fakeExchange({ headers: { origin: APP } });
    ask(cors.build({ origins: ['*'] }, fakeTools()), exchange);
    ask(cors.build({ origins: [APP] }, fakeTools()), exchange);
    expect(linesOf(exchange.replyHeaders)).toEqual([`access-control-allow-origin: ${APP}`, 'vary: Origin']);
  });
});

describe('cors compares origins', () => {
  it('as a whole', () => {
    const config = { origins: [APP] };
    expect(allowedOrigin(config, APP)).toBe(APP);
    for (const origin of [
      'http://app.example.com',
      `${APP}:8443`,
      `${APP}.evil.example`,
      'https://example.com',
      'null',
      '',
    ])
      expect(allowedOrigin(config, origin)).toBeUndefined();
  });

  it('as browsers write them, however the config does', () => {
    const config = { origins: ['HTTPS://App.Example.com:443', 'http://a.example:80', 'http://b.example:443'] };
    for (const origin of [APP, 'http://a.example', 'http://b.example:443'])
      expect(allowedOrigin(config, origin)).toBe(origin);
  });

  it('below a wildcard by whole labels, one or more', () => {
    const config = { origins: ['https://*.example.com', 'http://*.test:8080'] };
    for (const origin of [APP, 'https://a.b.example.com', 'http://x.test:8080'])
      expect(allowedOrigin(config, origin)).toBe(origin);
    for (const origin of [
      'https://example.com',
      'https://.example.com',
      'https://evilexample.com',
      'https://a..example.com',
      'https://evil.example/.example.com',
      'https://u@a.example.com',
      'https://a:1.example.com',
      'http://x.example.com',
      'http://x.test',
      'https://a.example.com:444',
      'https://a\r\nb.example.com',
    ])
      expect(allowedOrigin(config, origin)).toBeUndefined();
  });
});
