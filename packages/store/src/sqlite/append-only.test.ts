import { expect, it } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { appendAudit, auditPage } from '../tables/audit-log.ts';

it('an entry of the audit is not replaced either', async () => {
  const database = await openDatabase(':memory:');
  await database.write('w', async (sql) =>
    appendAudit(sql, { workspace: 'w', seq: 1, atMs: 1, entity: 'api a', entry: '{"seq":1}', hash: 'h' }),
  );
  const replaced = database.write('w', async (sql) =>
    sql.run("INSERT OR REPLACE INTO audit_entries VALUES ('w', 1, 1, 'api a', '{}')"),
  );
  await expect(replaced).rejects.toThrow('never replaced');
  const page = await database.read(async (sql) => auditPage(sql, { workspace: 'w', limit: 2 }));
  expect(page).toEqual(['{"seq":1}']);
  await database.close();
});
