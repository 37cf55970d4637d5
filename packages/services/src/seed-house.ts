import { insertEntity, listEntities } from '@gatehouse/store';
import { DEFAULT_WORKSPACE } from './publishing/compose-config.ts';
import type { House } from './service-context.ts';
import { orderedId } from './ordered-id.ts';

/** What every house has from the beginning: a workspace. */
export async function seedHouse({ database, clock }: House): Promise<void> {
  await database.write('house', async (sql) => {
    const query = { workspace: '', kind: 'workspace', parent: '', name: DEFAULT_WORKSPACE, limit: 1 };
    const [known] = await listEntities(sql, query);
    if (known !== undefined) return;
    const nowMs = clock.now();
    await insertEntity(sql, {
      workspace: '',
      kind: 'workspace',
      id: `ws_${orderedId(nowMs)}`,
      parent: '',
      name: DEFAULT_WORKSPACE,
      state: '',
      lookup: undefined,
      revision: 1,
      data: { title: 'Default' },
      createdMs: nowMs,
      updatedMs: nowMs,
    });
  });
}
