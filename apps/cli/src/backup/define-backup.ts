import type { Command } from 'commander';
import path from 'node:path';
import { dataOption, databaseOption, storeOf } from '../options.ts';
import { print, type Terminal } from '../terminal.ts';

interface Flags {
  readonly data: string;
  readonly database?: string;
  readonly json?: boolean;
}

const BACKUP_HELP = `
The gate may run, and write, meanwhile: the file holds the state of one moment. It does not hold the secret key, without
which keys of providers and the like cannot be read: keep that apart. Records of calls are not in it either.`;

export function defineBackup(command: Command, terminal: Terminal): void {
  command
    .description('write all that is stored to one file, from which gatehouse restore makes a store')
    .argument('<file>', 'such as house.backup; never over another')
    .addOption(dataOption())
    .addOption(databaseOption())
    .option('--json', 'print the result as JSON')
    .addHelpText('after', BACKUP_HELP)
    .action(async (file: string, flags: Flags) => {
      const { backup } = await import('./backup.ts');
      await backup({ file, ...common(flags, terminal) });
    });
}

const RESTORE_HELP = `
No gate may run on the store. A file that is cut off or changed, or whose secret key is not the one of the data folder, is
refused before anything is written; what is written is all of it or nothing. From SQLite to PostgreSQL and back:
  gatehouse backup house.backup
  gatehouse restore house.backup --database postgres://…`;

export function defineRestore(command: Command, terminal: Terminal): void {
  command
    .description('make the store what a file of gatehouse backup says')
    .argument('<file>', 'such as house.backup')
    .addOption(dataOption())
    .addOption(databaseOption())
    .option('--force', 'also when something is stored: it is replaced')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', RESTORE_HELP)
    .action(async (file: string, { force = false, ...flags }: Flags & { readonly force?: boolean }) => {
      const { restoreFrom } = await import('./restore-from.ts');
      await restoreFrom({ file, force, ...common(flags, terminal) });
    });
}

function common({ json = false, ...flags }: Flags, terminal: Terminal) {
  const secretKey = terminal.env['GATEHOUSE_SECRET_KEY'];
  return { place: storeOf(flags), dataDir: path.resolve(flags.data), secretKey, json, print: print(terminal) };
}
