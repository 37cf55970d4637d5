import type { SqlValue, Statements } from '../database.ts';

/** Where the chain of a workspace ends. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

export interface AuditRow {
  readonly workspace: string;
  readonly seq: number;
  readonly atMs: number;
  /** `<kind> <id>` */
  readonly entity: string;
  /** JSON, with its hash. */
  readonly entry: string;
  readonly hash: string;
}

/** Before the first entry: undefined. Only inside a write that holds the workspace's lock is it the last one. */
export async function auditHead(statements: Statements, workspace: string): Promise<AuditHead | undefined> {
  const [row] = await statements.all('SELECT seq, hash FROM audit_heads WHERE workspace = ?', [workspace]);
  return row && { seq: Number(row['seq']), hash: String(row['hash']) };
}

/** Of all workspaces. */
export async function auditHeads(
  statements: Statements,
): Promise<readonly (AuditHead & { readonly workspace: string })[]> {
  const rows = await statements.all('SELECT workspace, seq, hash FROM audit_heads ORDER BY workspace');
  return rows.map((row) => ({
    workspace: String(row['workspace']),
    seq: Number(row['seq']),
    hash: String(row['hash']),
  }));
}

/** In one transaction with what it tells of. */
export async function appendAudit(statements: Statements, row: AuditRow): Promise<void> {
  const { workspace, seq, atMs, entity, entry, hash } = row;
  await statements.run('INSERT INTO audit_entries (workspace, seq, at_ms, entity, entry) VALUES (?, ?, ?, ?, ?)', [
    workspace,
    seq,
    atMs,
    entity,
    entry,
  ]);
  await statements.run(
    `INSERT INTO audit_heads (workspace, seq, hash) VALUES (?, ?, ?)
     ON CONFLICT (workspace) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
    [workspace, seq, hash],
  );
}

export interface AuditQuery {
  readonly workspace: string;
  readonly entity?: string | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Entries in the order of the chain, as JSON. */
export async function auditPage(statements: Statements, query: AuditQuery): Promise<readonly string[]> {
  const { workspace, entity, after = 0, limit } = query;
  const values: SqlValue[] = [workspace, after];
  if (entity !== undefined) values.push(entity);
  const rows = await statements.all(
    `SELECT entry FROM audit_entries WHERE workspace = ? AND seq > ?${entity === undefined ? '' : ' AND entity = ?'}
     ORDER BY seq LIMIT ?`,
    [...values, limit],
  );
  return rows.map((row) => String(row['entry']));
}

/** Whether there are entries behind `after`, besides those of the entity `except`. */
export async function isMoreAudit(
  statements: Statements,
  { workspace, entity, after, except }: Omit<AuditQuery, 'limit'> & { readonly after: number; readonly except: string },
): Promise<boolean> {
  const rows = await statements.all(
    `SELECT seq FROM audit_entries WHERE workspace = ? AND seq > ? AND entity ${entity === undefined ? '<>' : '='} ?
     ORDER BY seq LIMIT 1`,
    [workspace, after, entity ?? except],
  );
  return rows.length > 0;
}
