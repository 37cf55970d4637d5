import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../providers/provider-table.ts';
import { readCatalogueFile } from './catalogue-file.ts';
import { sourceForKind } from './source-for-kind.ts';

/** Kinds whose prices nobody lists for us. A new row of the provider table belongs here, or gets its source. */
const WITHOUT_PRICES: ReadonlySet<string> = new Set([
  'alibaba',
  'ai21',
  'anthropic-compatible',
  'chutes',
  'databricks',
  'deepinfra',
  'demo',
  'digitalocean',
  'featherless',
  'friendli',
  'github-models',
  'hunyuan',
  'inference-net',
  'jina',
  'lambda',
  'lemonade',
  'llama-cpp',
  'lm-studio',
  'localai',
  'nvidia-nim',
  'ollama',
  'openai-compatible',
  'qianfan',
  'scaleway',
  'sglang',
  'siliconflow',
  'snowflake-cortex',
  'stackit',
  'stepfun',
  'tgi',
  'triton',
  'upstage',
  'venice',
  'vllm',
  'volcengine',
  'watsonx',
  'writer',
]);

describe('sourceForKind', () => {
  it('knows the source of every kind that has one, and no more', () => {
    const sources = readCatalogueFile().providers;
    for (const { kind } of PROVIDERS) {
      const found = [sourceForKind(kind, 'openai/model:groq')?.source, sourceForKind(kind, 'x')?.source];
      const name = found.find((source) => source !== undefined);
      expect(name === undefined, kind).toBe(WITHOUT_PRICES.has(kind));
      if (name !== undefined) expect(Object.keys(sources), kind).toContain(name);
    }
  });

  const cases: readonly (readonly [kind: string, model: string, source: string | undefined, name: string])[] = [
    ['openai', 'gpt-5', 'openai', 'gpt-5'],
    ['xai', 'grok-4', 'x-ai', 'grok-4'],
    ['google', 'models/gemini-3', 'google', 'gemini-3'],
    ['vertex', 'publishers/google/models/gemini-3', 'google', 'gemini-3'],
    [
      'bedrock',
      'arn:aws:bedrock:us-east-1::inference-profile/us.x',
      'aws',
      'arn:aws:bedrock:us-east-1::inference-profile/us.x',
    ],
    ['huggingface', 'meta-llama/x:fireworks-ai', 'huggingface_fireworks-ai', 'meta-llama/x'],
    ['huggingface', 'meta-llama/x', undefined, ''],
    ['vercel', 'anthropic/claude', 'anthropic', 'claude'],
    ['vercel', 'meta/llama', undefined, ''],
    ['vercel', 'constructor/x', undefined, ''],
    ['vercel', '/x', undefined, ''],
    ['ollama', 'llama3', undefined, ''],
    ['constructor', 'x', undefined, ''],
    ['', '', undefined, ''],
  ];
  it.each(cases)('%s %s', (kind, model, source, name) => {
    expect(sourceForKind(kind, model)).toEqual(source === undefined ? undefined : { source, model: name });
  });
});
