import type { BodiesOf, StoredBody } from '../analytics-store.ts';
import { within } from '../sql/conditions.ts';
import { bodyOf } from '../sql/rows.ts';
import type { Connection } from './connection.ts';
import { dayTable, type DayTables } from './day-tables.ts';
import { Parameters } from './parameters.ts';

/** Callers may use an id twice, and attack by it: the moment of the call tells whose bodies they are. */
export async function bodiesOf(
  { id, time }: BodiesOf,
  { read, days }: { readonly read: Connection; readonly days: DayTables },
): Promise<readonly StoredBody[]> {
  const moment = { fromMs: time, toMs: time + 1 };
  const [day] = days.within(moment);
  if (day === undefined) return [];
  const parameters = new Parameters();
  const rows = await read.rows(
    `SELECT * FROM ${dayTable(day, 'bodies')} WHERE ${within(moment, 'time')} AND id = ${parameters.add(id)} ORDER BY side LIMIT 10`,
    parameters,
  );
  return rows.map(bodyOf);
}
