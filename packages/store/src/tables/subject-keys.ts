import type { Statements } from '../database.ts';

/** '': whoever it is has been erased; undefined: nothing was ever sealed for them. */
export async function subjectKey(statements: Statements, subject: string): Promise<string | undefined> {
  const [row] = await statements.all('SELECT sealed FROM subject_keys WHERE subject = ?', [subject]);
  return row && String(row['sealed']);
}

/** Inside a write that holds the house's lock: nobody else makes another one. */
export async function keepSubjectKey(statements: Statements, subject: string, sealed: string): Promise<void> {
  await statements.run('INSERT INTO subject_keys (subject, sealed) VALUES (?, ?)', [subject, sealed]);
}

/** What was sealed with it can be read by nobody any more. */
export async function shredSubjectKey(statements: Statements, subject: string): Promise<void> {
  // Its place stays taken, so that nothing is sealed for it again.
  const sealed = `INSERT INTO subject_keys (subject, sealed) VALUES (?, '') ON CONFLICT (subject) DO UPDATE SET sealed = ''`;
  await statements.run(sealed, [subject]);
}
