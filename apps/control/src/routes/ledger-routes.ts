import {
  chargeBackCsv,
  isLedgerDimension,
  LEDGER_DIMENSIONS,
  reconciliationCsv,
  reconciliationText,
  type LedgerCondition,
  type LedgerDimension,
} from '@gatehouse/analytics';
import {
  chargeBack,
  exportLedger,
  RECONCILE,
  reconcileLedger,
  RERATE,
  rerateLedger,
  verifyLedger,
} from '@gatehouse/services';
import { Type, type TSchema } from 'typebox';
import { invalid, listOf, PERIOD_QUERY, readPeriod, refuseUnknown } from './calls-query.ts';
import { both } from './calls-routes.ts';
import type { AdminReply, Route } from './route.ts';

type Query = Readonly<Record<string, string>>;

const MONTH_MS = 30 * 86_400_000;
const CSV = 'text/csv; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';
const TOLERANCE_MAX = 100;
const KEPT_MAX = 100;

const tag = 'ledger';

const CHARGE_BACK_QUERY: Readonly<Record<string, TSchema>> = {
  ...PERIOD_QUERY,
  by: Type.String({
    description: `Told apart by, with commas: ${LEDGER_DIMENSIONS.join(', ')}.`,
    default: 'team,application',
  }),
  ...Object.fromEntries(
    LEDGER_DIMENSIONS.map((name) => [
      name,
      Type.String({ description: `Only calls with this ${name}; several with commas.` }),
    ]),
  ),
  format: Type.Enum(['json', 'csv'], { default: 'json' }),
};

const RECONCILE_QUERY: Readonly<Record<string, TSchema>> = {
  ...PERIOD_QUERY,
  provider: Type.String({ description: 'Whose export it is, as the configuration calls it.' }),
  tolerance: Type.Number({
    minimum: 0,
    maximum: TOLERANCE_MAX,
    default: 1,
    description: 'By how many percent of theirs ours may be more or less; at most four decimals.',
  }),
  format: Type.Enum(['json', 'csv', 'text'], { default: 'json' }),
};

const VERIFY_QUERY: Readonly<Record<string, TSchema>> = {
  head: Type.String({ description: 'Hashes of heads that were kept elsewhere, with commas: each has to be of a row.' }),
};

