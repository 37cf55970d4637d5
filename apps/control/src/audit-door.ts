import { systemClock } from '@gatehouse/kernel';
import { exportByOperator, exportedAudit } from '@gatehouse/services';
import { openDatabase, type Database } from '@gatehouse/store';

/** The second door: the audit by itself, for commands that start no control plane. */

export { verifyExport, type AuditVerdict } from '@gatehouse/services';

/** All of a store's audit as lines, for whoever takes it away: that somebody has is its last entry. */
export async function* takenAudit(place: string): AsyncGenerator<string> {
  yield* linesIn(place, async (database) => exportByOperator(database, systemClock));
}

/** The same for whoever only verifies it. */
export async function* storedAudit(place: string): AsyncGenerator<string> {
  yield* linesIn(place, async (database) => Promise.resolve(exportedAudit(database)));
}

async function* linesIn(
  place: string,
  linesOf: (database: Database) => Promise<AsyncGenerator<string>>,
): AsyncGenerator<string> {
  const database = await openDatabase(place);
  try {
    yield* await linesOf(database);
  } finally {
    await database.close();
  }
}
