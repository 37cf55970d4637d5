import type { Keep } from '../analytics-store.ts';
import { CUBES, LEVEL_MS, levelsOf } from '../rollup/cubes.ts';
import { numberOf, type Connection } from './connection.ts';
import { dayTable, type DayTables } from './day-tables.ts';
import { spreadTable, sumsTable } from '../sql/roll-up-tables.ts';
import { ms } from '../sql/conditions.ts';
import { forgetRows } from './ledger/forget-rows.ts';

const DAY_MS = LEVEL_MS.days;

/** Forgets what is older than is kept, and the oldest days until the rest is small enough. Says how many days went. */
export async function forget(write: Connection, { days, bodies, keep, nowMs }: Forgetting): Promise<number> {
  const before = days.all.length + bodies.all.length;
  for (const day of days.all) if (day + DAY_MS <= nowMs - keep.recordsMs) await drop(write, days, day);
  for (const day of bodies.all) if (day + DAY_MS <= nowMs - keep.bodiesMs) await drop(write, bodies, day);
  for (const cube of CUBES) {
    for (const level of levelsOf(cube)) {
      const until = ms(nowMs - { minutes: keep.minutesMs, hours: keep.hoursMs, days: keep.daysMs }[level]);
      for (const table of [sumsTable(cube, level), spreadTable(cube, level)])
        await write.run(`DELETE FROM ${table} WHERE since < ${until}`);
    }
  }
  await write.run(`DELETE FROM gaps WHERE "to" < ${ms(nowMs - keep.hoursMs)}`);
  await forgetRows(write, nowMs - keep.ledgerMs);
  if (days.all.length + bodies.all.length < before) await write.run('CHECKPOINT');
  while ((await usedBytes(write)) > keep.bytesMax) {
    // Of one day, bodies go first: they are the larger ones, and the shorter-lived.
    const of = (bodies.all[0] ?? Number.POSITIVE_INFINITY) <= (days.all[0] ?? 0) ? bodies : days;
    const [oldest] = of.all;
    if (oldest === undefined || of.all.length + (of === days ? 0 : 1) < 2) break;
    await drop(write, of, oldest);
    await write.run('CHECKPOINT');
  }
  return before - days.all.length - bodies.all.length;
}

interface Forgetting {
  readonly days: DayTables;
  readonly bodies: DayTables;
  readonly keep: Keep;
  readonly nowMs: number;
}

/** What is left to roll up of it goes with it: there is nothing any more that it could be made of. */
async function drop(write: Connection, days: DayTables, day: number): Promise<void> {
  await write.transaction(async () => {
    await write.run(`DROP TABLE IF EXISTS ${dayTable(day, days.dated)}`);
    if (days.dated !== 'records') return;
    await write.run(`DELETE FROM unrolled WHERE since >= ${day} AND since < ${day + DAY_MS}`);
    await write.run(`UPDATE horizon SET since = greatest(since, ${day + DAY_MS})`);
  });
  days.delete(day);
}

/** Of the file, what is not free for later. */
export async function usedBytes(read: Connection): Promise<number> {
  const [row] = await read.rows('SELECT used_blocks * block_size AS bytes FROM pragma_database_size()');
  return numberOf(row, 'bytes');
}
