import { exportedAudit as linesOf } from '@gatehouse/services';
import { openDatabase } from '@gatehouse/store';

/** The second door: the audit by itself, for commands that start no control plane. */

export { verifyExport, type AuditVerdict } from '@gatehouse/services';

/** All of a store's, as lines of an export. */
export async function* exportedAudit(place: string): AsyncGenerator<string> {
  const database = await openDatabase(place);
  try {
    yield* linesOf(database);
  } finally {
    await database.close();
  }
}
