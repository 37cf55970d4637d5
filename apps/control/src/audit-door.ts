import { verifyChain, type AuditVerdict, type KnownHead } from '@gatehouse/services';
import { auditHeads, auditPage, openDatabase } from '@gatehouse/store';

/** The second door: the audit by itself, for commands that start no control plane. */

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
    yield JSON.stringify({ heads });
  } finally {
    await database.close();
  }
}

/** Of an export, line by line. */
export async function verifyAudit(
  lines: AsyncIterable<string>,
): Promise<AuditVerdict & { readonly withHeads: boolean }> {
  const heads: KnownHead[][] = [];
  async function* entries(): AsyncGenerator<string> {
    for await (const line of lines) {
      const found = headsIn(line);
      if (found !== undefined) heads.push(found);
      else if (line.trim() !== '') yield line;
    }
  }
  const verdict = await verifyChain(entries(), () => heads.flat());
  return { ...verdict, withHeads: heads.length > 0 };
}

function headsIn(line: string): KnownHead[] | undefined {
  if (!line.startsWith('{"heads":')) return undefined;
  const value: unknown = JSON.parse(line);
  const heads: unknown = typeof value === 'object' && value !== null && 'heads' in value ? value.heads : undefined;
  if (!Array.isArray(heads)) return undefined;
  return heads.map((head: unknown) => {
    const { workspace, seq, hash } = Object.fromEntries<unknown>(Object.entries(Object(head)));
    return { workspace: String(workspace), seq: Number(seq), hash: String(hash) };
  });
}
