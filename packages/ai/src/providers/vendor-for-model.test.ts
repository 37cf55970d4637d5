import { describe, expect, it } from 'vitest';
import { PROVIDERS } from './provider-table.ts';
import { vendorForModel } from './vendor-for-model.ts';

describe('vendorForModel knows the vendor of', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    openai: [
      'gpt-5-mini',
      'gpt-4.1',
      'gpt-4o-2024-11-20',
      'chatgpt-4o-latest',
      'o1',
      'o3-pro',
      'o4-mini',
      'text-embedding-3-small',
      'gpt-image-1',
      'dall-e-3',
      'whisper-1',
      'tts-1',
      'tts-1-hd',
      'omni-moderation-latest',
    ],
    anthropic: ['claude-haiku-5', 'claude-opus-4-1-20250805'],
    google: ['gemini-3-flash', 'gemini-embedding-001'],
    mistral: [
      'mistral-large-latest',
      'ministral-8b',
      'magistral-medium',
      'codestral-latest',
      'devstral-small',
      'pixtral-12b',
    ],
    deepseek: ['deepseek-chat', 'deepseek-reasoner', 'deepseek-v4'],
    xai: ['grok-4.20'],
    perplexity: ['sonar', 'sonar-pro'],
    moonshot: ['kimi-k2', 'moonshot-v1-8k'],
    zai: ['glm-5'],
    minimax: ['MiniMax-M2'],
    demo: ['demo', 'demo-error-500'],
  };
  for (const [kind, models] of Object.entries(cases)) {
    for (const model of models) it(model, () => expect(vendorForModel(model)).toEqual({ kind, model }));
  }

  it('names of kinds that the provider table has', () => {
    const kinds = PROVIDERS.map((row) => row.kind);
    for (const kind of Object.keys(cases)) expect(kinds).toContain(kind);
  });
});

describe('vendorForModel reads kind/model', () => {
  it('with the kind as it is', () => {
    expect(vendorForModel('openai/gpt-5-mini')).toEqual({ kind: 'openai', model: 'gpt-5-mini' });
  });

  it('with an alias of the kind', () => {
    expect(vendorForModel('gemini/gemini-3-pro')).toEqual({ kind: 'google', model: 'gemini-3-pro' });
  });

  it('with further slashes in the model', () => {
    expect(vendorForModel('openrouter/openai/gpt-5')).toEqual({ kind: 'openrouter', model: 'openai/gpt-5' });
  });

  it('with any model of a vendor, known or not', () => {
    expect(vendorForModel('groq/llama 4@x:y')).toEqual({ kind: 'groq', model: 'llama 4@x:y' });
  });
});

describe('vendorForModel says nothing of', () => {
  for (const name of [
    '',
    '/',
    'openai/',
    '/gpt-5',
    'assistant',
    'llama3.2',
    'gpt-oss-120b',
    'gpt',
    'o1x',
    'GPT-5',
    'demonstration',
    'acme/gpt-5',
    'constructor/x',
  ]) {
    it(JSON.stringify(name), () => expect(vendorForModel(name)).toBeUndefined());
  }
});
