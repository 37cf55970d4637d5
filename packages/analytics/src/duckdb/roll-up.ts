import { CUBES, LEVEL_MS, type Cube, type Level } from '../rollup/cubes.ts';
import { bucketSql, OF_RECORDS, ofRecord, ofRollUps, quoted, SUMMED, timeOf } from './columns.ts';
import { numberOf, type Connection } from './connection.ts';
import { dayTable } from './day-tables.ts';
import { spreadTable, sumsTable } from './schema.ts';

/** Each is made of the one before it. */
const ORDER: readonly Level[] = ['minutes', 'hours', 'days'];
const FINER: Readonly<Record<Level, Level | undefined>> = { minutes: undefined, hours: 'minutes', days: 'hours' };
/** Calls that began in a minute may end a little later than it does. They are no less right when they are later still. */
const GRACE_MS = 10_000;
/** So many are done in one transaction, that appending does not have to wait for long. */
const RUN_MAX = 60;

interface Run {
  readonly level: Level;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Does one piece of what has to be rolled up; false when there is none. What changes later is done again as a whole. */
export async function rollUpNext(write: Connection, nowMs: number): Promise<boolean> {
  for (const level of ORDER) {
    const run = await nextRun(write, level, nowMs);
    if (run === undefined) continue;
    await write.transaction(async () => {
      for (const cube of CUBES.filter(({ levels }) => levels.includes(level))) await rollUp(write, cube, run);
      await write.run(
        `DELETE FROM unrolled WHERE level = '${level}' AND since >= ${run.fromMs} AND since < ${run.toMs}`,
      );
    });
    return true;
  }
  return false;
}

/** The oldest, with those that follow it without a break on the same day. */
async function nextRun(write: Connection, level: Level, nowMs: number): Promise<Run | undefined> {
  const size = LEVEL_MS[level];
  const finer = FINER[level];
  const waits =
    finer === undefined
      ? ''
      : `AND NOT EXISTS (SELECT 1 FROM unrolled AS f WHERE f.level = '${finer}' AND f.since >= u.since AND f.since < u.since + ${size})`;
  const rows = await write.rows(
    `SELECT since FROM unrolled AS u WHERE level = '${level}' AND since + ${size} + ${GRACE_MS} <= ${Math.floor(nowMs)} ${waits} ORDER BY since LIMIT ${RUN_MAX}`,
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const fromMs = numberOf(first, 'since');
  let toMs = fromMs + size;
  for (const row of rows.slice(1)) {
    if (numberOf(row, 'since') !== toMs || dayTable(toMs) !== dayTable(fromMs)) break;
    toMs += size;
  }
  return { level, fromMs, toMs };
}

async function rollUp(write: Connection, cube: Cube, run: Run): Promise<void> {
  const { level, fromMs, toMs } = run;
  const finer = FINER[level];
  const source = finer !== undefined && cube.levels.includes(finer) ? ofFiner(cube, run, finer) : ofRecords(cube, run);
  for (const [table, select] of [
    [sumsTable(cube, level), source.sums],
    [spreadTable(cube, level), source.spread],
  ]) {
    await write.run(`DELETE FROM ${table} WHERE since >= ${fromMs} AND since < ${toMs}`);
    await write.run(`INSERT INTO ${table} ${select}`);
  }
}

interface Source {
  readonly sums: string;
  readonly spread: string;
}

function ofRecords(cube: Cube, { level, fromMs, toMs }: Run): Source {
  const at = `time // ${LEVEL_MS[level]} * ${LEVEL_MS[level]} AS since`;
  const onlyModels = cube.modelsOnly === true ? 'AND ("aiProvider" IS NOT NULL OR "aiModelAsked" IS NOT NULL)' : '';
  const from = `FROM ${dayTable(fromMs)} WHERE time >= ${fromMs} AND time < ${toMs} ${onlyModels}`;
  const sums = SUMMED.map((name) => `${OF_RECORDS[name]} AS ${quoted(name)}`);
  const keys = (names: Cube['dimensions']): string =>
    names.map((name) => `${ofRecord(name)} AS ${quoted(name)}`).join(', ');
  const spread = cube.timings.map(
    (timing) =>
      `SELECT ${at}, ${keys(cube.spread)}, '${timing}' AS timing, ${bucketSql(timeOf(timing))} AS bucket, count(*) AS calls ${from} AND ${timeOf(timing)} IS NOT NULL GROUP BY ALL`,
  );
  return {
    sums: `SELECT ${at}, ${keys(cube.dimensions)}, ${sums.join(', ')} ${from} GROUP BY ALL ORDER BY since`,
    spread: spread.join(' UNION ALL '),
  };
}

function ofFiner(cube: Cube, { level, fromMs, toMs }: Run, finer: Level): Source {
  const at = `since // ${LEVEL_MS[level]} * ${LEVEL_MS[level]} AS since`;
  const where = `WHERE since >= ${fromMs} AND since < ${toMs} GROUP BY ALL`;
  const keys = (names: Cube['dimensions']): string => names.map(quoted).join(', ');
  const sums = SUMMED.map((name) => `${ofRollUps(name)} AS ${quoted(name)}`);
  return {
    sums: `SELECT ${at}, ${keys(cube.dimensions)}, ${sums.join(', ')} FROM ${sumsTable(cube, finer)} ${where}`,
    spread: `SELECT ${at}, ${keys(cube.spread)}, timing, bucket, sum(calls) AS calls FROM ${spreadTable(cube, finer)} ${where}`,
  };
}
