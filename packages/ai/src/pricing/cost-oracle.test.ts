import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { calcPrice } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelFacts } from '../catalogue/catalogue.ts';
import { readCatalogueFile, type Matcher, type SourceModel } from '../catalogue/catalogue-file.ts';
import { costOf, type Extras } from './cost.ts';

/** Kinds whose names of models are the source's own. */
const KINDS: readonly (readonly [kind: string, source: string])[] = [
  ['openai', 'openai'],
  ['anthropic', 'anthropic'],
  ['google', 'google'],
  ['bedrock', 'aws'],
  ['azure-openai', 'azure'],
  ['mistral', 'mistral'],
  ['cohere', 'cohere'],
  ['groq', 'groq'],
  ['deepseek', 'deepseek'],
  ['xai', 'x-ai'],
  ['together', 'together'],
  ['fireworks', 'fireworks'],
  ['openrouter', 'openrouter'],
  ['perplexity', 'perplexity'],
  ['cerebras', 'cerebras'],
  ['moonshot', 'moonshotai'],
  ['zai', 'zai'],
  ['minimax', 'minimax'],
  ['baseten', 'baseten'],
  ['novita', 'novita'],
  ['ovhcloud', 'ovhcloud'],
  ['cloudflare-workers-ai', 'cloudflare'],
  ['voyage', 'voyageai'],
];
const FILE = readCatalogueFile();
/** A newer package has other prices, which is no mistake of ours. */
const IS_SOURCE = installedManifest().includes(`"version": "${FILE.version}"`);

function installedManifest(): string {
  const entry = createRequire(import.meta.url).resolve(FILE.source);
  return readFileSync(path.join(path.dirname(entry), '..', 'package.json'), 'utf8');
}

function textsOf({ equals = [], starts = [], contains = [], ends = [], all = [] }: Matcher): readonly string[] {
  return [...equals, ...starts, ...contains, ...ends, ...all.flat().flatMap(textsOf)];
}

function namesOf(source: string): readonly string[] {
  const { models = [], fallbacks = [] } = FILE.providers[source] ?? {};
  const own = models.flatMap((model: SourceModel) => [model.id, ...textsOf(model)]);
  return [...own, ...fallbacks.flatMap(namesOf)];
}

