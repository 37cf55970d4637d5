import { describe, expect, it } from 'vitest';
import { providerRow, PROVIDERS } from './provider-table.ts';

/** What the configuration room asks of a row. */
interface ConfigRow {
  kind: string;
  aliases?: readonly string[];
  baseUrl: string | undefined;
}

describe('PROVIDERS', () => {
  it('fit what the configuration room reads', () => {
    const rows: readonly ConfigRow[] = PROVIDERS;
    expect(rows.length).toBeGreaterThanOrEqual(65);
  });

  it('give no name to two vendors', () => {
    const names = PROVIDERS.flatMap(({ kind, aliases }) => [kind, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('give no environment variable to two vendors, and none to one without an address', () => {
    const variables = PROVIDERS.flatMap(({ environment }) => environment ?? []);
    expect(new Set(variables).size).toBe(variables.length);
    for (const variable of variables) expect(variable).toMatch(/^[A-Z][A-Z0-9_]+$/);
    const homeless = PROVIDERS.filter(({ baseUrl, environment }) => baseUrl === undefined && environment !== undefined);
    expect(homeless).toEqual([]);
  });

  for (const { kind, aliases, baseUrl, also, serves, gratis } of PROVIDERS) {
    it(`write ${kind} so that paths can be appended`, () => {
      for (const name of [kind, ...aliases]) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
      for (const prefix of [...Object.values(also), ...Object.values(serves)])
        expect(prefix).toMatch(/^(\/[a-z0-9]+)*$/);
      for (const endpoint of gratis) expect(serves).toHaveProperty(endpoint);
      if (baseUrl === undefined) return;
      expect(new URL(baseUrl).href.replace(/\/$/, '')).toBe(baseUrl);
      expect(new URL(baseUrl).protocol).toBe(new URL(baseUrl).hostname === '127.0.0.1' ? 'http:' : 'https:');
    });
  }

  it('send no key to the demo', () => {
    expect(PROVIDERS.filter(({ auth }) => auth === 'none').map(({ kind }) => kind)).toEqual(['demo']);
  });

  it('translate to the dialect of each vendor that has one of its own', () => {
    const own = PROVIDERS.filter(({ dialect }) => dialect !== 'openai-chat').map(({ kind, dialect }) => [
      kind,
      dialect,
    ]);
    expect(Object.fromEntries(own)).toEqual({
      anthropic: 'anthropic',
      'anthropic-compatible': 'anthropic',
      'azure-foundry-claude': 'anthropic',
      bedrock: 'bedrock',
      cohere: 'cohere',
      google: 'gemini',
      mistral: 'mistral',
      ollama: 'ollama',
      vertex: 'gemini',
    });
  });

  it('ask those for embeddings in words of their own that have such', () => {
    const own = PROVIDERS.filter(({ embeds }) => embeds !== 'openai-chat').map(({ kind, embeds }) => [kind, embeds]);
    expect(Object.fromEntries(own)).toEqual({
      anthropic: undefined,
      'anthropic-compatible': undefined,
      'azure-foundry-claude': undefined,
      bedrock: undefined,
      cohere: 'cohere',
      google: 'gemini',
      mistral: 'mistral',
      ollama: 'ollama',
      vertex: undefined,
    });
  });

  it('do not force usage on vendors that refuse to be asked', () => {
    const usage = ['mistral', 'perplexity', 'openai', 'groq'].map((kind) => providerRow(kind)?.rules.streamUsage);
    expect(usage).toEqual(['always', 'always', undefined, undefined]);
  });
});

describe('providerRow', () => {
  it('finds a vendor by kind and by alias', () => {
    expect(providerRow('google')?.kind).toBe('google');
    expect(providerRow('gemini')?.kind).toBe('google');
    expect(providerRow('qwen')?.kind).toBe('alibaba');
  });

  it('finds nothing else', () => {
    for (const kind of ['', 'OpenAI', 'constructor', '__proto__']) expect(providerRow(kind)).toBeUndefined();
  });
});
