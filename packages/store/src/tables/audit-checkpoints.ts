import type { Statements } from '../database.ts';

export interface CheckpointRow {
  readonly workspace: string;
  /** Of the entry that was the last. */
  readonly seq: number;
  readonly hash: string;
  readonly atMs: number;
  readonly publicKey: string;
  /** As an export has it. */
  readonly line: string;
}

export async function appendCheckpoint(statements: Statements, row: CheckpointRow): Promise<void> {
  const { workspace, seq, hash, atMs, publicKey, line } = row;
  await statements.run(
    'INSERT INTO audit_checkpoints (workspace, seq, hash, at_ms, public_key, line) VALUES (?, ?, ?, ?, ?, ?)',
    [workspace, seq, hash, atMs, publicKey, line],
  );
}

/** Of a workspace, in their order, behind the entry `after`. */
export async function checkpointPage(
  statements: Statements,
  { workspace, after, limit }: { readonly workspace: string; readonly after: number; readonly limit: number },
): Promise<readonly CheckpointRow[]> {
  const rows = await statements.all(
    'SELECT seq, hash, at_ms, public_key, line FROM audit_checkpoints WHERE workspace = ? AND seq > ? ORDER BY seq LIMIT ?',
    [workspace, after, limit],
  );
  return rows.map((row) => ({
    workspace,
    seq: Number(row['seq']),
    hash: String(row['hash']),
    atMs: Number(row['at_ms']),
    publicKey: String(row['public_key']),
    line: String(row['line']),
  }));
}

/** Those that checkpoints were ever signed with. */
export async function checkpointKeys(statements: Statements): Promise<readonly string[]> {
  const rows = await statements.all('SELECT DISTINCT public_key FROM audit_checkpoints ORDER BY public_key');
  return rows.map((row) => String(row['public_key']));
}

/** A chain with entries that nobody has signed yet. */
export interface UnsignedEnd {
  readonly workspace: string;
  /** Of the last checkpoint; 0: there is none. */
  readonly signed: number;
  readonly seq: number;
  readonly hash: string;
  /** When the first of them was written. */
  readonly sinceMs: number;
}

export async function unsignedEnds(statements: Statements): Promise<readonly UnsignedEnd[]> {
  const rows = await statements.all(
    `SELECT ends.workspace, ends.signed, ends.seq, ends.hash, audit_entries.at_ms
     FROM (
       SELECT audit_heads.workspace, audit_heads.seq, audit_heads.hash,
         COALESCE((SELECT MAX(seq) FROM audit_checkpoints WHERE audit_checkpoints.workspace = audit_heads.workspace), 0) AS signed
       FROM audit_heads
     ) AS ends
     JOIN audit_entries ON audit_entries.workspace = ends.workspace AND audit_entries.seq = ends.signed + 1
     WHERE ends.seq > ends.signed ORDER BY ends.workspace`,
  );
  return rows.map((row) => ({
    workspace: String(row['workspace']),
    signed: Number(row['signed']),
    seq: Number(row['seq']),
    hash: String(row['hash']),
    sinceMs: Number(row['at_ms']),
  }));
}
