import { describe, expect, it } from 'vitest';
import { familyOf } from './model-families.ts';

describe('familyOf', () => {
  const limits: readonly (readonly [model: string, maxOutputTokens: number | undefined])[] = [
    ['claude-2.1', 4096],
    ['claude-instant-1.2', 4096],
    ['anthropic.claude-v2:1', 4096],
    ['claude-3-haiku-20240307', 4096],
    ['claude-3-5-sonnet-20241022', 8192],
    ['claude-3-7-sonnet-latest', 64_000],
    ['claude-opus-4-20250514', 32_000],
    ['claude-opus-4-1-20250805', 32_000],
    ['claude-sonnet-4-20250514', 64_000],
    ['claude-opus-4-5-20251101', 64_000],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 64_000],
    ['anthropic/claude-opus-4.6', 128_000],
    ['claude-sonnet-5', 128_000],
    ['claude-opus-5-5', 128_000],
    ['gpt-3.5-turbo', 4096],
    ['gpt-4', 8192],
    ['gpt-4-turbo', 4096],
    ['gpt-4o', 16_384],
    ['gpt-4o-2024-05-13', 4096],
    ['gpt-4o-audio-preview', undefined],
    ['gpt-4.1-mini', 32_768],
    ['openai/gpt-5', 128_000],
    ['gpt-5-chat-latest', 16_384],
    ['gpt-5-pro', 272_000],
    ['gpt-5.2-pro', 128_000],
    ['openai.gpt-5.6-sol', 128_000],
    ['gpt-6-luna', 128_000],
    ['gpt-oss-120b', undefined],
    ['o1-mini', 65_536],
    ['o3', 100_000],
    ['o4-mini-2025-04-16', 100_000],
    ['gemini-2.0-flash', 8192],
    ['gemini-2.5-flash-lite', 65_536],
    ['gemini-2.5-flash-image', undefined],
    ['gemini-3.8-flash', 65_536],
    ['grok-4', undefined],
    ['llama-3.3-70b', undefined],
    ['', undefined],
  ];
  it.each(limits)('%s gives up to %s tokens', (model, maxOutputTokens) => {
    expect(familyOf(model).maxOutputTokens).toBe(maxOutputTokens);
  });

  it('tells what a model can from what nobody knows', () => {
    const none = { vision: false, documents: false, audio: false, schema: false, reasoning: false };
    expect(familyOf('gpt-4').can).toEqual({ ...none, tools: true });
    expect(familyOf('claude-2.1').can).toEqual({ ...none, tools: false });
    expect(familyOf('claude-opus-4-1').can).toEqual({ vision: true, tools: true, schema: undefined, reasoning: true });
    expect(familyOf('claude-3-haiku-20240307').can).toMatchObject({ vision: true, documents: undefined, audio: false });
    expect(familyOf('gpt-4-vision-preview').can).toMatchObject({ vision: undefined });
    expect(familyOf('deepseek-chat').can).toMatchObject({ vision: undefined, tools: true });
    expect(familyOf('gemini-2.5-pro').can).toMatchObject({ vision: true, documents: true, audio: true });
    expect(familyOf('sonar-pro').can).toEqual({ vision: undefined, tools: false, schema: true, reasoning: undefined });
    expect(familyOf('llama-3').can).toEqual({});
  });

  it.each([
    ['claude-opus-5-5', 50],
    ['claude-sonnet-5-5', 50],
    ['claude-haiku-5-5', 100],
    ['claude-fable-5-1', 25],
    ['claude-fable-5', 100],
    ['gpt-4o', 500],
    ['gemini-3-pro', 250],
    ['gpt-oss-20b', 1000],
    ['llama-3', 1000],
  ])('%s reads its cache at %s thousandths', (model, read) => {
    expect(familyOf(model).cache.read).toBe(read);
  });
});
