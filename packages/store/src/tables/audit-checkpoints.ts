import type { Statements } from '../database.ts';

export interface CheckpointRow {
  readonly workspace: string;
  readonly seq: number;
  /** JSON, with its signature. */
  readonly checkpoint: string;
}

export async function keepCheckpoint(
  statements: Statements,
  { workspace, seq, checkpoint }: CheckpointRow,
): Promise<void> {
  await statements.run('INSERT INTO audit_checkpoints (workspace, seq, checkpoint) VALUES (?, ?, ?)', [
    workspace,
    seq,
    checkpoint,
  ]);
}

/** The newest one of each workspace. */
export async function lastCheckpoints(statements: Statements): Promise<readonly CheckpointRow[]> {
  const rows = await statements.all(
    `SELECT c.workspace, c.seq, c.checkpoint FROM audit_checkpoints c
     JOIN (SELECT workspace, MAX(seq) AS seq FROM audit_checkpoints GROUP BY workspace) last
     ON c.workspace = last.workspace AND c.seq = last.seq`,
  );
  return rows.map((row) => ({
    workspace: String(row['workspace']),
    seq: Number(row['seq']),
    checkpoint: String(row['checkpoint']),
  }));
}

/** Those of one workspace behind `after`, in order. */
export async function checkpointPage(
  statements: Statements,
  { workspace, after, limit }: { readonly workspace: string; readonly after: number; readonly limit: number },
): Promise<readonly CheckpointRow[]> {
  const rows = await statements.all(
    'SELECT seq, checkpoint FROM audit_checkpoints WHERE workspace = ? AND seq > ? ORDER BY seq LIMIT ?',
    [workspace, after, limit],
  );
  return rows.map((row) => ({ workspace, seq: Number(row['seq']), checkpoint: String(row['checkpoint']) }));
}
