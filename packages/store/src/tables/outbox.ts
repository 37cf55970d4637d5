import type { Statements } from '../database.ts';

/** Something that others have to be told of. */
export interface OutboxEvent {
  /** Grows with time. */
  readonly id: string;
  readonly workspace: string;
  /** `subscription.approved` */
  readonly topic: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  readonly dueMs: number;
}

/** In one transaction with the change that it tells of. */
export async function addToOutbox(statements: Statements, event: Omit<OutboxEvent, 'attempts'>): Promise<void> {
  await statements.run(
    'INSERT INTO outbox (id, workspace, topic, event, attempts, due_ms, done_ms) VALUES (?, ?, ?, ?, 0, ?, NULL)',
    [event.id, event.workspace, event.topic, JSON.stringify(event.event), event.dueMs],
  );
}

/** What is to be told now, the oldest first. */
export async function dueEvents(statements: Statements, nowMs: number, limit: number): Promise<readonly OutboxEvent[]> {
  const rows = await statements.all(
    'SELECT * FROM outbox WHERE done_ms IS NULL AND due_ms <= ? ORDER BY due_ms, id LIMIT ?',
    [nowMs, limit],
  );
  return rows.map((row) => ({
    id: String(row['id']),
    workspace: String(row['workspace']),
    topic: String(row['topic']),
    event: eventOf(String(row['event'])),
    attempts: Number(row['attempts']),
    dueMs: Number(row['due_ms']),
  }));
}

export async function eventDone(statements: Statements, id: string, nowMs: number): Promise<void> {
  await statements.run('UPDATE outbox SET done_ms = ? WHERE id = ?', [nowMs, id]);
}

export async function eventAgain(statements: Statements, id: string, dueMs: number): Promise<void> {
  await statements.run('UPDATE outbox SET attempts = attempts + 1, due_ms = ? WHERE id = ?', [dueMs, id]);
}

/** What has been told before then is forgotten; says how many. */
export async function forgetTold(statements: Statements, beforeMs: number): Promise<number> {
  return statements.run('DELETE FROM outbox WHERE done_ms IS NOT NULL AND done_ms < ?', [beforeMs]);
}

function eventOf(text: string): OutboxEvent['event'] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `addToOutbox` wrote an object
  return JSON.parse(text) as OutboxEvent['event'];
}
