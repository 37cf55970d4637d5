import type { Dimension } from '../query/dimensions.ts';
import { CUBES, LEVEL_MS, type Cube, type Grain, type Level } from '../rollup/cubes.ts';
import { OF_RECORDS, ofRecord, ofRollUps, quoted, SUMMED, timeOf } from '../sql/columns.ts';
import { bucketSql } from '../sql/latency-bucket.ts';
import { numberOf, type Connection } from './connection.ts';
import { dayTable } from './day-tables.ts';
import { spreadTable, sumsTable } from '../sql/roll-up-tables.ts';

/** Each is made of the one before it. */
const ORDER: readonly Level[] = ['minutes', 'hours', 'days'];
const FINER: Readonly<Record<Level, Level | undefined>> = { minutes: undefined, hours: 'minutes', days: 'hours' };
/** Calls that began in a minute may end a little later than it does. They are no less right when they are later still. */
const GRACE_MS = 10_000;

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
      for (const cube of CUBES.filter(({ grains }) => grains[level] !== undefined)) await rollUp(write, cube, run);
      await write.run(
        `DELETE FROM unrolled WHERE level = '${level}' AND since >= ${run.fromMs} AND since < ${run.toMs}`,
      );
    });
    return true;
  }
  return false;
}

/**
 * From the oldest to the last that is over of the same hour, or of the same day: those between that are rolled up already
 * are done once more, which is cheaper than one by one.
 */
async function nextRun(write: Connection, level: Level, nowMs: number): Promise<Run | undefined> {
  const size = LEVEL_MS[level];
  const finer = FINER[level];
  const waits =
    finer === undefined
      ? ''
      : `AND NOT EXISTS (SELECT 1 FROM unrolled AS f WHERE f.level = '${finer}' AND f.since >= u.since AND f.since < u.since + ${size})`;
  const due = `FROM unrolled AS u WHERE level = '${level}' AND since + ${size} + ${GRACE_MS} <= ${Math.floor(nowMs)} ${waits}`;
  const together = LEVEL_MS[level === 'minutes' ? 'hours' : 'days'];
  const [found] = await write.rows(
    `SELECT min(since) AS first, max(since) AS last ${due} AND since < (SELECT (min(since) // ${together} + 1) * ${together} ${due})`,
  );
  if (found?.['first'] === null || found === undefined) return undefined;
  return { level, fromMs: numberOf(found, 'first'), toMs: numberOf(found, 'last') + size };
}

async function rollUp(write: Connection, cube: Cube, run: Run): Promise<void> {
  const { level, fromMs, toMs } = run;
  const finer = FINER[level];
  const of = { cube, run, grain: cube.grains[level] ?? NOTHING };
  const below = finer === undefined ? undefined : cube.grains[finer];
  const canSum = (part: keyof Grain): boolean => of.grain[part].every((name) => below?.[part].includes(name));
  for (const [table, select] of [
    [sumsTable(cube, level), finer !== undefined && canSum('sums') ? sumsOfFiner(of, finer) : sumsOfRecords(of)],
    [
      spreadTable(cube, level),
      finer !== undefined && canSum('spread') ? spreadOfFiner(of, finer) : spreadOfRecords(of),
    ],
  ]) {
    await write.run(`DELETE FROM ${table} WHERE since >= ${fromMs} AND since < ${toMs}`);
    await write.run(`INSERT INTO ${table} ${select}`);
  }
}

const NOTHING: Grain = { sums: [], spread: [] };

interface Of {
  readonly cube: Cube;
  readonly run: Run;
  readonly grain: Grain;
}

function sumsOfRecords({ cube, run, grain }: Of): string {
  const sums = SUMMED.map((name) => `${OF_RECORDS[name]} AS ${quoted(name)}`);
  return `SELECT ${since('time', run)}, ${keys(grain.sums, ofRecord)}, ${sums.join(', ')} ${records({ cube, run })} GROUP BY ALL ORDER BY since`;
}

function spreadOfRecords({ cube, run, grain }: Of): string {
  const by = keys(grain.spread, ofRecord);
  const timings = cube.timings.map((timing) => {
    const [time, bucket] = [timeOf(timing), bucketSql(timeOf(timing))];
    return `SELECT ${since('time', run)}, ${by}, '${timing}' AS timing, ${bucket} AS bucket, count(*) AS calls ${records({ cube, run })} AND ${time} IS NOT NULL GROUP BY ALL`;
  });
  return timings.join(' UNION ALL ');
}

function records({ cube, run: { fromMs, toMs } }: Pick<Of, 'cube' | 'run'>): string {
  const onlyModels = cube.modelsOnly === true ? 'AND ("aiProvider" IS NOT NULL OR "aiModelAsked" IS NOT NULL)' : '';
  return `FROM ${dayTable(fromMs)} WHERE time >= ${fromMs} AND time < ${toMs} ${onlyModels}`;
}

function sumsOfFiner({ cube, run, grain }: Of, finer: Level): string {
  const sums = SUMMED.map((name) => `${ofRollUps(name)} AS ${quoted(name)}`);
  return `SELECT ${since('since', run)}, ${keys(grain.sums, quoted)}, ${sums.join(', ')} FROM ${sumsTable(cube, finer)} ${within(run)}`;
}

function spreadOfFiner({ cube, run, grain }: Of, finer: Level): string {
  const by = keys(grain.spread, quoted);
  return `SELECT ${since('since', run)}, ${by}, timing, bucket, sum(calls) AS calls FROM ${spreadTable(cube, finer)} ${within(run)}`;
}

const since = (column: string, { level }: Run): string =>
  `${column} // ${LEVEL_MS[level]} * ${LEVEL_MS[level]} AS since`;

const within = ({ fromMs, toMs }: Run): string => `WHERE since >= ${fromMs} AND since < ${toMs} GROUP BY ALL`;

const keys = (names: readonly Dimension[], of: (name: Dimension) => string): string =>
  names.map((name) => `${of(name)} AS ${quoted(name)}`).join(', ');
