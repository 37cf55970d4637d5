import type { Statements } from '../database.ts';

export interface ReplyKey {
  readonly workspace: string;
  /** Who asked: another one's key is another key. */
  readonly principal: string;
  readonly key: string;
}

export interface KeptReply {
  /** Of the request that it answers. */
  readonly fingerprint: string;
  readonly status: number;
  /** JSON */
  readonly body: string;
}

export async function keptReply(
  statements: Statements,
  { workspace, principal, key }: ReplyKey,
): Promise<KeptReply | undefined> {
  const where = 'workspace = ? AND principal = ? AND key = ?';
  const [row] = await statements.all(`SELECT * FROM kept_replies WHERE ${where}`, [workspace, principal, key]);
  if (row === undefined) return undefined;
  return { fingerprint: String(row['fingerprint']), status: Number(row['status']), body: String(row['body']) };
}

/** In one transaction with what was done. */
export async function keepReply(
  statements: Statements,
  { workspace, principal, key }: ReplyKey,
  { fingerprint, status, body, atMs }: KeptReply & { readonly atMs: number },
): Promise<void> {
  await statements.run(
    `INSERT INTO kept_replies (workspace, principal, key, fingerprint, status, body, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [workspace, principal, key, fingerprint, status, body, atMs],
  );
}

/** Says how many. */
export async function forgetReplies(statements: Statements, beforeMs: number): Promise<number> {
  return statements.run('DELETE FROM kept_replies WHERE at_ms < ?', [beforeMs]);
}
