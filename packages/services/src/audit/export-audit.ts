import { auditHeads, auditPage, checkpointKeys, checkpointPage, type Database } from '@gatehouse/store';
import { publicJwk } from './signing-key.ts';
import { exportLine } from './verify-export.ts';

const PAGE = 500;

/** An audit as lines of an export: the keys, of each chain its checkpoints and then its entries, and where all end. */
export async function* exportedAudit(database: Database): AsyncGenerator<string> {
  // First the ends: what is written meanwhile is not part of it.
  const { heads, keys } = await database.read(async (sql) => ({
    heads: await auditHeads(sql),
    keys: await checkpointKeys(sql),
  }));
  yield exportLine({ audit: { format: 2, keys: keys.map(publicJwk) } });
  for (const { workspace, seq } of heads) {
    const range = { workspace, seq };
    yield* paged(range, async (after) => {
      const page = await database.read(async (sql) => checkpointPage(sql, { workspace, after, limit: PAGE }));
      return page.map((each) => ({ at: each.seq, line: each.line }));
    });
    yield* paged(range, async (after) => {
      const page = await database.read(async (sql) => auditPage(sql, { workspace, after, limit: PAGE }));
      return page.map((line, index) => ({ at: after + 1 + index, line }));
    });
  }
  yield exportLine({ heads });
}

interface Numbered {
  /** The number of the entry. */
  readonly at: number;
  readonly line: string;
}

async function* paged(
  { seq }: { readonly seq: number },
  pageBehind: (after: number) => Promise<readonly Numbered[]>,
): AsyncGenerator<string> {
  for (let after = 0; after < seq;) {
    const page = await pageBehind(after);
    for (const { at, line } of page) if (at <= seq) yield line;
    after = page.at(-1)?.at ?? seq;
  }
}
