import { describe, expect, it } from 'vitest';
import { problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';

const withMedia = (media: string): string => `gatehouse: 1\nai:\n  media: ${media}\n`;

describe('mediaSpec', () => {
  it.each(['{}', '{ fetch: false }', '{ fetch: false, maxBytes: 1MB }'])('fetches nothing for %s', (media) => {
    expect(snapshotOf(withMedia(media)).ai?.media).toBeUndefined();
  });

  it('fetches from any public host over HTTPS by default', () => {
    expect(snapshotOf(withMedia('{ fetch: true }')).ai?.media).toEqual({
      bytesMax: 10_000_000,
      timeoutMs: 10_000,
      hosts: [{ scheme: 'https', host: '*', port: 443 }],
      addresses: [],
    });
  });

  it('fetches from the hosts and up to the bounds that are given', () => {
    const media =
      '{ fetch: true, maxBytes: 1MiB, timeout: 2s, allowHosts: [ "*.cdn.example:8443", "http://files.internal" ], allowAddresses: [ 10.0.0.0/8 ] }';
    expect(snapshotOf(withMedia(media)).ai?.media).toEqual({
      bytesMax: 1_048_576,
      timeoutMs: 2000,
      hosts: [
        { scheme: 'https', host: '*.cdn.example', port: 8443 },
        { scheme: 'http', host: 'files.internal', port: 80 },
      ],
      addresses: ['10.0.0.0/8'],
    });
  });

  it.each([
    ['{ fetch: true, allowHosts: [ "cdn.example/a" ] }', /^3:39: .*is not a host/],
    ['{ fetch: true, allowHosts: [ "a:99999" ] }', /^3:39: .*impossible port/],
    ['{ fetch: true, allowAddresses: [ 10.0.0.0/33 ] }', /^3:43: .*is no range of addresses/],
    ['{ fetch: true, maxByte: 1MB }', /^3:25: .*maxBytes/],
    ['{ fetch: true, maxBytes: 10 }', /^3:35: .*size/],
  ])('refuses %s', (media, problem) => {
    expect(problemsOf(withMedia(media))).toEqual([expect.stringMatching(problem)]);
  });
});

describe('capabilities', () => {
  const withCapabilities = (capabilities: string): string =>
    `gatehouse: 1\nai:\n  providers: { p: { kind: openai } }\n  prices: { p: { x: { capabilities: ${capabilities} } } }\n`;

  it('are kept as they are written', () => {
    const capabilities = { vision: false, tools: true, mediaUrls: false };
    expect(snapshotOf(withCapabilities(JSON.stringify(capabilities))).ai?.prices).toEqual({
      p: { x: { capabilities } },
    });
  });

  it('are known by name', () => {
    expect(problemsOf(withCapabilities('{ visio: false }'))).toEqual([expect.stringMatching(/`visio`.*`vision`/)]);
  });
});
