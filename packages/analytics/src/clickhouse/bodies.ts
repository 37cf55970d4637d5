import type { BodiesOf, StoredBody } from '../analytics-store.ts';
import { within } from '../sql/conditions.ts';
import { bodyOf } from '../sql/rows.ts';
import type { Connection } from './connection.ts';
import { Parameters } from './parameters.ts';

/** Callers may use an id twice, and attack by it: the moment of the call tells whose bodies they are. */
export async function bodiesOf({ id, time }: BodiesOf, read: Connection): Promise<readonly StoredBody[]> {
  const parameters = new Parameters();
  const moment = within({ fromMs: time, toMs: time + 1 }, 'time');
  const rows = await read.rows(
    `SELECT * FROM bodies WHERE ${moment} AND id = ${parameters.add(id)} ORDER BY side LIMIT 10`,
    parameters,
  );
  return rows.map(bodyOf);
}
