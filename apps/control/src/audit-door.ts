import { verifyChain, type AuditVerdict, type KnownHead } from '@gatehouse/services';
import { auditHeads, auditPage, checkpointPage, openDatabase, type Database } from '@gatehouse/store';

export { fingerprintOf } from '@gatehouse/services';

/** The second door: the audit by itself, for commands that start no control plane. */

const PAGE = 500;

/**
 * All entries of a store as JSON, a workspace after the other, each checkpoint behind the entry that it is of, and then
 * where each chain ends. What is personal stays sealed.
 */
export async function* exportedAudit(place: string): AsyncGenerator<string> {
  const database = await openDatabase(place);
  try {
    const heads = await database.read(auditHeads);
    for (const { workspace } of heads) yield* chainOf(database, workspace);
    yield JSON.stringify({ heads });
  } finally {
    await database.close();
  }
}

async function* chainOf(database: Database, workspace: string): AsyncGenerator<string> {
  const signed = pagesOf(async (after) => {
    const rows = await database.read(async (sql) => checkpointPage(sql, { workspace, after, limit: PAGE }));
    return rows.map(({ seq, checkpoint }) => ({ seq, text: `{"checkpoint":${checkpoint}}` }));
  });
  const entries = pagesOf(async (after) => {
    const page = await database.read(async (sql) => auditPage(sql, { workspace, after, limit: PAGE }));
    return page.map((text, index) => ({ seq: after + index + 1, text }));
  });
  let next = await signed.next();
  for await (const { seq, text } of entries) {
    yield text;
    for (; next.done !== true && next.value.seq <= seq; next = await signed.next()) yield next.value.text;
  }
  // Of entries that are not there any more.
  for (; next.done !== true; next = await signed.next()) yield next.value.text;
}

interface Line {
  readonly seq: number;
  readonly text: string;
}

async function* pagesOf(read: (after: number) => Promise<readonly Line[]>): AsyncGenerator<Line, undefined> {
  for (let after = 0, more = true; more;) {
    const page = await read(after);
    yield* page;
    after = page.at(-1)?.seq ?? after;
    more = page.length === PAGE;
  }
  return undefined;
}

/** Of an export, line by line. `key`: the only one by which checkpoints may be signed. */
export async function verifyAudit(
  lines: AsyncIterable<string>,
  key?: string,
): Promise<AuditVerdict & { readonly withHeads: boolean }> {
  const heads: KnownHead[][] = [];
  async function* entries(): AsyncGenerator<string> {
    for await (const line of lines) {
      const found = headsIn(line);
      if (found !== undefined) heads.push(found);
      else if (line.trim() !== '') yield line;
    }
  }
  const verdict = await verifyChain(entries(), { heads: () => heads.flat(), key });
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
