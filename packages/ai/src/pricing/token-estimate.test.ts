import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, MediaBlock, Tool } from '../canonical/chat-request.ts';
import { parseExact, isJsonFields, type JsonFields } from '../canonical/json.ts';
import { estimateOutputTokens, estimateTokens, leastTokens } from './token-estimate.ts';

const EMPTY: ChatRequest = {
  dialect: 'openai-chat',
  model: 'm',
  stream: false,
  instructions: [],
  turns: [],
  tools: [],
  sampling: {},
  output: {},
  cache: {},
  includeUsage: false,
  ext: {},
};
const WORDS = 'word '.repeat(1000);

function ofBlocks(...blocks: readonly Block[]): number {
  return estimateTokens({ ...EMPTY, turns: [{ role: 'user', blocks }] });
}

function ofMedia(media: Omit<MediaBlock, 'type'>): number {
  return ofBlocks({ type: 'media', ...media });
}

function ofTools(...tools: readonly Tool[]): number {
  return estimateTokens({ ...EMPTY, tools });
}

function nested(levels: number): JsonFields {
  const json = parseExact(`${'{"items":['.repeat(levels)}${']}'.repeat(levels)}`);
  return isJsonFields(json) ? json : {};
}

describe('estimateTokens', () => {
  it('counts every place that text can stand in', () => {
    const text = { type: 'text', text: WORDS } as const;
    const whole: readonly number[] = [
      estimateTokens({ ...EMPTY, instructions: [{ role: 'system', text: WORDS }] }),
      ofBlocks(text),
      ofBlocks({ type: 'refusal', text: WORDS }),
      ofBlocks({ type: 'reasoning', text: WORDS }),
      ofBlocks({ type: 'reasoning', text: '', redacted: { value: WORDS, dialect: 'anthropic' } }),
      ofBlocks({ type: 'tool_call', id: 'c', name: 'f', input: WORDS }),
      ofBlocks({ type: 'tool_result', callId: 'c', content: [text] }),
      ofBlocks({ type: 'opaque', dialect: 'anthropic', data: { a: [WORDS] } }),
      ofMedia({ kind: 'document', source: { via: 'text', text: WORDS } }),
      ofMedia({ kind: 'document', context: WORDS, source: { via: 'text', text: '' } }),
      ofTools({ kind: 'function', name: 'f', description: WORDS }),
      ofTools({ kind: 'function', name: 'f', schema: { description: WORDS } }),
      ofTools({ kind: 'custom', name: 'f', grammar: { definition: WORDS } }),
      ofTools({ kind: 'hosted', name: 'f', hosted: { dialect: 'openai-responses', definition: { a: WORDS } } }),
      estimateTokens({ ...EMPTY, output: { format: { kind: 'schema', schema: { a: WORDS } } } }),
    ];
    for (const tokens of whole) {
      expect(tokens).toBeGreaterThan(1000);
      expect(tokens).toBeLessThan(2000);
    }
  });

  it('counts at least one', () => {
    expect(estimateTokens(EMPTY)).toBe(1);
  });

  it('counts media by what can be seen of them', () => {
    const base64 = (length: number) => ({ via: 'base64', data: 'x'.repeat(length) }) as const;
    const url = { via: 'url', url: 'https://example.com/a' } as const;
    expect(ofMedia({ kind: 'image', source: base64(1_000_000) })).toBe(2500);
    expect(ofMedia({ kind: 'image', source: base64(4000) })).toBe(800);
    expect(ofMedia({ kind: 'image', source: url })).toBe(2500);
    expect(ofMedia({ kind: 'image', detail: 'low', source: url })).toBe(300);
    expect(ofMedia({ kind: 'document', source: base64(160_000) })).toBe(10_300);
    expect(ofMedia({ kind: 'audio', source: base64(160_000) })).toBe(1300);
    expect(ofMedia({ kind: 'video', source: { via: 'file', id: 'f', dialect: 'gemini' } })).toBe(20_000);
  });

  it('goes as deep as a stranger likes, and as wide', () => {
    expect(ofTools({ kind: 'function', name: 'f', schema: nested(1000) })).toBeGreaterThan(3000);
    expect(ofBlocks({ type: 'opaque', dialect: 'gemini', data: nested(100_000) })).toBeGreaterThan(100_000);
    const wide = { list: Array.from({ length: 500_000 }, () => 1) };
    expect(ofBlocks({ type: 'opaque', dialect: 'gemini', data: wide })).toBeGreaterThan(500_000);
  });

  it('counts the digits of long numbers', () => {
    const data = parseExact('{"n":12345678901234567890}');
    expect(ofBlocks({ type: 'opaque', dialect: 'gemini', data: isJsonFields(data) ? data : {} })).toBeGreaterThan(10);
  });
});

describe('estimateOutputTokens', () => {
  it('counts what a model said, thought and called', () => {
    expect(estimateOutputTokens([])).toBe(0);
    const blocks: readonly Block[] = [
      { type: 'reasoning', text: WORDS },
      { type: 'text', text: WORDS },
      { type: 'tool_call', id: 'c', name: 'f', input: '{"a":1}' },
    ];
    const tokens = estimateOutputTokens(blocks);
    expect(tokens).toBeGreaterThan(2000);
    expect(tokens).toBeLessThan(3500);
  });
});

describe('leastTokens', () => {
  const of = (...blocks: readonly Block[]): number => leastTokens({ ...EMPTY, turns: [{ role: 'user', blocks }] });

  it('lies below what any tokenizer counts, and not at nothing', () => {
    for (const text of [WORDS, 'a longwordlike '.repeat(1000), '0123456789'.repeat(1000)]) {
      const [least, about] = [of({ type: 'text', text }), ofBlocks({ type: 'text', text })];
      expect(least).toBeGreaterThan(text.length / 8);
      expect(least).toBeLessThanOrEqual(about / 2);
    }
  });

  it('counts text of calls and of their results, and nothing that is none', () => {
    const text = { type: 'text', text: WORDS } as const;
    const image = { type: 'media', kind: 'image', source: { via: 'base64', data: 'A'.repeat(100_000) } } as const;
    const least = of(text);
    expect(of({ type: 'tool_result', callId: 'c', content: [text, image] })).toBeGreaterThanOrEqual(least);
    expect(of({ type: 'tool_call', id: 'c', name: 'f', input: WORDS })).toBeGreaterThanOrEqual(least);
    for (const block of [
      image,
      { type: 'reasoning', text: WORDS },
      { type: 'opaque', dialect: 'openai-responses', data: { image_url: 'A'.repeat(100_000) } },
    ] satisfies Block[]) {
      expect(of(block)).toBe(0);
    }
  });
});
