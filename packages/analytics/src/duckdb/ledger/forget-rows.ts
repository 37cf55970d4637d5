import { ms } from '../../sql/conditions.ts';
import { numberOf, textOf, type Connection } from '../connection.ts';
import { Parameters } from '../parameters.ts';

/**
 * Forgets what is older. A chain loses its first rows only, up to the first that is kept; the last of those that go is its
 * anchor from then on, so that the rest can be verified.
 */
export async function forgetRows(write: Connection, untilMs: number): Promise<void> {
  // Most of the time there is nothing so old, which the database sees without reading rows.
  const chains = await write.rows(
    `SELECT node, coalesce(min(seq) FILTER (time >= ${ms(untilMs)}), max(seq) + 1) AS first, min(seq) AS oldest FROM ledger WHERE node IN (SELECT node FROM ledger WHERE time < ${ms(untilMs)}) GROUP BY node`,
  );
  for (const chain of chains) {
    const last = numberOf(chain, 'first') - 1;
    if (last < numberOf(chain, 'oldest')) continue;
    await write.transaction(async () => {
      const parameters = new Parameters();
      const node = parameters.add(textOf(chain, 'node'));
      await write.run(
        `UPDATE ledger_heads SET "anchorSeq" = ${last}, "anchorHash" = (SELECT hash FROM ledger WHERE node = ${node} AND seq = ${last}) WHERE node = ${node}`,
        parameters,
      );
      await write.run(`DELETE FROM ledger WHERE node = ${node} AND seq <= ${last}`, parameters);
    });
  }
}
