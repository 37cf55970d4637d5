import { InvalidArgumentError, Option, type Command } from 'commander';
import { adminClient, type AdminClient } from '../admin-client.ts';
import { serverOf, serverOptions, someName, type ServerFlags } from '../options.ts';
import { print, type Terminal } from '../terminal.ts';

interface Flags extends ServerFlags {
  readonly workspace: string;
  readonly json?: boolean;
}

const workspaceOption = (): Option =>
  new Option('--workspace <name>', 'of which workspace').default('default').argParser(someName);

const sourceOption = (): Option =>
  new Option('--name <name>', 'under which the file owns what it says; without it, the name of the file').argParser(
    sourceName,
  );

function sourceName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('write 1 to 64 letters, digits, . _ or -.');
}

function withServer(command: Command): Command {
  for (const option of [...serverOptions(), workspaceOption()]) command.addOption(option);
  return command.option('--json', 'print the result as JSON');
}

export function defineExport(command: Command, terminal: Terminal): void {
  withServer(command)
    .description('print what a running gate stores, as a gatehouse.yaml; secrets stand as variables')
    .option('--out <file>', 'write it there, its documents beside it; never over another', someName)
    .action(async ({ out, ...flags }: Flags & { readonly out?: string }) => {
      const { exportConfig } = await import('./commands.ts');
      await exportConfig({ ...common(flags, terminal), out });
    });
}

const DIFF_HELP = `
Exit code 1 means that something differs. What the file does not name, and never did, is left alone.
With two files, no gate has to run: gatehouse diff old.yaml new.yaml`;

export function defineDiff(command: Command, terminal: Terminal): void {
  withServer(command)
    .description('say what an apply of a gatehouse.yaml would change, and what becomes of requests')
    .argument('<file>', 'such as gatehouse.yaml')
    .argument('[other]', 'a second file: what becomes of requests when that takes the place of the first')
    .addOption(sourceOption())
    .addHelpText('after', DIFF_HELP)
    .action(async (file: string, other: string | undefined, { name, ...flags }: Flags & { readonly name?: string }) => {
      const { diff, diffFiles } = await import('./commands.ts');
      const { env } = terminal;
      const { client, ...rest } = common(flags, terminal);
      if (other === undefined) await diff({ client, ...rest, name, file, env });
      else await diffFiles({ ...rest, before: file, after: other, env });
    });
}

interface ApplyFlags extends Flags {
  readonly name?: string;
  readonly yes?: boolean;
  readonly takeOver?: boolean;
}

export function defineApply(command: Command, terminal: Terminal): void {
  withServer(command)
    .description('make a running gate store and serve what a gatehouse.yaml says: all of it, or nothing')
    .argument('<file>', 'such as gatehouse.yaml')
    .addOption(sourceOption())
    .option('-y, --yes', 'do not ask')
    .option('--take-over', 'own also what another file owns')
    .action(async (file: string, { name, yes = false, takeOver = false, ...flags }: ApplyFlags) => {
      const { apply } = await import('./commands.ts');
      await apply({ ...common(flags, terminal), name, file, env: terminal.env, yes, takeOver, terminal });
    });
}

function common(flags: Flags, terminal: Terminal) {
  const client: AdminClient = adminClient(serverOf(flags, terminal.env));
  const note = (line: string): void => void terminal.stderr.write(`${line}\n`);
  return { client, workspace: flags.workspace, json: flags.json ?? false, print: print(terminal), note };
}
