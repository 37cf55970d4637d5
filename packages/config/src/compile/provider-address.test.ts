import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../__fixtures__/compile-text.ts';
import type { AiSpec } from '../snapshot.ts';

function ai(text: string): AiSpec {
  const spec = snapshotOf(`gatehouse: 1\nai: ${text}\n`).ai;
  if (spec === undefined) throw new Error('There is no AI gateway.');
  return spec;
}

describe('the address of a provider', () => {
  const baseUrls: Readonly<Record<string, readonly [string, { id: string; tls: boolean; basePath: string }]>> = {
    'without a slash at the end': ['http://proxy:8080/v1', { id: 'http://proxy:8080', tls: false, basePath: '/v1' }],
    'with a slash at the end': ['http://proxy:8080/v1/', { id: 'http://proxy:8080', tls: false, basePath: '/v1' }],
    'of a host alone': ['https://models.example', { id: 'https://models.example:443', tls: true, basePath: '' }],
    'of a host with a slash': [
      'https://models.example/',
      { id: 'https://models.example:443', tls: true, basePath: '' },
    ],
    'with TLS on a port of its own': [
      'https://models.example:8443/v1beta/',
      { id: 'https://models.example:8443', tls: true, basePath: '/v1beta' },
    ],
  };
  for (const [name, [url, expected]] of Object.entries(baseUrls)) {
    it(`takes a base URL ${name}`, () => {
      const { providers } = ai(
        `{ providers: { a: { kind: openai, baseUrl: "${url}" }, b: { kind: vllm, baseUrl: "${url}" } } }`,
      );
      expect(providers['a']?.endpoint).toMatchObject(expected);
      expect(providers['b']?.endpoint).toEqual(providers['a']?.endpoint);
    });
  }
});
