import {
  DIMENSIONS,
  isDimension,
  isMetric,
  METRICS,
  readCursor,
  type Aggregation,
  type Condition,
  type Metric,
  type Period,
  type Search,
  type TextField,
} from '@gatehouse/analytics';
import { parseDuration } from '@gatehouse/kernel';
import { ServiceError } from '@gatehouse/services';
import { Type, type TSchema } from 'typebox';

type Query = Readonly<Record<string, string>>;

const DAY_MS = 86_400_000;
/** Steps that a chart of a period has, when nobody says: some sixty. */
const STEPS_MS = [60_000, 300_000, 900_000, 3_600_000, 21_600_000, DAY_MS, 7 * DAY_MS];
const STEPS = 120;
const ROWS_MAX = 50_000;
const VALUES_MAX = 100;
const LIMIT_MAX = 1000;

/** Which of a record's texts can be looked through, by the parameter that says for what. */
const TEXTS: readonly TextField[] = [
  'path',
  'host',
  'userAgent',
  'clientIp',
  'policies',
  'upstreamTries',
  'owner',
  'traceId',
];

const WHERE: Readonly<Record<string, TSchema>> = {
  from: Type.String({ description: 'A time as in RFC 3339, or how long ago: `24h`, `30d`.' }),
  to: Type.String({ description: 'The same; left out: now. What is at it is not in the period.' }),
  ...Object.fromEntries(
    DIMENSIONS.map((name) => [
      name,
      Type.String({
        description: `Only calls with this ${name}; several with commas; with \`!\` in front: all others.`,
      }),
    ]),
  ),
};

export const SEARCH_QUERY: Readonly<Record<string, TSchema>> = {
  ...WHERE,
  ...Object.fromEntries(TEXTS.map((name) => [name, Type.String({ description: `What its ${name} has in it.` })])),
  slowerThan: Type.String({ description: 'Only calls that took at least so long: `250ms`.' }),
  limit: Type.Integer({ minimum: 1, maximum: LIMIT_MAX, default: 50 }),
  cursor: Type.String({ description: '`next` of the page before.' }),
};

export const AGGREGATE_QUERY: Readonly<Record<string, TSchema>> = {
  ...WHERE,
  metrics: Type.String({ description: `With commas: ${METRICS.join(', ')}.` }),
  by: Type.String({ description: `Told apart by, with commas: ${DIMENSIONS.join(', ')}.` }),
  step: Type.String({
    description: 'A number for each: `1m`, `1h`; `auto`: as a chart has it; left out: one for all.',
  }),
  top: Type.Integer({ minimum: 1, maximum: LIMIT_MAX, description: 'Only so many, the most of `order` first.' }),
  order: Type.String({ description: 'A metric; left out: the first.' }),
};

export const PERIOD_QUERY: Readonly<Record<string, TSchema>> = {
  from: WHERE['from'] ?? Type.String(),
  to: WHERE['to'] ?? Type.String(),
};

export function readSearch(query: Query, nowMs: number): Omit<Search, 'scope'> {
  refuseUnknown(query, SEARCH_QUERY);
  const { cursor, slowerThan } = query;
  if (cursor !== undefined && readCursor(cursor) === undefined)
    throw invalid('cursor', 'is none; it is `next` of a page');
  return {
    period: readPeriod(query, { nowMs, lastMs: DAY_MS }),
    where: readWhere(query),
    contains: TEXTS.flatMap((field) => (query[field] === undefined ? [] : [{ field, text: query[field] }])),
    minDurationMs: slowerThan === undefined ? undefined : durationOf('slowerThan', slowerThan),
    limit: countOf(query, { name: 'limit', max: LIMIT_MAX }) ?? 50,
    cursor,
  };
}

