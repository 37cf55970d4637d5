import { exportLine } from '@gatehouse/services';
import { auditHeads, auditPage, openDatabase } from '@gatehouse/store';

/** The second door: the audit by itself, for commands that start no control plane. */

export { verifyExport, type AuditVerdict } from '@gatehouse/services';

const PAGE = 500;

/** All entries of a store as JSON, a workspace after the other, and then where each chain ends. */
export async function* exportedAudit(place: string): AsyncGenerator<string> {
  const database = await openDatabase(place);
  try {
    const heads = await database.read(auditHeads);
    for (const { workspace } of heads) {
      for (let after = 0, more = true; more; after += PAGE) {
        const page = await database.read(async (sql) => auditPage(sql, { workspace, after, limit: PAGE }));
        yield* page;
        more = page.length === PAGE;
      }
    }
    yield exportLine({ heads });
  } finally {
    await database.close();
  }
}
