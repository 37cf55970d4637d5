import { describe, expect, it } from 'vitest';
import { providerPath, providerRow, PROVIDERS } from './provider-table.ts';

/** What the configuration room asks of a row. */
interface ConfigRow {
  kind: string;
  aliases?: readonly string[];
  baseUrl: string | undefined;
}

function chatUrl(kind: string, baseUrl?: string): string | undefined {
  const provider = providerRow(kind);
  return provider && `${baseUrl ?? provider.baseUrl}${providerPath(provider, 'chat')}`;
}

describe('PROVIDERS', () => {
  it('fit what the configuration room reads', () => {
    const rows: readonly ConfigRow[] = PROVIDERS;
    expect(rows.length).toBeGreaterThan(20);
  });

  it('give no name to two vendors', () => {
    const names = PROVIDERS.flatMap(({ kind, aliases }) => [kind, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('give no environment variable to two vendors', () => {
    const variables = PROVIDERS.flatMap(({ environment }) => environment ?? []);
    expect(new Set(variables).size).toBe(variables.length);
    for (const variable of variables) expect(variable).toMatch(/^[A-Z][A-Z0-9_]+$/);
  });

  for (const { kind, aliases, baseUrl, prefix } of PROVIDERS) {
    it(`write ${kind} so that paths can be appended`, () => {
      for (const name of [kind, ...aliases]) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(prefix).toMatch(/^(\/[a-z0-9]+)?$/);
      if (baseUrl === undefined) return;
      expect(new URL(baseUrl).href.replace(/\/$/, '')).toBe(baseUrl);
      expect(new URL(baseUrl).protocol).toBe(kind === 'ollama' ? 'http:' : 'https:');
    });
  }

  it('leave the address of the demo and of compatible servers to the configuration', () => {
    const open = PROVIDERS.filter(({ baseUrl }) => baseUrl === undefined).map(({ kind }) => kind);
    expect(open).toEqual(['openai-compatible', 'demo']);
  });

  it('send no key to the demo', () => {
    expect(PROVIDERS.filter(({ auth }) => auth === 'none').map(({ kind }) => kind)).toEqual(['demo']);
  });

  it('mark vendors that have a dialect of their own', () => {
    const standIns = PROVIDERS.filter(({ standIn }) => standIn).map(({ kind }) => kind);
    expect(standIns).toEqual(['anthropic', 'google', 'mistral', 'ollama']);
  });

  it('do not force usage on vendors that refuse to be asked', () => {
    const usage = ['mistral', 'perplexity', 'openai', 'groq'].map((kind) => providerRow(kind)?.streamUsage);
    expect(usage).toEqual(['always', 'always', 'on-request', 'on-request']);
  });
});

describe('providerRow', () => {
  it('finds a vendor by kind and by alias', () => {
    expect(providerRow('google')?.kind).toBe('google');
    expect(providerRow('gemini')?.kind).toBe('google');
    expect(providerRow('vllm')?.kind).toBe('openai-compatible');
  });

  it('finds nothing else', () => {
    for (const kind of ['', 'OpenAI', 'constructor', '__proto__']) expect(providerRow(kind)).toBeUndefined();
  });
});

describe('providerPath', () => {
  const cases: Readonly<Record<string, readonly [string | undefined, string]>> = {
    'follows a base that ends in its version': [chatUrl('openai'), 'https://api.openai.com/v1/chat/completions'],
    'goes through the compatible endpoint of a vendor with another dialect': [
      chatUrl('google'),
      'https://generativelanguage.googleapis.com/v1beta/openai/chat/completions',
    ],
    'adds the version where the base is the root': [chatUrl('ollama'), 'http://127.0.0.1:11434/v1/chat/completions'],
    'follows the base that the configuration gives': [
      chatUrl('openai-compatible', 'http://llm:8000/v1'),
      'http://llm:8000/v1/chat/completions',
    ],
  };
  for (const [name, [actual, expected]] of Object.entries(cases)) {
    it(name, () => expect(actual).toBe(expected));
  }

  it('knows embeddings', () => {
    const ollama = providerRow('ollama');
    expect(ollama && providerPath(ollama, 'embeddings')).toBe('/v1/embeddings');
  });
});
