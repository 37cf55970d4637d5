import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeExchange, fakeTools, throughReply, type FakeReply, type UpstreamReply } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';
import { acceptedCoding } from './accepted-coding.ts';

const compress = joined('compress');

policyContract(compress, {
  valid: [{}, { codings: ['gzip'], level: 9, minBytes: '0B' }, { types: ['image/*', 'a/b+c'], upstreamIdentity: true }],
  invalid: [
    { codings: [] },
    { codings: ['deflate'] },
    { codings: ['gzip', 'gzip'] },
    { level: 0 },
    { level: 10 },
    { types: ['json'] },
    { minBytes: 7 },
  ],
});

describe('the coding that a caller gets', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZIP, br', 'br'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['gzip;q=0', undefined],
    ['*', 'br'],
    ['*;q=0.1', 'br'],
    ['*;q=0', undefined],
    ['br;q=0, *', 'zstd'],
    ['identity', undefined],
    ['identity;q=0.5, gzip;q=0.2', undefined],
    ['identity;q=0, gzip;q=0.001', 'gzip'],
    ['deflate, compress', undefined],
    ['gzip;q=2', undefined],
    ['gzip;q=0.0001', undefined],
    ['gzip ; q=0.3', 'gzip'],
    ['gzip;level=3', undefined],
  ])('who says %j is %s', (header, expected) => {
    expect(acceptedCoding(header, ['br', 'zstd', 'gzip'])).toBe(expected);
  });
});

const TEXT = JSON.stringify(Array.from({ length: 200 }, (_, index) => ({ index, name: 'Ada Lovelace' })));
const JSON_TYPE = ['content-type', 'application/json; charset=utf-8'] as const;
const DECODE = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync };

async function reply(upstream: UpstreamReply, accept = 'gzip', config: object = {}): Promise<FakeReply> {
  const exchange = fakeExchange({ headers: { 'accept-encoding': accept } });
  const seen = throughReply(compress.build(config, fakeTools()), exchange, upstream);
  if (upstream.broken !== true) await expect.poll(() => seen.complete).toBe(true);
  return seen;
}

const header = ({ headers }: FakeReply, name: string): string | undefined =>
  headers.find(([each]) => each === name)?.[1];

describe('compress', () => {
  it.each(['gzip', 'br', 'zstd'] as const)('gives what decodes to the same, by %s', async (coding) => {
    const seen = await reply({ headers: [JSON_TYPE], body: [TEXT.slice(0, 1000), TEXT.slice(1000)] }, coding);
    expect(header(seen, 'content-encoding')).toBe(coding);
    expect(DECODE[coding](seen.body).toString()).toBe(TEXT);
    expect(seen.body.length).toBeLessThan(TEXT.length / 4);
  });

  it('however it is cut, and whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 3000 })),
        fc.constantFrom('gzip', 'br', 'zstd'),
        async (pieces, coding) => {
          const body = pieces.map((piece) => Buffer.from(piece));
          const seen = await reply({ headers: [['content-type', 'text/event-stream']], body }, coding);
          expect(DECODE[coding](seen.body)).toEqual(Buffer.concat(body));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('weakens a strong tag, keeps a weak one, and takes out what no longer holds', async () => {
    const seen = await reply({
      headers: [JSON_TYPE, ['etag', '"a"'], ['content-length', String(TEXT.length)], ['accept-ranges', 'bytes']],
      body: [TEXT],
    });
    expect(['etag', 'content-length', 'accept-ranges', 'vary'].map((name) => header(seen, name))).toEqual([
      'W/"a"',
      undefined,
      undefined,
      'accept-encoding',
    ]);
    expect(header(await reply({ headers: [JSON_TYPE, ['etag', 'W/"a"']], body: [TEXT] }), 'etag')).toBe('W/"a"');
  });

  it.each<[string, UpstreamReply, string | undefined]>([
    ['is coded already', { headers: [JSON_TYPE, ['content-encoding', 'br']] }, undefined],
    ['must not be touched', { headers: [JSON_TYPE, ['cache-control', 'public, no-transform']] }, undefined],
    ['is a part', { status: 206, headers: [JSON_TYPE, ['content-range', 'bytes 0-9/100']] }, undefined],
    ['is not worth it', { headers: [['content-type', 'image/png']] }, undefined],
    ['has no type', {}, undefined],
    ['is small', { headers: [JSON_TYPE, ['content-length', '9']] }, 'accept-encoding'],
  ])('leaves alone what %s', async (_, upstream, vary) => {
    const seen = await reply({ ...upstream, body: ['some text'] });
    expect([seen.body.toString(), header(seen, 'vary')]).toEqual(['some text', vary]);
  });

  it('says that others may get it otherwise also to a caller who takes it plain', async () => {
    const seen = await reply({ headers: [JSON_TYPE, ['vary', 'Origin']], body: [TEXT] }, 'identity');
    expect([seen.body.toString(), seen.headers.filter(([name]) => name === 'vary')]).toEqual([
      TEXT,
      [
        ['vary', 'Origin'],
        ['vary', 'accept-encoding'],
      ],
    ]);
    expect(header(await reply({ headers: [JSON_TYPE, ['vary', '*']], body: [TEXT] }), 'vary')).toBe('*');
  });

  it.each([
    ['W/"a"', '"a"', ['W/"a"', 'accept-encoding']],
    ['"x", W/"a"', '"a"', ['W/"a"', 'accept-encoding']],
    ['"a"', '"a"', ['"a"', undefined]],
    ['W/"b"', '"a"', ['"a"', undefined]],
    ['W/"a"', 'W/"a"', ['W/"a"', undefined]],
  ])('confirms to who asked about %s what is %s upstream', (asked, tag, expected) => {
    const exchange = fakeExchange({ headers: { 'accept-encoding': 'gzip', 'if-none-match': asked } });
    const hooks = compress.build({}, fakeTools());
    const seen = throughReply(hooks, exchange, { status: 304, headers: [['etag', tag]] });
    expect([seen.status, header(seen, 'etag'), header(seen, 'vary'), seen.complete]).toEqual([304, ...expected, true]);
  });

  it('never ends what broke off', async () => {
    const seen = await reply({ headers: [JSON_TYPE], body: [TEXT], broken: true });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(seen.complete).toBe(false);
  });

  it('asks for a pause when more comes than it can take', async () => {
    const body = Array.from({ length: 40 }, () => Buffer.alloc(64 * 1024, 'x'));
    const exchange = fakeExchange({ headers: { 'accept-encoding': 'br' } });
    const seen = throughReply(compress.build({ level: 9 }, fakeTools()), exchange, { headers: [JSON_TYPE], body });
    expect(seen.held).toBe(true);
    await expect.poll(() => seen.complete, { timeout: 10_000 }).toBe(true);
  });

  it('gives events of a stream as they come', async () => {
    const exchange = fakeExchange({ headers: { 'accept-encoding': 'gzip' } });
    const seen = throughReply(compress.build({}, fakeTools()), exchange, {
      headers: [['content-type', 'text/event-stream']],
      body: ['data: one\n\n'],
      broken: false,
    });
    await expect.poll(() => seen.complete).toBe(true);
    expect(gunzipSync(seen.body).toString()).toBe('data: one\n\n');
  });
});
