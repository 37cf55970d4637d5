import path from 'node:path';
import type { Command } from 'commander';
import { dataOption, someName } from '../options.ts';
import { print, type Terminal } from '../terminal.ts';

export interface DriftFlags {
  readonly data: string;
  readonly records?: string;
  readonly api?: string;
  readonly apiVersion?: string;
  readonly since?: string;
  readonly patch?: string;
  readonly json?: boolean;
  readonly failOn: string;
}

const WHAT_IT_READS = `
The gate must have watched: put the policy \`drift\` at the api. Without --api and --api-version it is the version whose
document this is. --patch writes what the document would have to say so that what was seen fits; it only adds.
Exit code 0: nothing at or above --fail-on; 1: something is; 2: what was asked could not be done.
What is found and what it means: docs/drift.md`;

/** `gatehouse drift SPEC`. */
export function defineDrift(command: Command, terminal: Terminal): void {
  command
    .description('say how far traffic is from an OpenAPI document')
    .argument('<spec>', 'such as users.openapi.yaml')
    .addOption(dataOption())
    .option('--records <dir>', 'folder of records; without it, that of the data folder', someName)
    .option('--api <name>', 'as gatehouse.yaml names it')
    .option('--api-version <version>', 'of the api')
    .option('--since <when>', 'such as 7d, or an ISO time; without it, all that is kept')
    .option('--patch <file>', 'write the document there with what it lacks; never over another')
    .option('--json', 'print the report and the patch as JSON')
    .option('--fail-on <level>', 'exit with 1 from this level on: error, warning, info or never', 'error')
    .addHelpText('after', WHAT_IT_READS)
    .action(async (spec: string, flags: DriftFlags) => {
      const { drift } = await import('./drift-command.ts');
      const coloured = terminal.stdout.isTTY && (terminal.env['NO_COLOR'] ?? '') === '';
      const folder = path.resolve(flags.records ?? path.join(flags.data, 'records'));
      const note = (line: string): void => void terminal.stderr.write(`${line}\n`);
      await drift({ spec, folder, flags, coloured, now: Date.now(), print: print(terminal), note });
    });
}
