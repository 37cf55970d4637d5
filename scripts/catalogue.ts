/**
 * Writes `packages/ai/src/catalogue/catalogue.json` from what `@pydantic/genai-prices` knows, for the vendors that we
 * know too. Run by hand after the package was updated: `node scripts/catalogue.ts`. The same package always makes the
 * same file; the registry is asked for the package's date only when its version is new.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  waitForUpdate,
  type ConditionalPrice,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
  type Provider,
} from '@pydantic/genai-prices';
import type {
  Matcher,
  PriceRow,
  SourceModel,
  SourceProvider,
  TierRow,
} from '../packages/ai/src/catalogue/catalogue-file.ts';
import { isSource } from '../packages/ai/src/catalogue/source-for-kind.ts';
import type { FeeName, RateName } from '../packages/ai/src/pricing/prices.ts';

const ROOT = path.dirname(import.meta.dirname);
const FILE = path.join(ROOT, 'packages/ai/src/catalogue/catalogue.json');
const SOURCE = '@pydantic/genai-prices';
const PACKAGE = path.join(ROOT, 'node_modules', SOURCE);
const FORMAT = 1;

/** The source's names of token prices, in USD per million. What is not here is priced by no call that we see. */
const RATES: ReadonlyMap<string, RateName> = new Map([
  ['input_mtok', 'input'],
  ['cache_read_mtok', 'cacheRead'],
  ['cache_write_mtok', 'cacheWrite'],
  ['cache_write_1h_mtok', 'cacheWrite1h'],
  ['output_mtok', 'output'],
  ['output_reasoning_mtok', 'reasoning'],
  ['input_audio_mtok', 'inputAudio'],
  ['input_image_mtok', 'inputImage'],
  ['input_video_mtok', 'inputVideo'],
  ['cache_audio_read_mtok', 'cacheReadAudio'],
  ['cache_image_read_mtok', 'cacheReadImage'],
  ['output_audio_mtok', 'outputAudio'],
  ['output_image_mtok', 'outputImage'],
  ['output_video_mtok', 'outputVideo'],
]);
/** In USD per thousand. */
const FEES: ReadonlyMap<string, FeeName> = new Map([
  ['requests_kcount', 'perRequest'],
  ['web_searches_kcount', 'perWebSearch'],
  ['storage_searches_kcount', 'perFileSearch'],
]);
const PICO_USD_PER_MTOK = 1e6;
const PICO_USD_PER_KCOUNT = 1e9;

const skipped = new Map<string, number>();
const rounded: string[] = [];

function pico(amount: number, per: number, name: string): number {
  const exact = amount * per;
  const whole = Math.round(exact);
  // Prices that the source computed itself carry the dust of binary fractions, or thirds.
  if (Math.abs(exact - whole) > 1e-6) rounded.push(`${name}: ${amount}`);
  return whole;
}

function count(name: string): void {
  skipped.set(name, (skipped.get(name) ?? 0) + 1);
}

function priceRow(prices: ModelPrice, name: string): PriceRow | undefined {
  const row: Partial<Record<RateName | FeeName, number>> = {};
  const tiers = new Map<number, Partial<Record<RateName, number>>>();
  for (const [key, rate] of RATES) {
    const price = prices[key];
    if (price === undefined) continue;
    row[rate] = pico(typeof price === 'number' ? price : price.base, PICO_USD_PER_MTOK, name);
    if (typeof price === 'number') continue;
    for (const { start, price: higher } of price.tiers) {
      const tier = tiers.get(start) ?? {};
      tiers.set(start, tier);
      tier[rate] = pico(higher, PICO_USD_PER_MTOK, name);
    }
  }
  for (const [key, fee] of FEES) {
    const price = prices[key];
    if (typeof price === 'number') row[fee] = pico(price, PICO_USD_PER_KCOUNT, name);
  }
  for (const key of Object.keys(prices)) if (!RATES.has(key) && !FEES.has(key)) count(`price ${key}`);
  if (Object.keys(row).length === 0) return undefined;
  return tiers.size === 0 ? row : { ...row, tiers: tierRows(tiers) };
}

/** Each tier says only what it changes against the one below. */
function tierRows(tiers: ReadonlyMap<number, Partial<Record<RateName, number>>>): readonly TierRow[] {
  return [...tiers].toSorted(([one], [other]) => one - other).map(([above, rates]) => ({ above, ...rates }));
}

function pricesOf(model: ModelInfo, name: string): readonly PriceRow[] | undefined {
  // A model that is given away has no prices there; so have those whose prices nobody looked up.
  if (model.id.endsWith(':free')) return [{ input: 0, output: 0 }];
  if (!Array.isArray(model.prices)) {
    const row = priceRow(model.prices, name);
    return row === undefined ? undefined : [row];
  }
  const rows = model.prices.map((price) => conditionalRow(price, name));
  return rows.every((row) => row !== undefined) ? rows : undefined;
}

function conditionalRow({ constraint, prices }: ConditionalPrice, name: string): PriceRow | undefined {
  const row = priceRow(prices, name);
  if (row === undefined || constraint === undefined) return row;
  if (constraint.type === 'start_date') return { from: constraint.start_date, ...row };
  return { daily: [secondOfDay(constraint.start_time), secondOfDay(constraint.end_time)], ...row };
}

