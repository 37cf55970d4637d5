import type { Statements } from '../database.ts';

/** Of who was erased: no key comes after it. */
export const ERASED_KEY = '';

/** Sealed; '' for who was erased, undefined for who has none yet. */
export async function subjectKey(statements: Statements, subject: string): Promise<string | undefined> {
  const [row] = await statements.all('SELECT sealed_key FROM subject_keys WHERE subject = ?', [subject]);
  return row && String(row['sealed_key']);
}

export interface SubjectKeyRow {
  readonly subject: string;
  readonly sealedKey: string;
  readonly atMs: number;
}

export async function insertSubjectKey(statements: Statements, row: SubjectKeyRow): Promise<void> {
  const { subject, sealedKey, atMs } = row;
  await statements.run('INSERT INTO subject_keys (subject, sealed_key, at_ms) VALUES (?, ?, ?)', [
    subject,
    sealedKey,
    atMs,
  ]);
}

/** The key is gone for good, and none comes after it. */
export async function eraseSubjectKey(
  statements: Statements,
  { subject, atMs }: { readonly subject: string; readonly atMs: number },
): Promise<void> {
  await statements.run(
    `INSERT INTO subject_keys (subject, sealed_key, at_ms) VALUES (?, '', ?)
     ON CONFLICT (subject) DO UPDATE SET sealed_key = '', at_ms = excluded.at_ms`,
    [subject, atMs],
  );
}
