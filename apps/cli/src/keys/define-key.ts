import { newKey, parseDuration, sha256Hex, systemClock } from '@gatehouse/kernel';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { CommandFailure } from '../failure.ts';
import { askingOf, nameOption, withHouse, type HouseFlags } from '../house-command.ts';
import { someName } from '../options.ts';
import { print, type Terminal } from '../terminal.ts';

/** A command of which a failure points at its own help. */
type Added = (parent: Command, name: string) => Command;

const WHICH = 'as APPLICATION/NAME, or its id';

export function defineKey(
  command: Command,
  { added, terminal }: { readonly added: Added; readonly terminal: Terminal },
): void {
  command.description('keys of applications, in the store of a running gate');
  defineCreate(withHouse(added(command, 'create')), terminal);
  withHouse(added(command, 'rotate'))
    .description('make a new key for a while beside an old one; it is printed once')
    .argument('<key>', WHICH)
    .addOption(new Option('--overlap <time>', 'how long the old one is good for; without it, 24h').argParser(time))
    .addOption(nameOption('of the new key; without it, one is made up'))
    .action(async (which: string, { overlap, name, ...flags }: HouseFlags & { overlap?: number; name?: string }) => {
      const { rotateKey } = await import('./key-commands.ts');
      await rotateKey({ ...askingOf(flags, terminal), which, name, overlapMs: overlap });
    });
  withHouse(added(command, 'revoke'))
    .description('end a key for good; says by how many workers it is refused')
    .argument('<key>', WHICH)
    .addOption(new Option('--reason <text>', 'for the audit').argParser(someName))
    .action(async (which: string, { reason, ...flags }: HouseFlags & { reason?: string }) => {
      const { revokeKey } = await import('./key-commands.ts');
      await revokeKey({ ...askingOf(flags, terminal), which, reason });
    });
  withHouse(added(command, 'list'))
    .description('say which keys there are, and in which state')
    .addOption(new Option('--application <name>', 'only those of this application').argParser(someName))
    .action(async ({ application, ...flags }: HouseFlags & { application?: string }) => {
      const { listKeys } = await import('./key-commands.ts');
      await listKeys({ ...askingOf(flags, terminal), application });
    });
}

const CREATE_HELP = `
Without --application no gate is asked: the key is for the caller, its sha256 for gatehouse.yaml.`;

interface CreateFlags extends HouseFlags {
  readonly application?: string;
  readonly name?: string;
  readonly expires?: number;
}

function defineCreate(command: Command, terminal: Terminal): void {
  command
    .description('make a key for an application; it is printed once')
    .addOption(new Option('--application <name>', 'whose key it is').argParser(someName))
    .addOption(nameOption('of the key; without it, one is made up'))
    .addOption(new Option('--expires <time>', 'when it ends by itself, such as 90d; without it, never').argParser(time))
    .addHelpText('after', CREATE_HELP)
    .action(async ({ application, name, expires, ...flags }: CreateFlags) => {
      if (application !== undefined) {
        const { createKey } = await import('./key-commands.ts');
        const nowMs = systemClock.now();
        return createKey({ ...askingOf(flags, terminal), application, name, expiresInMs: expires, nowMs });
      }
      if (name !== undefined || expires !== undefined)
        throw new CommandFailure('a key with a name or an end belongs to an application: say whose with --application');
      const key = newKey();
      const sha256 = sha256Hex(key);
      print(terminal)(
        flags.json ? JSON.stringify({ key, sha256 }) : `key     ${key}   (shown once)\nsha256  ${sha256}`,
      );
    });
}

function time(text: string): number {
  const ms = parseDuration(text);
  // Nobody means a key that lasts longer than dates do.
  if (ms !== undefined && ms <= TIME_MS_MAX) return ms;
  throw new InvalidArgumentError('write a time such as 30m, 24h or 90d.');
}

const TIME_MS_MAX = 100 * 366 * 86_400_000;
