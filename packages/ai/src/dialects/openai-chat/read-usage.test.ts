import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUsage } from './read-usage.ts';

describe('readUsage reads', () => {
  const cases: Readonly<Record<string, readonly [unknown, unknown]>> = {
    'a plain count': [
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      { inputUncached: 10, outputText: 5 },
    ],
    'cached and reasoning tokens as parts of the whole': [
      {
        prompt_tokens: 2006,
        completion_tokens: 300,
        total_tokens: 2306,
        prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 256, accepted_prediction_tokens: 0 },
      },
      { inputUncached: 86, cacheRead: 1920, outputText: 44, reasoning: 256 },
    ],
    'tokens written to the cache as a part of the prompt': [
      {
        prompt_tokens: 100,
        completion_tokens: 1,
        prompt_tokens_details: { cached_tokens: 30, cache_write_tokens: 60 },
      },
      { inputUncached: 10, cacheRead: 30, cacheWrite: 60, outputText: 1 },
    ],
    'zeros that are reported': [
      {
        prompt_tokens: 1,
        completion_tokens: 1,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
      { inputUncached: 1, cacheRead: 0, outputText: 1, reasoning: 0 },
    ],
    'null details as unknown': [
      { prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: null, completion_tokens_details: null },
      { inputUncached: 1, outputText: 1 },
    ],
    'embeddings, which have no output': [
      { prompt_tokens: 8, total_tokens: 8 },
      { inputUncached: 8, outputText: 0 },
    ],
    'cache hits under the name that one vendor gives them': [
      { prompt_tokens: 300, completion_tokens: 4, prompt_cache_hit_tokens: 256, prompt_cache_miss_tokens: 44 },
      { inputUncached: 44, cacheRead: 256, outputText: 4 },
    ],
    'cached tokens at the top': [
      { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 4 },
      { inputUncached: 6, cacheRead: 4, outputText: 1 },
    ],
    'the count of cached tokens under a third name': [
      { prompt_tokens: 10, completion_tokens: 1, num_cached_tokens: 4 },
      { inputUncached: 6, cacheRead: 4, outputText: 1 },
    ],
    'the official place before the others': [
      { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2 }, cached_tokens: 4 },
      { inputUncached: 8, cacheRead: 2, outputText: 1 },
    ],
    'reasoning beside the completion when the total says so': [
      {
        prompt_tokens: 291,
        completion_tokens: 26,
        total_tokens: 513,
        completion_tokens_details: { reasoning_tokens: 196 },
      },
      { inputUncached: 291, outputText: 26, reasoning: 196 },
    ],
    'reasoning beside the completion by its total though it would fit inside': [
      {
        prompt_tokens: 10,
        completion_tokens: 50,
        total_tokens: 90,
        completion_tokens_details: { reasoning_tokens: 30 },
      },
      { inputUncached: 10, outputText: 50, reasoning: 30 },
    ],
    'reasoning inside the completion when there is no total': [
      { prompt_tokens: 10, completion_tokens: 50, completion_tokens_details: { reasoning_tokens: 30 } },
      { inputUncached: 10, outputText: 20, reasoning: 30 },
    ],
    'more cached than prompted as cached beside the prompt': [
      { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 90 } },
      { inputUncached: 5, cacheRead: 90, outputText: 1 },
    ],
    'what is left when one count is missing': [{ completion_tokens: 3 }, { inputUncached: 0, outputText: 3 }],
  };
  for (const [name, [value, expected]] of Object.entries(cases)) {
    it(name, () => expect(readUsage(value)).toEqual(expected));
  }
});

describe('readUsage takes for nothing', () => {
  for (const value of [
    undefined,
    null,
    5,
    'usage',
    [],
    {},
    { total_tokens: 4 },
    { prompt_tokens: '4' },
    { prompt_tokens: -4 },
    { prompt_tokens: 1.5 },
    { prompt_tokens: null, completion_tokens: null },
    { prompt_tokens: 2 ** 60 },
  ]) {
    it(JSON.stringify(value) ?? 'undefined', () => expect(readUsage(value)).toBeUndefined());
  }
});

describe('readUsage on any counts', () => {
  const tokens = fc.oneof(fc.nat(100), fc.constantFrom(null, -1, 0.5, 'x'));
  const usage = fc.record(
    {
      prompt_tokens: tokens,
      completion_tokens: tokens,
      total_tokens: tokens,
      prompt_tokens_details: fc.record({ cached_tokens: tokens, cache_write_tokens: tokens }, { requiredKeys: [] }),
      completion_tokens_details: fc.record({ reasoning_tokens: tokens }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  );

  it('never answers with a negative or broken class', () => {
    fc.assert(
      fc.property(usage, (value) => {
        for (const tokensOfClass of Object.values(readUsage(value) ?? {})) {
          expect(tokensOfClass).toBeGreaterThanOrEqual(0);
          expect(Number.isSafeInteger(tokensOfClass)).toBe(true);
        }
      }),
    );
  });
});
