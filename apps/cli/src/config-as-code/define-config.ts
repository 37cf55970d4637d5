import type { Command, Option } from 'commander';
import { askingOf, nameOption, withHouse, type HouseFlags } from '../house-command.ts';
import { someName } from '../options.ts';
import type { Terminal } from '../terminal.ts';

const sourceOption = (): Option =>
  nameOption('under which the file owns what it says; without it, the name of the file');

export function defineExport(command: Command, terminal: Terminal): void {
  withHouse(command)
    .description('print what a running gate stores, as a gatehouse.yaml; secrets stand as variables')
    .option('--out <file>', 'write it there, its documents beside it; never over another', someName)
    .action(async ({ out, ...flags }: HouseFlags & { readonly out?: string }) => {
      const { exportConfig } = await import('./commands.ts');
      await exportConfig({ ...common(flags, terminal), out });
    });
}

const DIFF_HELP = `
Exit code 1 means that something differs. What the file does not name, and never did, is left alone.
With two files, no gate has to run: gatehouse diff old.yaml new.yaml`;

export function defineDiff(command: Command, terminal: Terminal): void {
  withHouse(command)
    .description('say what an apply of a gatehouse.yaml would change, and what becomes of requests')
    .argument('<file>', 'such as gatehouse.yaml')
    .argument('[other]', 'a second file: what becomes of requests when that takes the place of the first')
    .addOption(sourceOption())
    .addHelpText('after', DIFF_HELP)
    .action(
      async (file: string, other: string | undefined, { name, ...flags }: HouseFlags & { readonly name?: string }) => {
        const { diff, diffFiles } = await import('./commands.ts');
        const { env } = terminal;
        const { client, ...rest } = common(flags, terminal);
        if (other === undefined) await diff({ client, ...rest, name, file, env });
        else await diffFiles({ ...rest, before: file, after: other, env });
      },
    );
}

interface ApplyFlags extends HouseFlags {
  readonly name?: string;
  readonly yes?: boolean;
  readonly takeOver?: boolean;
}

export function defineApply(command: Command, terminal: Terminal): void {
  withHouse(command)
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

function common(flags: HouseFlags, terminal: Terminal) {
  return { ...askingOf(flags, terminal), note: (line: string): void => void terminal.stderr.write(`${line}\n`) };
}