export function readAggregation(query: Query, nowMs: number): Omit<Aggregation, 'scope'> {
  refuseUnknown(query, AGGREGATE_QUERY);
  const period = readPeriod(query, { nowMs, lastMs: DAY_MS });
  const metrics = listOf(query['metrics'] ?? 'calls').map((name) => metricOf('metrics', name));
  if (metrics.length === 0) throw invalid('metrics', 'is empty; write `calls`, or leave it out');
  const by = listOf(query['by']).map((name) => {
    if (isDimension(name)) return name;
    throw invalid('by', `knows no ${name}; it is one of ${DIMENSIONS.join(', ')}`);
  });
  const stepMs = readStep(query['step'], period);
  const [first = 'calls'] = metrics;
  const limit = countOf(query, { name: 'top', max: LIMIT_MAX });
  const order = query['order'] === undefined ? first : metricOf('order', query['order']);
  const top = limit === undefined ? undefined : { by: order, limit };
  const asked = metrics.includes(order) ? metrics : [...metrics, order];
  return { period, where: readWhere(query), metrics: top === undefined ? metrics : asked, by, stepMs, top };
}

export function readPeriod(
  query: Query,
  { nowMs, lastMs }: { readonly nowMs: number; readonly lastMs: number },
): Period {
  const toMs = query['to'] === undefined ? nowMs : momentOf('to', query['to'], nowMs);
  const fromMs = query['from'] === undefined ? toMs - lastMs : momentOf('from', query['from'], nowMs);
  if (fromMs >= toMs) throw invalid('from', 'is not before `to`');
  return { fromMs, toMs };
}

export function readWhere(query: Query): readonly Condition[] {
  return DIMENSIONS.flatMap((dimension) => {
    const text = query[dimension];
    if (text === undefined) return [];
    const not = text.startsWith('!');
    const values = (not ? text.slice(1) : text).split(',');
    if (values.length > VALUES_MAX) throw invalid(dimension, `has more than ${VALUES_MAX} values`);
    return [{ dimension, values, ...(not && { not }) }];
  });
}

function readStep(text: string | undefined, { fromMs, toMs }: Period): number | undefined {
  if (text === undefined) return undefined;
  const auto = STEPS_MS.find((each) => (toMs - fromMs) / each <= STEPS) ?? STEPS_MS.at(-1);
  const stepMs = text === 'auto' ? (auto ?? DAY_MS) : durationOf('step', text);
  if (stepMs < 1000) throw invalid('step', 'is less than a second');
  if ((toMs - fromMs) / stepMs > ROWS_MAX)
    throw invalid('step', 'makes too many steps of this period; take a longer one');
  return stepMs;
}

function metricOf(parameter: string, name: string): Metric {
  if (isMetric(name)) return name;
  throw invalid(parameter, `knows no ${name}; it is one of ${METRICS.join(', ')}`);
}

const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

function momentOf(parameter: string, text: string, nowMs: number): number {
  const back = parseDuration(text);
  const at = back === undefined && MOMENT.test(text) ? Date.parse(text) : nowMs - (back ?? Number.NaN);
  if (Number.isFinite(at)) return at;
  throw invalid(parameter, 'is no time such as 2027-01-31T18:00:00Z, nor how long ago, such as 24h');
}

function durationOf(parameter: string, text: string): number {
  const value = parseDuration(text);
  if (value !== undefined) return value;
  throw invalid(parameter, 'is no duration, write one such as 250ms, 10s, 5m, 1h or 1d');
}

function countOf(query: Query, { name, max }: { readonly name: string; readonly max: number }): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= 1 && value <= max) return value;
  throw invalid(name, `is no number from 1 to ${max}`);
}

/** Who mistypes a filter would be shown everything. */
export function refuseUnknown(query: Query, known: Readonly<Record<string, TSchema>>): void {
  for (const name of Object.keys(query)) if (!Object.hasOwn(known, name)) throw invalid(name, 'is not known here');
}

export const listOf = (text: string | undefined): readonly string[] =>
  text === undefined || text === '' ? [] : text.split(',');

export function invalid(parameter: string, why: string): ServiceError {
  return new ServiceError('admin.invalid', `${parameter} ${why}`);
}
