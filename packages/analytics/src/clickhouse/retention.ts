import type { Keep } from '../analytics-store.ts';
import { CUBES, levelsOf } from '../rollup/cubes.ts';
import { spreadTable, sumsTable } from '../sql/roll-up-tables.ts';
import { numberOf, textOf } from '../sql/rows.ts';
import type { Connection } from './connection.ts';
import { PARTITION_MS } from './schema.ts';

interface Part {
  readonly table: string;
  /** The number of its span of time, counted from the epoch. */
  readonly partition: number;
  readonly bytes: number;
}

interface Kept {
  readonly table: string;
  readonly sizeMs: number;
  readonly forMs: number;
}

/** Partitions that are too old as a whole go, and the oldest days until the rest is small enough. All gates may do so. */
export async function forget(connection: Connection, keep: Keep, nowMs: number): Promise<void> {
  const parts = await partsOf(connection);
  const kept = keptOf(keep);
  const old = parts.filter(({ table, partition }) =>
    kept.some((each) => each.table === table && (partition + 1) * each.sizeMs <= nowMs - each.forMs),
  );
  const rest = parts.filter((part) => !old.includes(part));
  for (const { table, partition } of [...old, ...tooMuch(rest, keep.bytesMax)])
    await connection.run(`ALTER TABLE ${table} DROP PARTITION ID '${partition}'`);
}

function keptOf({ recordsMs, bodiesMs, minutesMs, hoursMs, daysMs }: Keep): readonly Kept[] {
  const ofLevel = { minutes: minutesMs, hours: hoursMs, days: daysMs };
  const rolledUp = CUBES.flatMap((cube) =>
    levelsOf(cube).flatMap((level) =>
      [sumsTable(cube, level), spreadTable(cube, level)].map((table) => ({
        table,
        sizeMs: PARTITION_MS[level],
        forMs: ofLevel[level],
      })),
    ),
  );
  return [
    { table: 'records', sizeMs: PARTITION_MS.records, forMs: recordsMs },
    { table: 'bodies', sizeMs: PARTITION_MS.bodies, forMs: bodiesMs },
    { table: 'gaps', sizeMs: PARTITION_MS.gaps, forMs: hoursMs },
    ...rolledUp,
  ];
}

/** Of one day, bodies go first: they are the larger ones, and the shorter-lived. The newest day of records stays. */
function tooMuch(parts: readonly Part[], bytesMax: number): readonly Part[] {
  let bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const dated = parts
    .filter(({ table }) => table === 'records' || table === 'bodies')
    .toSorted((a, b) => a.partition - b.partition || (a.table < b.table ? -1 : 1));
  const going: Part[] = [];
  for (const part of dated.slice(0, -1)) {
    if (bytes <= bytesMax) break;
    going.push(part);
    bytes -= part.bytes;
  }
  return going;
}

async function partsOf(connection: Connection): Promise<readonly Part[]> {
  const rows = await connection.rows(
    `SELECT "table", "partition_id" AS "partitionId", sum("bytes_on_disk") AS "bytes" FROM system.parts WHERE "database" = currentDatabase() AND "active" GROUP BY "table", "partition_id"`,
  );
  return rows.flatMap((row) => {
    const partition = Number(textOf(row, 'partitionId'));
    return Number.isSafeInteger(partition)
      ? [{ table: textOf(row, 'table'), partition, bytes: numberOf(row, 'bytes') }]
      : [];
  });
}

export async function usedBytes(connection: Connection): Promise<number> {
  return (await partsOf(connection)).reduce((sum, { bytes }) => sum + bytes, 0);
}
