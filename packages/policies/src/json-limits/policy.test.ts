import { describe, expect, it } from 'vitest';
import type { Reply } from '../policy.ts';
import { fakeExchange, fakeTools, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const jsonLimits = joined('json-limits');

policyContract(jsonLimits, {
  valid: [
    {},
    { depth: 1, keys: 1, arrayItems: 1, stringLength: 1, nameLength: 1, digits: 1, bytes: '1B' },
    { anyType: true, duplicateKeys: 'allow' },
  ],
  invalid: [{ depth: 0 }, { depth: 1001 }, { keys: 1.5 }, { bytes: 10 }, { duplicateKeys: false }, { anyType: 'yes' }],
  waits: true,
});

async function send(config: object, body: string, options: FakeExchangeOptions = {}): Promise<Reply | undefined> {
  const headers = { 'content-type': 'application/json', ...options.headers };
  const exchange = fakeExchange({ method: 'POST', contentLength: undefined, ...options, headers, body });
  return jsonLimits.build(config, fakeTools()).onRequest?.(exchange);
}

const TWICE = '{"secret":1,"secret":2}';

describe('json-limits', () => {
  it('says what is wrong and where, and nothing of the content', async () => {
    expect(await send({}, TWICE)).toEqual({
      code: 'request.body_invalid',
      detail: 'The body names two members of one object alike, at byte 12',
    });
  });

  it.each<readonly [string, object, string]>([
    ['32 levels', {}, '['.repeat(33) + ']'.repeat(33)],
    ['1000 members', {}, JSON.stringify(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [i, i])))],
    ['what it is told', { digits: 3 }, '1234'],
  ])('refuses more than %s', async (_, config, body) => {
    expect(await send(config, body)).toMatchObject({ code: 'request.body_invalid' });
  });

  it('refuses more bytes than it is told', async () => {
    await expect(send({ bytes: '4B' }, '12345')).rejects.toThrow('request.body_too_large');
    expect(await send({ bytes: '5B' }, '12345')).toBeUndefined();
  });

  it('lets duplicates through where it is told to', async () => {
    expect(await send({ duplicateKeys: 'allow' }, TWICE)).toBeUndefined();
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/Problem+JSON',
    'application/json ;a=b',
    'text/plain, application/json',
    'application/json, text/plain',
  ])('looks at %s', async (type) => {
    expect(await send({}, TWICE, { headers: { 'content-type': type } })).toBeDefined();
  });

  it.each(['text/plain', '', 'application/jsonp', 'application/x-ndjson', 'multipart/form-data; boundary=json'])(
    'does not look at "%s", unless it is told to',
    async (type) => {
      expect(await send({}, TWICE, { headers: { 'content-type': type } })).toBeUndefined();
      expect(await send({ anyType: true }, TWICE, { headers: { 'content-type': type } })).toBeDefined();
    },
  );

  it('lets calls without a body through, and asks for none', async () => {
    expect(await send({}, '')).toBeUndefined();
    const exchange = fakeExchange({ contentLength: 0, headers: { 'content-type': 'application/json' } });
    expect(jsonLimits.build({}, fakeTools()).onRequest?.(exchange)).toBeUndefined();
  });

  it('refuses what it cannot read', async () => {
    expect(await send({}, '{}', { headers: { 'content-encoding': 'gzip' } })).toMatchObject({
      code: 'request.body_invalid',
    });
    expect(await send({}, '{}', { headers: { 'content-encoding': 'Identity' } })).toBeUndefined();
  });
});
