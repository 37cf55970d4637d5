import type { Aggregates, Aggregation } from './query.ts';

/** First which are the largest over the whole period, then their course. */
export async function topSeries(
  asked: Aggregation,
  aggregate: (asked: Aggregation) => Promise<Aggregates>,
): Promise<Aggregates> {
  const { stepMs: _step, top, ...whole } = asked;
  if (top === undefined) return aggregate(asked);
  const { rows } = await aggregate({ ...whole, top, metrics: [top.by] });
  const where = asked.by.map((dimension) => ({ dimension, values: rows.map(({ key }) => key[dimension] ?? '') }));
  const known = new Set(rows.map(({ key }) => JSON.stringify(asked.by.map((name) => key[name]))));
  const { top: _top, ...series } = asked;
  const found = await aggregate({ ...series, where: [...asked.where, ...where] });
  const kept = found.rows.filter(({ key }) => known.has(JSON.stringify(asked.by.map((name) => key[name]))));
  return { rows: kept, source: found.source };
}
