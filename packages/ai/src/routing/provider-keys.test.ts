import { describe, expect, it } from 'vitest';
import { provider } from './__fixtures__/ai-spec.ts';
import { keysOf } from './provider-keys.ts';

const aws = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: undefined, region: 'eu-west-1' };
const limits = { requests: 5, tokens: undefined, windowMs: 1000 };
const pool = [
  { name: 'one', key: 'k1', weight: 2, limits },
  { name: 'two', key: 'k2', weight: 0, limits: undefined },
];

describe('the keys of a provider', () => {
  it('are the one key, with the provider as it is', () => {
    const spec = provider('openai', 'openai');
    const [only, ...others] = keysOf(spec);
    expect(only).toMatchObject({ name: 'default', value: 'key of openai', weight: 1, limits: undefined });
    expect(only?.provider).toBe(spec);
    expect(others).toEqual([]);
  });

  it('are one without a value where there is none', () => {
    expect(keysOf(provider('local', 'ollama', { apiKey: undefined }))).toMatchObject([{ value: undefined }]);
    expect(keysOf(provider('local', 'ollama', { apiKey: undefined, apiKeys: [] }))).toMatchObject([
      { value: undefined },
    ]);
  });

  it('are those of the pool, each with the provider as if it were the only one', () => {
    const keys = keysOf(provider('openai', 'openai', { apiKey: undefined, apiKeys: pool }));
    expect(keys).toMatchObject([
      { name: 'one', value: 'k1', weight: 2, limits, provider: { name: 'openai', apiKey: 'k1' } },
      { name: 'two', value: 'k2', weight: 0, provider: { apiKey: 'k2' } },
    ]);
    expect(keys.every((key) => key.provider.apiKeys === undefined)).toBe(true);
  });

  const identity = (rest: Parameters<typeof provider>[2]): string | undefined =>
    keysOf(provider('a', 'openai', rest))[0]?.identity;

  it('have an identity that changes with the key and with the address, and holds neither the key nor a name', () => {
    const all = [
      identity({ apiKey: 'sk-1' }),
      identity({ apiKey: 'sk-2' }),
      identity({ apiKey: undefined }),
      identity({ apiKey: undefined, aws }),
      identity({ apiKey: undefined, aws: { ...aws, secretAccessKey: 'other' } }),
      identity({ apiKey: 'sk-1', endpoint: provider('b', 'openai').endpoint }),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all.join(' ')).not.toMatch(/sk-1|secret|AKIA/);
  });

  it('have the same identity in two providers that are one account', () => {
    const { endpoint } = provider('a', 'openai');
    expect(keysOf(provider('b', 'openai', { endpoint, apiKey: 'sk-1' }))[0]?.identity).toBe(
      identity({ apiKey: 'sk-1' }),
    );
  });
});
