import { systemClock } from '@gatehouse/kernel';
import { Option, type Command } from 'commander';
import { print, type Terminal } from '../terminal.ts';
import type { LintFlags } from './lint-files.ts';

/** The words of `gatehouse lint`. */
export function defineLint(command: Command, terminal: Terminal): void {
  command
    .description('what is to be said of an OpenAPI document: findings with their lines, scores, a grade')
    .argument('[specs...]', 'such as openapi.yaml; OpenAPI 3.0 to 3.2 in YAML or JSON')
    .option('--json', 'print the result as JSON; of several documents, a list')
    .option('--sarif', 'print it as SARIF 2.1.0, for code hosts')
    .option('--ruleset <name|file>', 'a pack such as strict, or a ruleset file, also one of Spectral', 'recommended')
    .addOption(
      new Option('--fail-on <level>', 'exit with 1 from this severity on')
        .choices(['error', 'warning', 'info', 'never'])
        .default('error'),
    )
    .option('--previous <file>', 'the version that is published, for rules that compare')
    .option('--baseline <file>', 'only findings that are not in it count')
    .option('--write-baseline', 'write the findings of now to the file of --baseline')
    .option('--waivers <file>', 'findings that somebody answers for, until a day')
    .option('--explain [rule]', 'say what a rule asks, and why; without a rule, list all')
    .option('--fix', 'mend in the files what can be mended without a change for callers')
    .action(async (specs: readonly string[], flags: LintFlags) => {
      const { stdout, stderr, env } = terminal;
      const colour = stdout.isTTY && env['NO_COLOR'] === undefined;
      const note = (line: string): void => void stderr.write(`${line}\n`);
      const { lintFiles } = await import('./lint-files.ts');
      await lintFiles({ specs, flags, colour, nowMs: systemClock.now(), print: print(terminal), note });
    });
}
