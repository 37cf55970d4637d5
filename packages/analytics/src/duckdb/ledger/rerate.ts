import { LEDGER_VERSION, type RawRow } from '../../ledger/ledger-row.ts';
import type { ModelRates, Rerated, RerateOrder } from '../../ledger/ledger-store.ts';
import { ratedMicroUsd, type RatedTokens } from '../../ledger/rating.ts';
import { numberOf, textOf, type Row } from '../connection.ts';
import { Parameters } from '../parameters.ts';
import { appendRows, type AppendTo } from './append-ledger.ts';
import { rowsSql } from './ledger-sums.ts';

/** So many calls are in memory at a time. */
const PIECE = 20_000;

/** What a difference has of the call that it is about. */
const ABOUT = ['recordId', 'time', 'api', 'team', 'application', 'credential', 'plan', 'provider', 'model'] as const;
const TOKENS = ['inputTokens', 'cachedTokens', 'outputTokens', 'reasoningTokens'] as const;

/**
 * Appends, for each call that is asked for, the difference between what it costs by these prices and what it has come to so
 * far. One that was rated by the same version last is left alone. Inside a transaction.
 */
export async function rerate(order: RerateOrder, to: AppendTo): Promise<readonly Rerated[]> {
  const { write } = to;
  const rating = new Rating(order);
  await findCalls(order, to);
  for (let from = 0; ; from += PIECE) {
    const calls = await write.rows(
      `SELECT * FROM rated WHERE place > ${from} AND place <= ${from + PIECE} ORDER BY place`,
    );
    if (calls.length === 0) break;
    for (const [node, rows] of Map.groupBy(calls, (row) => textOf(row, 'node'))) {
      const differences = rows.flatMap((row) => rating.differenceOf(row));
      if (!order.dryRun) await appendRows(node, differences, to);
    }
  }
  await write.run('DROP TABLE rated');
  return rating.outcome;
}

/** Each with what it has come to, and by which version last. */
async function findCalls({ period, where, scope, prices }: RerateOrder, { write }: AppendTo): Promise<void> {
  const parameters = new Parameters();
  const models = prices.map(
    ({ provider, model }) => `(provider = ${parameters.add(provider)} AND model = ${parameters.add(model)})`,
  );
  const asked = `SELECT * FROM ledger WHERE ${rowsSql({ period, where, scope }, parameters)}`;
  const differences = `SELECT node, "of" AS "call", sum("costMicroUsd") AS difference, arg_max("priceVersion", seq) AS version FROM asked WHERE kind = 'rerate' GROUP BY node, "of"`;
  const calls = `SELECT * FROM asked WHERE kind = 'call' AND (${models.length === 0 ? 'false' : models.join(' OR ')})`;
  await write.run(
    `CREATE TEMP TABLE rated AS WITH asked AS (${asked}) SELECT c.*, CAST(c."costMicroUsd" + coalesce(d.difference, 0) AS BIGINT) AS cost, coalesce(d.version, c."priceVersion") AS version, row_number() OVER (ORDER BY c.node, c.seq) AS place FROM (${calls}) AS c LEFT JOIN (${differences}) AS d ON d.node = c.node AND d."call" = c.seq`,
    parameters,
  );
}

class Rating {
  readonly #order: RerateOrder;
  readonly #models = new Map<string, { readonly of: ModelRates; outcome: Rerated }>();

  constructor(order: RerateOrder) {
    this.#order = order;
    for (const of of order.prices) {
      const { provider, model, priceVersion } = of;
      const counts = { calls: 0, unchanged: 0, unrated: 0, beforeMicroUsd: 0n, afterMicroUsd: 0n };
      this.#models.set(keyOf(provider, model), { of, outcome: { provider, model, priceVersion, ...counts } });
    }
  }

  get outcome(): readonly Rerated[] {
    return [...this.#models.values()].map(({ outcome }) => outcome);
  }

  /** None, or one. */
  differenceOf(call: Row): readonly RawRow[] {
    const known = this.#models.get(keyOf(textOf(call, 'provider'), textOf(call, 'model')));
    if (known === undefined) return [];
    const { of, outcome } = known;
    if (textOf(call, 'version') === of.priceVersion) {
      known.outcome = { ...outcome, unchanged: outcome.unchanged + 1 };
      return [];
    }
    const after = ratedMicroUsd(tokensOf(call), of.rates);
    if (after === undefined) {
      known.outcome = { ...outcome, unrated: outcome.unrated + 1 };
      return [];
    }
    const before = numberOf(call, 'cost');
    known.outcome = {
      ...outcome,
      calls: outcome.calls + 1,
      beforeMicroUsd: outcome.beforeMicroUsd + BigInt(before),
      afterMicroUsd: outcome.afterMicroUsd + BigInt(after),
    };
    return [this.#row(call, { costMicroUsd: after - before, priceVersion: of.priceVersion })];
  }

  #row(
    call: Row,
    { costMicroUsd, priceVersion }: { readonly costMicroUsd: number; readonly priceVersion: string },
  ): RawRow {
    return {
      ...Object.fromEntries(ABOUT.map((name) => [name, call[name]])),
      kind: 'rerate',
      of: numberOf(call, 'seq'),
      ratedMs: this.#order.ratedMs,
      costMicroUsd,
      priceVersion,
      v: LEDGER_VERSION,
    };
  }
}

const keyOf = (provider: string, model: string): string => JSON.stringify([provider, model]);

function tokensOf(call: Row): RatedTokens {
  const [inputTokens, cachedTokens, outputTokens, reasoningTokens] = TOKENS.map((name) => {
    const value = call[name];
    return typeof value === 'number' ? value : null;
  });
  return {
    inputTokens: inputTokens ?? null,
    cachedTokens: cachedTokens ?? null,
    outputTokens: outputTokens ?? null,
    reasoningTokens: reasoningTokens ?? null,
  };
}