const PLACES = KINDS.flatMap(([kind, source]) => [...new Set(namesOf(source))].map((name) => ({ kind, source, name })));
const place = fc.constantFrom(...PLACES);
const time = fc
  .date({ min: new Date('2025-01-01T00:00:00Z'), max: new Date('2027-06-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.getTime());
const count = fc.oneof(fc.nat(300), fc.nat(400_000), fc.nat(3_000_000));

interface Given {
  readonly kind: string;
  readonly source: string;
  readonly name: string;
  readonly atMs: number;
}

function oracle({ source, name, atMs }: Given, usage: Readonly<Record<string, number>>): ReturnType<typeof calcPrice> {
  return calcPrice(usage, name, { providerId: source, timestamp: new Date(atMs) });
}

/** Half a micro-USD by rounding; half a pico-USD a token where the source's price is a binary fraction of more digits. */
function expectSame(microUsd: number | undefined, usd: number, tokens: number): void {
  expect(Math.abs((microUsd ?? Number.NaN) - usd * 1e6)).toBeLessThanOrEqual(0.5 + tokens * 5e-7 + usd * 1e-6);
}

describe.runIf(IS_SOURCE)('the catalogue, against its source', () => {
  it('finds the same model by every name, and by what is made of names', () => {
    const part = fc.constantFrom(
      '',
      '-',
      '-20250514',
      '-2025-05-14',
      ':0',
      '@20250929',
      '-v1:0',
      '-tts',
      'us.',
      'x',
      ' ',
      'LATEST',
    );
    fc.assert(
      fc.property(place, part, part, time, fc.boolean(), (named, before, behind, atMs, shout) => {
        const plain = `${before}${named.name}${behind}`;
        const name = shout ? plain.toUpperCase() : plain;
        // Google's names are looked for behind the last slash, which the source does not do.
        fc.pre(named.kind !== 'google' || !name.includes('/'));
        const theirs = oracle({ ...named, name, atMs }, {})?.model.id;
        const ours = modelFacts(named.kind, name, atMs)?.id;
        expect(ours?.slice(ours.indexOf('/') + 1)).toBe(theirs);
      }),
      { numRuns: 5000 },
    );
  });

  it('prices the same usage the same', () => {
    const usage = fc.record({
      inputUncached: count,
      cacheRead: count,
      cacheWrite: count,
      outputText: count,
      reasoning: count,
    });
    let compared = 0;
    fc.assert(
      fc.property(place, time, usage, (named, atMs, drawn) => {
        fc.pre(named.kind !== 'google' || !named.name.includes('/'));
        const given = { ...named, atMs };
        const facts = modelFacts(given.kind, given.name, atMs);
        const listed = oracle(given, {})?.model_price ?? {};
        if (facts?.prices === undefined || listed['input_mtok'] === undefined) return;
        // What the source has no price for it leaves out, or takes for plain input.
        const cacheRead = listed['cache_read_mtok'] === undefined ? 0 : drawn.cacheRead;
        const cacheWrite = listed['cache_write_mtok'] === undefined ? 0 : drawn.cacheWrite;
        const [outputText, reasoning] =
          listed['output_mtok'] === undefined ? [0, 0] : [drawn.outputText, drawn.reasoning];
        const { inputUncached } = drawn;
        const theirs = oracle(given, {
          input_tokens: inputUncached + cacheRead + cacheWrite,
          cache_read_tokens: cacheRead,
          cache_write_tokens: cacheWrite,
          output_tokens: outputText + reasoning,
          output_reasoning_tokens: reasoning,
        });
        const ours = costOf({ inputUncached, cacheRead, cacheWrite, outputText, reasoning }, facts);
        expectSame(
          ours?.microUsd,
          theirs?.total_price ?? -1,
          inputUncached + cacheRead + cacheWrite + outputText + reasoning,
        );
        compared += 1;
      }),
      { numRuns: 10_000 },
    );
    expect(compared).toBeGreaterThan(5000);
  });

  it('prices audio, images, long caches and searches the same', () => {
    const models: readonly (readonly [kind: string, source: string, name: string])[] = [
      ['openai', 'openai', 'gpt-realtime'],
      ['openai', 'openai', 'gpt-audio'],
      ['openai', 'openai', 'gpt-5.5'],
      ['google', 'google', 'gemini-2.5-flash'],
      ['google', 'google', 'gemini-3.1-flash-live-preview'],
      ['google', 'google', 'gemini-3-pro-image-preview'],
      ['anthropic', 'anthropic', 'claude-opus-4-6'],
    ];
    const part = fc.nat(2000);
    const usage = fc.record({ input: part, cached: part, written: part, text: part });
    const parts = fc.record({
      audio: part,
      image: part,
      audioCached: part,
      audioOut: part,
      imageOut: part,
      kept: part,
      searches: part,
    });
    fc.assert(
      fc.property(fc.constantFrom(...models), usage, parts, ([kind, source, name], used, some) => {
        const given = { kind, source, name, atMs: Date.parse('2026-06-01T00:00:00Z') };
        const prices = oracle(given, {})?.model_price ?? {};
        const priced = (key: string, amount: number): number => (prices[key] === undefined ? 0 : amount);
        const extras = {
          inputAudio: priced('input_audio_mtok', some.audio),
          inputImage: priced('input_image_mtok', some.image),
          cacheReadAudio: priced('cache_audio_read_mtok', some.audioCached),
          outputAudio: priced('output_audio_mtok', some.audioOut),
          outputImage: priced('output_image_mtok', some.imageOut),
          webSearches: priced('web_searches_kcount', some.searches),
        } satisfies Extras;
        const cacheWrite1h = priced('cache_write_1h_mtok', some.kept);
        const inputUncached = used.input + extras.inputAudio + extras.inputImage;
        const cacheRead = priced('cache_read_mtok', used.cached) + extras.cacheReadAudio;
        const cacheWrite = priced('cache_write_mtok', used.written) + cacheWrite1h;
        const outputText = used.text + extras.outputAudio + extras.outputImage;
        const theirs = oracle(given, {
          input_tokens: inputUncached + cacheRead + cacheWrite,
          cache_read_tokens: cacheRead,
          cache_write_tokens: cacheWrite,
          cache_write_1h_tokens: cacheWrite1h,
          input_audio_tokens: extras.inputAudio + extras.cacheReadAudio,
          input_image_tokens: extras.inputImage,
          cache_audio_read_tokens: extras.cacheReadAudio,
          // It wants to be told where two kinds may overlap.
          cache_image_read_tokens: 0,
          output_tokens: outputText,
          output_audio_tokens: extras.outputAudio,
          output_image_tokens: extras.outputImage,
          web_searches: extras.webSearches,
        });
        const ours = costOf(
          { inputUncached, cacheRead, cacheWrite, cacheWrite1h, outputText },
          modelFacts(kind, name, given.atMs),
          extras,
        );
        expectSame(ours?.microUsd, theirs?.total_price ?? -1, 0);
      }),
    );
  });
});
