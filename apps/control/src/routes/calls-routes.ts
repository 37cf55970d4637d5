import { aggregateCalls, exportRecords, followRecords, getBodies, getRecord, searchRecords } from '@gatehouse/services';
import { ServiceError } from '@gatehouse/services';
import { storyOf } from '@gatehouse/analytics';
import { Type } from 'typebox';
import {
  AGGREGATE_QUERY,
  PERIOD_QUERY,
  readAggregation,
  readPeriod,
  readSearch,
  readWhere,
  SEARCH_QUERY,
} from './calls-query.ts';
import type { Route } from './route.ts';

const DAY_MS = 86_400_000;
const FORMATS = { parquet: 'application/vnd.apache.parquet', csv: 'text/csv; charset=utf-8' } as const;

const base = { tag: 'calls', method: 'GET' } as const;

/** Everywhere, and in one workspace: the same, for what whoever asks may see there. */
export function both(path: string, route: Omit<Route, 'path'>): readonly Route[] {
  return [
    { ...route, path },
    { ...route, path: `/workspaces/{workspace}${path}`, operationId: `${route.operationId}OfWorkspace` },
  ];
}

/** What has been called, how it went, and what it came to. */
export const CALLS_ROUTES: readonly Route[] = [
  ...both('/records', {
    ...base,
    operationId: 'searchRecords',
    summary: 'Calls as they were recorded, the newest first.',
    permission: 'records:read',
    query: SEARCH_QUERY,
    replies: { 200: '`records`, `next` for the page behind it, and `gaps`: where records were lost.' },
    handle: async (ctx, { query }) => ({
      status: 200,
      body: { ...(await searchRecords(ctx, readSearch(query, ctx.clock.now()))) },
    }),
  }),
  ...both('/records/live', {
    ...base,
    operationId: 'followRecords',
    summary: 'Calls as they come, a line of JSON each, until the connection is closed.',
    permission: 'records:read',
    query: Object.fromEntries(
      Object.entries(AGGREGATE_QUERY).filter(
        ([name]) => !['from', 'to', 'metrics', 'by', 'step', 'top', 'order'].includes(name),
      ),
    ),
    mediaType: 'application/x-ndjson',
    replies: { 200: 'A line each.' },
    handle: async (ctx, { query }) => {
      const records = await followRecords(ctx, { where: readWhere(query) });
      return { status: 200, lines: linesOf(records) };
    },
  }),
  ...both('/records/export', {
    ...base,
    operationId: 'exportRecords',
    summary: 'Takes the records of a period away, as a file.',
    permission: 'records:export',
    query: { ...PERIOD_QUERY, format: Type.Enum(['parquet', 'csv'], { default: 'parquet' }) },
    mediaType: FORMATS.parquet,
    replies: { 200: 'The file.' },
    handle: async (ctx, { query }) => {
      const { format = 'parquet' } = query;
      if (format !== 'parquet' && format !== 'csv') throw new ServiceError('admin.invalid', 'format is parquet or csv');
      const period = readPeriod(query, { nowMs: ctx.clock.now(), lastMs: DAY_MS });
      const { content } = await exportRecords(ctx, { period, format });
      const day = new Date(period.fromMs).toISOString().slice(0, 10);
      return { status: 200, file: { name: `records-${day}.${format}`, mediaType: FORMATS[format], content } };
    },
  }),
  ...both('/records/{id}', {
    ...base,
    operationId: 'getRecord',
    summary: 'One call, by its request id, with its story: what happened in which order, and how long it took.',
    permission: 'records:read',
    replies: { 200: 'The record, and `story`: steps with `fromMs`, `tookMs` and `detail`.' },
    handle: async (ctx, { params }) => {
      const record = await getRecord(ctx, params['id'] ?? '');
      return { status: 200, body: { ...record, story: storyOf(record) } };
    },
  }),
  ...both('/records/{id}/bodies', {
    ...base,
    operationId: 'getBodiesOfRecord',
    summary: 'What the policy `capture` has kept of what was said in a call, redacted; that it was read is audited.',
    permission: 'bodies:read',
    replies: { 200: '`bodies`: of the request and of the reply, as far as they were kept.' },
    handle: async (ctx, { params }) => ({ status: 200, body: { bodies: await getBodies(ctx, params['id'] ?? '') } }),
  }),
  ...both('/analytics', {
    ...base,
    operationId: 'aggregateCalls',
    summary: 'Rates, errors, times, tokens and costs, over time and by what calls are told apart by.',
    permission: 'analytics:read',
    query: AGGREGATE_QUERY,
    replies: { 200: '`rows` of `key` and `values`, `atMs` for each step, and of what they were made (`source`).' },
    handle: async (ctx, { query }) => ({
      status: 200,
      body: { ...(await aggregateCalls(ctx, readAggregation(query, ctx.clock.now()))) },
    }),
  }),
];

async function* linesOf(records: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const record of records) yield JSON.stringify(record);
}