function secondOfDay(time: string): number {
  const parts = /^(\d\d):(\d\d):(\d\d)Z$/.exec(time);
  if (parts === null) throw new Error(`${time}: only times in UTC are understood`);
  return Number(parts[1]) * 3600 + Number(parts[2]) * 60 + Number(parts[3]);
}

type Leaf = Exclude<keyof Matcher, 'all'>;
const LEAVES: ReadonlyMap<string, Leaf> = new Map([
  ['equals', 'equals'],
  ['starts_with', 'starts'],
  ['contains', 'contains'],
  ['ends_with', 'ends'],
  ['regex', 'regex'],
]);

function matcher(logic: MatchLogic): Matcher {
  const lists: Partial<Record<Leaf, Set<string>>> = {};
  const all: (readonly Matcher[])[] = [];
  const collect = (part: MatchLogic): void => {
    if ('or' in part) part.or.forEach(collect);
    else if ('and' in part) all.push(part.and.map(matcher));
    else {
      for (const [key, text] of Object.entries(part)) {
        const leaf = LEAVES.get(key);
        if (leaf === undefined) throw new Error(`${key}: not a way to match that is understood`);
        (lists[leaf] ??= new Set()).add(leaf === 'regex' ? safeRegex(text) : text.toLowerCase());
      }
    }
  };
  collect(logic);
  const plain = [...LEAVES.values()].flatMap((leaf) => (lists[leaf] === undefined ? [] : [[leaf, [...lists[leaf]]]]));
  return { ...Object.fromEntries(plain), ...(all.length === 0 ? {} : { all }) };
}

/** Names come from strangers: an expression must be anchored, and repeat nothing that is itself repeated. */
function safeRegex(text: string): string {
  if (!text.startsWith('^') || /\)[*+{]|[*+].*[*+]/.test(text)) throw new Error(`${text}: may take too long`);
  return text;
}

function modelOf(model: ModelInfo, provider: string): SourceModel {
  const match = matcher(model.match);
  const obvious =
    Object.keys(match).length === 1 && match.equals?.length === 1 && match.equals[0] === model.id.toLowerCase();
  const prices = pricesOf(model, `${provider}/${model.id}`);
  return {
    id: model.id,
    ...(obvious ? {} : match),
    ...(model.context_window === undefined ? {} : { context: model.context_window }),
    ...(prices === undefined ? {} : { prices }),
  };
}

function providerOf({ id, models, fallback_model_providers: fallbacks }: Provider): SourceProvider {
  return { ...(fallbacks === undefined ? {} : { fallbacks }), models: models.map((model) => modelOf(model, id)) };
}

function wanted(providers: readonly Provider[]): readonly Provider[] {
  const used = providers.filter(({ id }) => isSource(id));
  const fallbacks = new Set(used.flatMap((provider) => provider.fallback_model_providers ?? []));
  return providers
    .filter((provider) => used.includes(provider) || fallbacks.has(provider.id))
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

function memberOf(json: string, member: string): string | undefined {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) return undefined;
  const found = Object.entries(value).find(([name]) => name === member)?.[1];
  return typeof found === 'string' ? found : undefined;
}

/** The day on which the version was published. */
function dateOf(version: string, before: string): string {
  if (memberOf(before, 'version') === version) return memberOf(before, 'date') ?? '';
  const times = execFileSync('npm', ['view', SOURCE, 'time', '--json'], { encoding: 'utf8' });
  return (memberOf(times, version) ?? '').slice(0, 'YYYY-MM-DD'.length);
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}

/** A model a line, so that a difference between two versions can be read. */
function write(head: Readonly<Record<string, string | number>>, providers: readonly Provider[]): string {
  const heads = Object.entries(head).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},\n`);
  const bodies = providers.map((provider) => {
    const { models, ...rest } = providerOf(provider);
    const members = Object.entries(rest).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`);
    const lines = models.map((model) => JSON.stringify(model)).join(',\n');
    return `${JSON.stringify(provider.id)}:{${members.join('')}"models":[\n${lines}\n]}`;
  });
  return `{\n${heads.join('')}"providers":{\n${bodies.join(',\n')}\n}\n}\n`;
}

const providers = wanted((await waitForUpdate()) ?? []);
const manifest = readFileSync(path.join(PACKAGE, 'package.json'), 'utf8');
const version = memberOf(manifest, 'version') ?? '';
const text = write({ format: FORMAT, source: SOURCE, version, date: dateOf(version, readOr(FILE, '{}')) }, providers);
writeFileSync(FILE, text);
// Its licence asks to go with the facts.
writeFileSync(`${FILE}.license`, readFileSync(path.join(PACKAGE, 'LICENSE')));

const models = providers.reduce((sum, provider) => sum + provider.models.length, 0);
process.stdout.write(`${SOURCE} ${version}: ${providers.length} providers, ${models} models, ${text.length} bytes\n`);
for (const [name, times] of skipped) process.stdout.write(`left out ${times} × ${name}\n`);
for (const name of rounded) process.stdout.write(`rounded ${name}\n`);
