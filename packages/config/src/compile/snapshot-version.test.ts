import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../__fixtures__/compile-text.ts';
import { canonicalJson, snapshotVersion } from './snapshot-version.ts';

const version = (text: string, env: Readonly<Record<string, string>> = {}): string => snapshotOf(text, { env }).version;

describe('snapshotVersion', () => {
  it('is twelve hex digits', () => {
    expect(version('gatehouse: 1\n')).toMatch(/^[0-9a-f]{12}$/);
  });

  it('is the same for the same configuration in other words', () => {
    const short = 'gatehouse: 1\nupstreams: { a: { targets: [ "http://h" ] }, b: { targets: [ "http://i" ] } }\n';
    const long = `# with a comment
upstreams:
  b: { targets: [ { url: "http://I:80/", weight: 1 } ], balance: peak-ewma }
  a:
    retries: { budget: 20.0%, on: [ connect ] }
    targets: [ "http://h:80" ]
gatehouse: 1
`;
    expect(version(long)).toBe(version(short));
  });

  it('changes with every part', () => {
    const texts = [
      'gatehouse: 1\n',
      'gatehouse: 1\nai: {}\n',
      'gatehouse: 1\napis: { a: { upstream: "http://h" } }\n',
      'gatehouse: 1\napis: { a: { upstream: "http://h", access: open } }\n',
      'gatehouse: 1\napplications: { a: { keys: [ { name: k, secret: s } ] } }\n',
      'gatehouse: 1\napplications: { a: { keys: [ { name: k, secret: t } ] } }\n',
    ];
    expect(new Set(texts.map((text) => version(text))).size).toBe(texts.length);
  });

  it('changes with the key of a provider and does not hold it', () => {
    const text = 'gatehouse: 1\nai: { providers: { p: { kind: openai, apiKey: "${KEY}" } } }\n';
    expect(version(text, { KEY: 'one' })).not.toBe(version(text, { KEY: 'two' }));
    const { version: _, ...content } = snapshotOf(text, { env: { KEY: 'one' } });
    expect(snapshotVersion(content)).toBe(version(text, { KEY: 'one' }));
    expect(content.ai?.providers['p']?.apiKey).toBe('one');
  });

  it('keeps the order of what has one', () => {
    const text = (routes: string): string =>
      `gatehouse: 1\napis: { a: { upstream: "http://h", routes: [ ${routes} ] } }\n`;
    expect(version(text('{ path: /a }, { path: /b }'))).not.toBe(version(text('{ path: /b }, { path: /a }')));
  });
});

describe('the version of what an OpenAPI document is made into', () => {
  const { version: _, ...content } = snapshotOf(
    `gatehouse: 1\napis: { a: { upstream: "http://h", policies: [ { stamp: { text: xx } } ], routes: [ { path: /a } ] } }\n`,
  );
  const [route] = content.routes;
  const versionOf = (config: unknown, count = 1): string => {
    const policies = route?.policies.map((policy) => ({ ...policy, config })) ?? [];
    const routes = Array.from({ length: count }, () => route && { ...route, policies }).filter((each) => !!each);
    return snapshotVersion({ ...content, routes });
  };

  it('goes by all of it', () => {
    const long = (end: string): object => ({ a: 'x'.repeat(20_000), b: end });
    expect(versionOf(long('1'))).toBe(versionOf({ b: '1', a: 'x'.repeat(20_000) }));
    expect(versionOf(long('1'))).not.toBe(versionOf(long('2')));
  });

  it('is found, though it stands in thousands of routes', () => {
    expect(versionOf({ a: 'x'.repeat(1_000_000) }, 2000)).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('canonicalJson', () => {
  it('sorts keys at every depth, and leaves lists alone', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 'x'], a: { z: null, y: undefined } })).toBe(
      '{"a":{"z":null},"b":[{"c":2,"d":1},"x"]}',
    );
  });
});
