import { describe, expect, it } from 'vitest';
import { compileConfig } from '../index.ts';

const PROVIDERS = [
  { kind: 'openai', baseUrl: 'https://api.openai.com/v1', embeds: 'openai-chat' },
  { kind: 'anthropic', baseUrl: 'https://api.anthropic.com/v1', embeds: undefined },
];

function compiled(semantic: string) {
  const text =
    'gatehouse: 1\nai:\n  providers: { main: { kind: openai }, claude: { kind: anthropic } }\n  models:\n' +
    `    m:\n      targets: [ { provider: main, model: x } ]\n      cache: { ttl: 1h, semantic: ${semantic} }\n`;
  const result = compileConfig(text, { file: 'test.yaml', env: {}, policies: [], providers: PROVIDERS });
  if ('snapshot' in result) return result.snapshot.ai?.models['m']?.cache;
  return result.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

describe('a cache of questions that mean the same', () => {
  it('is strict unless told otherwise', () => {
    expect(compiled('{ provider: main, model: text-embedding-3-small }')).toEqual({
      ttlMs: 3_600_000,
      refusals: false,
      toolCalls: false,
      zeroTemperatureOnly: false,
      semantic: {
        provider: 'main',
        model: 'text-embedding-3-small',
        threshold: 0.95,
        maxEntries: 2000,
        timeoutMs: 2000,
      },
    });
  });

  it('takes what it is told', () => {
    const text = '{ provider: main, model: e, threshold: 0.9, maxEntries: 5, timeout: 300ms }';
    expect(compiled(text)).toMatchObject({ semantic: { threshold: 0.9, maxEntries: 5, timeoutMs: 300 } });
  });

  it.each([
    ['{ provider: mian, model: e }', /^7:47: unknown provider `mian`, did you mean `main`\?$/],
    ['{ provider: claude, model: e }', /^7:47: a provider of the kind `anthropic` makes no vectors, write another$/],
    ['{ provider: main }', /`model` is missing/],
    ['{ model: e }', /`provider` is missing/],
    ['{ provider: main, model: e, threshold: 0.4 }', /`threshold` is not possible, write a number from 0\.5 to 1$/],
    ['{ provider: main, model: e, threshold: 1.1 }', /`threshold` is not possible, write a number from 0\.5 to 1$/],
    ['{ provider: main, model: e, treshold: 0.9 }', /unknown field `treshold`/],
    [
      '{ provider: main, model: e, maxEntries: 0 }',
      /`maxEntries` is not possible, write a whole number from 1 to 10000$/,
    ],
    [
      '{ provider: main, model: e, maxEntries: 1000000 }',
      /`maxEntries` is not possible, write a whole number from 1 to 10000$/,
    ],
    ['{ provider: main, model: e, timeout: never }', /`timeout` is not a duration/],
    ['true', /`semantic` is/],
  ])('refuses %s', (semantic, expected) => {
    expect(compiled(semantic)).toEqual([expect.stringMatching(expected)]);
  });
});
