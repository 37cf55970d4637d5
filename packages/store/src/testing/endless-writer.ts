import { openDatabase } from '../open-database.ts';
import { appendAudit, auditHead } from '../tables/audit-log.ts';
import { insertEntity } from '../tables/entities.ts';
import { addToOutbox } from '../tables/outbox.ts';
import { entity } from './store-contract.ts';

/** The program of `kill.test.ts`: writes until it is killed, and says what was acknowledged. */
const database = await openDatabase(process.argv[2] ?? '');
while (true) {
  const seq = await database.write('w', async (sql) => {
    const next = ((await auditHead(sql, 'w'))?.seq ?? 0) + 1;
    const id = `a${String(next).padStart(9, '0')}`;
    await insertEntity(sql, entity({ id, data: { seq: next } }));
    await appendAudit(sql, {
      workspace: 'w',
      seq: next,
      atMs: 1,
      entity: `api ${id}`,
      entry: '{}',
      hash: String(next),
    });
    await addToOutbox(sql, { id, workspace: 'w', topic: 'api.created', event: {}, dueMs: 0 });
    return next;
  });
  process.stdout.write(`${seq}\n`);
}
