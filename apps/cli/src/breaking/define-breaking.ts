import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { print, type Terminal } from '../terminal.ts';

export interface BreakingFlags {
  readonly batch?: string;
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly failOn: string;
  readonly overrides?: string;
  readonly stability: string;
  readonly explain?: string;
}

const WHAT_BREAKS = `
Documents are OpenAPI 3.0 to 3.2, in YAML or JSON. A batch is a file of JSON lines {"id", "old", "new"}; each document is
an object, a text (with a line break, or that begins with {), or the name of a file, relative to the batch.
Exit code 0: nothing at or above --fail-on; 1: something is; 2: what was asked could not be done.
All ids and what they mean: docs/reference/breaking.md`;

/** `gatehouse breaking OLD NEW`. */
export function defineBreaking(command: Command, terminal: Terminal): void {
  command
    .description('say whether callers of one OpenAPI document can go on with another')
    .argument('[old]', 'what callers go by today')
    .argument('[new]', 'what shall take its place')
    .option('--batch <file>', 'judge many pairs: JSON lines {id, old, new}; answers in JSON lines; - is standard input')
    .option('--json', 'print the result as JSON')
    .option('--sarif', 'print the result as SARIF 2.1.0')
    .option('--fail-on <level>', 'exit with 1 from this level on: error, warning, info or never', 'error')
    .option('--overrides <file>', 'levels of ids or fingerprints: {"response-enum-value-added": "info"}')
    .option('--stability <level>', 'operations below it do not count: draft, alpha, beta, stable', 'beta')
    .option('--explain <id>', 'say what an id means')
    .addHelpText('after', WHAT_BREAKS)
    .action(async (old: string | undefined, newer: string | undefined, flags: BreakingFlags) => {
      const { breaking } = await import('./breaking-command.ts');
      const coloured = terminal.stdout.isTTY && (terminal.env['NO_COLOR'] ?? '') === '';
      const piped = flags.batch === '-' ? await text(terminal.stdin) : '';
      breaking({ old, new: newer, flags, piped, coloured, now: Date.now(), print: print(terminal) });
    });
}
