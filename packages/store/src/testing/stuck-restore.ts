import { readFileSync } from 'node:fs';
import { restoreBackup } from '../backup/restore-backup.ts';
import { openDatabase } from '../open-database.ts';

/** A program that restores a backup and, where a test says so, waits to be killed when all rows have been written. */
const [place = '', file = '', moment] = process.argv.slice(2);
const database = await openDatabase(place);
async function* bytes(): AsyncGenerator<Buffer> {
  yield* [readFileSync(file)];
  if (moment === 'before its end') await stuck();
}
const beforeCommit = async (): Promise<void> => (moment === 'before its commit' ? stuck() : undefined);
await restoreBackup(database, bytes(), { beforeCommit });
await stuck();

async function stuck(): Promise<void> {
  process.stdout.write('stuck\n');
  await new Promise((resolve) => setTimeout(resolve, 600_000));
}
