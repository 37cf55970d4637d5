import type { Keep } from '../analytics-store.ts';
import { CUBES, LEVEL_MS } from '../rollup/cubes.ts';
import { numberOf, type Connection } from './connection.ts';
import { dayTable, type DayTables } from './day-tables.ts';
import { spreadTable, sumsTable } from './schema.ts';
import { ms } from './conditions.ts';

const DAY_MS = LEVEL_MS.days;

/** Forgets what is older than is kept, and the oldest days until the rest is small enough. Says how many days went. */
export async function forget(
  write: Connection,
  days: DayTables,
  { keep, nowMs }: { keep: Keep; nowMs: number },
): Promise<number> {
  const before = days.all.length;
  for (const day of days.all) if (day + DAY_MS <= nowMs - keep.recordsMs) await drop(write, days, day);
  for (const cube of CUBES) {
    for (const level of cube.levels) {
      const until = ms(nowMs - { minutes: keep.minutesMs, hours: keep.hoursMs, days: keep.daysMs }[level]);
      for (const table of [sumsTable(cube, level), spreadTable(cube, level)])
        await write.run(`DELETE FROM ${table} WHERE since < ${until}`);
    }
  }
  await write.run(`DELETE FROM gaps WHERE "to" < ${ms(nowMs - keep.hoursMs)}`);
  if (days.all.length < before) await write.run('CHECKPOINT');
  while (days.all.length > 1 && (await usedBytes(write)) > keep.bytesMax) {
    const [oldest] = days.all;
    if (oldest === undefined) break;
    await drop(write, days, oldest);
    await write.run('CHECKPOINT');
  }
  return before - days.all.length;
}

/** What is left to roll up of it goes with it: there is nothing any more that it could be made of. */
async function drop(write: Connection, days: DayTables, day: number): Promise<void> {
  await write.transaction(async () => {
    await write.run(`DROP TABLE IF EXISTS ${dayTable(day)}`);
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