/** What calls cost: charge-back, rating again, and what vendors say of it. */
export const LEDGER_ROUTES: readonly Route[] = [
  ...both('/ledger/charge-back', {
    tag,
    method: 'GET',
    operationId: 'chargeBack',
    summary: 'What each team and application has to pay for calls to models.',
    permission: 'ledger:read',
    query: CHARGE_BACK_QUERY,
    replies: {
      200: '`rows` and `total`, costs in US dollars with six decimals; as CSV: the same, the total at the end.',
    },
    handle: async (ctx, { query }) => {
      refuseUnknown(query, CHARGE_BACK_QUERY);
      const format = formatOf(query, ['json', 'csv']);
      const period = readPeriod(query, { nowMs: ctx.clock.now(), lastMs: MONTH_MS });
      const found = await chargeBack(ctx, { period, by: readBy(query['by']), where: readConditions(query) });
      if (format === 'json') return { status: 200, body: { ...found } };
      const days = [period.fromMs, period.toMs].map((ms) => new Date(ms).toISOString().slice(0, 10)).join('-to-');
      return fileReply({ name: `charge-back-${days}.csv`, mediaType: CSV, text: chargeBackCsv(found) });
    },
  }),
  ...both('/ledger/reconcile', {
    tag,
    method: 'POST',
    operationId: 'reconcileLedger',
    summary: 'Holds the ledger against the usage or cost export of a vendor, by day and model.',
    permission: 'ledger:read',
    query: RECONCILE_QUERY,
    body: RECONCILE,
    once: true,
    replies: { 200: '`verdict`, and of each day and model what is ours, theirs and the difference.' },
    handle: async (ctx, { query, body }) => {
      refuseUnknown(query, RECONCILE_QUERY);
      const format = formatOf(query, ['json', 'csv', 'text']);
      const { provider } = query;
      if (provider === undefined || provider === '') throw invalid('provider', 'is missing; say whose export it is');
      const isAsked = query['from'] !== undefined || query['to'] !== undefined;
      const period = isAsked ? readPeriod(query, { nowMs: ctx.clock.now(), lastMs: MONTH_MS }) : undefined;
      const found = await reconcileLedger(ctx, {
        provider,
        period,
        tolerancePercent: readTolerance(query['tolerance']),
        body,
      });
      if (format === 'json') return { status: 200, body: { ...found } };
      if (format === 'text')
        return fileReply({ name: 'reconciliation.txt', mediaType: TEXT, text: `${reconciliationText(found)}\n` });
      return fileReply({ name: 'reconciliation.csv', mediaType: CSV, text: reconciliationCsv(found) });
    },
  }),
  {
    tag,
    method: 'POST',
    path: '/ledger/rerate',
    operationId: 'rerateLedger',
    summary:
      'Rates calls of a period again by other prices: the differences are appended, no row is changed. Twice by the same prices adds nothing.',
    permission: 'ledger:rerate',
    body: RERATE,
    replies: { 200: 'Of each model how many calls, and what they cost before and after.' },
    handle: async (ctx, { body }) => ({ status: 200, body: { ...(await rerateLedger(ctx, body)) } }),
  },
  {
    tag,
    method: 'GET',
    path: '/ledger/verify',
    operationId: 'verifyLedger',
    summary: 'Whether every row of the ledger is as it was written, and where its chains end.',
    permission: 'ledger:read',
    query: VERIFY_QUERY,
    replies: { 200: '`ok`, `rows`, `heads`, and `problem`: what is wrong first, and where.' },
    handle: async (ctx, { query }) => {
      refuseUnknown(query, VERIFY_QUERY);
      const { rows, heads, problem } = await verifyLedger(ctx, readKept(query['head']));
      return {
        status: 200,
        body: { ok: problem === undefined, rows, heads, ...(problem !== undefined && { problem }) },
      };
    },
  },
  {
    tag,
    method: 'GET',
    path: '/ledger/export',
    operationId: 'exportLedger',
    summary:
      'Takes the ledger away, for `gatehouse ledger verify FILE`; that it was is audited, with where its chains end.',
    permission: 'ledger:export',
    mediaType: 'application/x-ndjson',
    replies: { 200: 'A line each: rows, and where chains begin and end.' },
    handle: async (ctx) => {
      const content = await exportLedger(ctx);
      return {
        status: 200,
        file: { name: 'ledger.ndjson', mediaType: 'application/x-ndjson; charset=utf-8', content },
      };
    },
  },
];

function fileReply({ name, mediaType, text }: Readonly<Record<'name' | 'mediaType' | 'text', string>>): AdminReply {
  return { status: 200, file: { name, mediaType, content: once(Buffer.from(text)) } };
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}

function formatOf<Format extends string>(query: Query, formats: readonly Format[]): Format {
  const found = formats.find((each) => each === (query['format'] ?? 'json'));
  if (found !== undefined) return found;
  throw invalid('format', `is one of ${formats.join(', ')}`);
}

function readBy(text = 'team,application'): readonly LedgerDimension[] {
  const names = listOf(text).map((name) => {
    if (isLedgerDimension(name)) return name;
    throw invalid('by', `knows no ${name}; it is one of ${LEDGER_DIMENSIONS.join(', ')}`);
  });
  if (new Set(names).size < names.length) throw invalid('by', 'names something twice');
  return names;
}

function readConditions(query: Query): readonly LedgerCondition[] {
  return LEDGER_DIMENSIONS.flatMap((dimension) => {
    const text = query[dimension];
    return text === undefined ? [] : [{ dimension, values: text.split(',') }];
  });
}

function readTolerance(text = '1'): number {
  const value = Number(text);
  if (/^\d{1,3}(?:\.\d{1,4})?$/.test(text) && value <= TOLERANCE_MAX) return value;
  throw invalid('tolerance', `is no number of percent from 0 to ${TOLERANCE_MAX}, with at most four decimals`);
}

function readKept(text: string | undefined): readonly string[] {
  const kept = listOf(text);
  if (kept.length > KEPT_MAX) throw invalid('head', `has more than ${KEPT_MAX} hashes`);
  const wrong = kept.find((hash) => !/^[0-9a-f]{64}$/.test(hash));
  if (wrong !== undefined) throw invalid('head', 'is no hash of 64 hexadecimal digits');
  return kept;
}
