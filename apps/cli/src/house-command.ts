import { InvalidArgumentError, Option, type Command } from 'commander';
import { adminClient, type AdminClient } from './admin-client.ts';
import { serverOf, serverOptions, someName, type ServerFlags } from './options.ts';
import { print, type Terminal } from './terminal.ts';

/* What commands have in common that ask the admin API about a workspace. */

export interface HouseFlags extends ServerFlags {
  readonly workspace: string;
  readonly json?: boolean;
}

export interface Asking {
  readonly client: AdminClient;
  readonly workspace: string;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

export function withHouse(command: Command): Command {
  const workspace = new Option('--workspace <name>', 'of which workspace').default('default').argParser(someName);
  for (const option of [...serverOptions(), workspace]) command.addOption(option);
  return command.option('--json', 'print the result as JSON');
}

export function askingOf(flags: HouseFlags, terminal: Terminal): Asking {
  const client = adminClient(serverOf(flags, terminal.env));
  return { client, workspace: flags.workspace, json: flags.json ?? false, print: print(terminal) };
}

/** Of something that the store will hold. */
export function nameOption(what: string): Option {
  return new Option('--name <name>', what).argParser((text: string): string => {
    if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
    throw new InvalidArgumentError('write 1 to 64 letters, digits, . _ or -.');
  });
}
