import {
  decimalOf,
  isLedgerDimension,
  LEDGER_DIMENSIONS,
  rateOf,
  ratesVersion,
  usdText,
  type LedgerCondition,
  type ModelRates,
  type Period,
  type Rerated,
  type TokenRates,
} from '@gatehouse/analytics';
import { Type, type Static } from 'typebox';
import { readInput } from '../entities/read-input.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { answered, ledgerOf, requireHouse } from './ledger-access.ts';
import { noteInAudit } from './read-ledger.ts';

const AMOUNT = Type.Union([Type.String({ maxLength: 40 }), Type.Number({ minimum: 0 })]);
const MOMENT = Type.String({ maxLength: 40, description: 'A day, or a time as in RFC 3339.' });

const RATES = Type.Object(
  {
    input: AMOUNT,
    cached: Type.Optional(AMOUNT),
    output: AMOUNT,
    reasoning: Type.Optional(AMOUNT),
    perRequest: Type.Optional(AMOUNT),
  },
  {
    additionalProperties: false,
    description:
      'USD for a million tokens, at most six decimals; `cached` is as `input`, `reasoning` as `output` where left out; `perRequest` is USD for a call.',
  },
);

export const RERATE = Type.Object(
  {
    period: Type.Object({ from: MOMENT, to: MOMENT }, { additionalProperties: false, description: 'Of the calls.' }),
    where: Type.Optional(
      Type.Partial(Type.Object(Object.fromEntries(LEDGER_DIMENSIONS.map((name) => [name, Type.String()]))), {
        additionalProperties: false,
        description: 'Only calls of which all of this holds.',
      }),
    ),
    prices: Type.Record(Type.String(), Type.Union([RATES, Type.String({ maxLength: 400 })]), {
      minProperties: 1,
      maxProperties: 1000,
      description: '`provider/model` → prices, or the name of a price version that the catalogue has.',
    }),
    dryRun: Type.Optional(Type.Boolean({ description: 'Says what it would come to, and writes nothing.' })),
  },
  { additionalProperties: false },
);

export interface RerateOutcome {
  readonly dryRun: boolean;
  readonly models: readonly RerateRow[];
  readonly total: Omit<RerateRow, 'provider' | 'model' | 'priceVersion'>;
}

interface RerateRow extends Pick<Rerated, 'provider' | 'model' | 'priceVersion' | 'calls' | 'unchanged' | 'unrated'> {
  readonly beforeUsd: string;
  readonly afterUsd: string;
  readonly differenceUsd: string;
}

/**
 * Rates calls again: what their cost changes by is appended. It takes the right for the whole house: nobody changes what
 * their own team pays. Stands in the audit before it is done, and again with what it came to.
 */
export async function rerateLedger(ctx: ServiceContext, body: unknown): Promise<RerateOutcome> {
  requireHouse(ctx, 'ledger:rerate');
  const input = readInput(RERATE, body);
  const { dryRun = false } = input;
  const prices = Object.entries(input.prices).map(([place, price]) => pricesOf(ctx, place, price));
  const order = { period: periodOf(input.period), where: whereOf(input.where ?? {}), prices, dryRun };
  if (!dryRun) await noteInAudit(ctx, 'ledger.rerate', { ...order });
  const rerated = await answered(async () => ledgerOf(ctx).rerate({ ...order, ratedMs: ctx.clock.now() }));
  const outcome = outcomeOf(rerated, dryRun);
  if (!dryRun) await noteInAudit(ctx, 'ledger.rerated', { ...outcome });
  return outcome;
}

function pricesOf(ctx: ServiceContext, place: string, price: string | Static<typeof RATES>): ModelRates {
  const at = place.indexOf('/');
  const [provider, model] = [place.slice(0, Math.max(at, 0)), place.slice(at + 1)];
  if (provider === '' || model === '')
    throw new ServiceError('admin.invalid', `prices ${place}: write provider/model, as the configuration calls them`);
  if (typeof price !== 'string') {
    const rates = ratesOf(place, price);
    return { provider, model, rates, priceVersion: ratesVersion(rates) };
  }
  const rates = ctx.prices?.ratesOf(price);
  if (rates !== undefined) return { provider, model, rates, priceVersion: price };
  throw new ServiceError('admin.invalid', `prices ${place}: no prices are called ${price}; write them out instead`);
}

function ratesOf(place: string, given: Static<typeof RATES>): TokenRates {
  const rate = (name: 'input' | 'cached' | 'output' | 'reasoning', otherwise?: number): number => {
    const amount = given[name];
    const parsed = amount === undefined ? otherwise : rateOf(String(amount));
    if (parsed !== undefined) return parsed;
    throw new ServiceError(
      'admin.invalid',
      `prices ${place}: ${name} is no price in USD for a million tokens, such as "1.25", with at most six decimals`,
    );
  };
  const [input, output] = [rate('input'), rate('output')];
  const rates = { input, cached: rate('cached', input), output, reasoning: rate('reasoning', output) };
  return given.perRequest === undefined
    ? rates
    : { ...rates, perRequest: perRequestOf(place, String(given.perRequest)) };
}

const PICO_DECIMALS = 12;

function perRequestOf(place: string, text: string): number {
  const pico = decimalOf(text, PICO_DECIMALS);
  if (pico !== undefined && pico >= 0n && pico <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(pico);
  throw new ServiceError('admin.invalid', `prices ${place}: perRequest is no amount in USD for a call, such as "0.01"`);
}

const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

function periodOf({ from, to }: { readonly from: string; readonly to: string }): Period {
  const [fromMs, toMs] = (
    [
      ['from', from],
      ['to', to],
    ] as const
  ).map(([name, text]) => {
    const at = DAY_OR_TIME.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(at)) return at;
    throw new ServiceError('admin.invalid', `period ${name} is no time such as 2026-11-01 or 2026-11-01T00:00:00Z`);
  });
  if (fromMs !== undefined && toMs !== undefined && fromMs < toMs) return { fromMs, toMs };
  throw new ServiceError('admin.invalid', 'period from is not before to');
}

function whereOf(where: Readonly<Record<string, unknown>>): readonly LedgerCondition[] {
  return Object.entries(where).flatMap(([dimension, value]) =>
    isLedgerDimension(dimension) && typeof value === 'string' ? [{ dimension, values: [value] }] : [],
  );
}

function outcomeOf(rerated: readonly Rerated[], dryRun: boolean): RerateOutcome {
  const models = rerated.map(({ provider, model, priceVersion, ...counts }) => ({
    provider,
    model,
    priceVersion,
    ...shown(counts),
  }));
  const sum = (of: (each: Rerated) => bigint): bigint => rerated.reduce((all, each) => all + of(each), 0n);
  const total = shown({
    calls: Number(sum(({ calls }) => BigInt(calls))),
    unchanged: Number(sum(({ unchanged }) => BigInt(unchanged))),
    unrated: Number(sum(({ unrated }) => BigInt(unrated))),
    beforeMicroUsd: sum(({ beforeMicroUsd }) => beforeMicroUsd),
    afterMicroUsd: sum(({ afterMicroUsd }) => afterMicroUsd),
  });
  return { dryRun, models, total };
}

function shown({
  calls,
  unchanged,
  unrated,
  beforeMicroUsd,
  afterMicroUsd,
}: Omit<Rerated, 'provider' | 'model' | 'priceVersion'>): RerateOutcome['total'] {
  return {
    calls,
    unchanged,
    unrated,
    beforeUsd: usdText(beforeMicroUsd),
    afterUsd: usdText(afterMicroUsd),
    differenceUsd: usdText(afterMicroUsd - beforeMicroUsd),
  };
}
