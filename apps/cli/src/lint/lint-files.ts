import { existsSync, writeFileSync } from 'node:fs';
import { CommandFailure } from '../failure.ts';
import { readConfigOnce } from '../read-config.ts';
import { lintAside } from './lint-aside.ts';
import type { LintOrder, TextFile } from './lint-job.ts';

export interface LintFlags {
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly ruleset: string;
  readonly failOn: LintOrder['failOn'];
  readonly previous?: string;
  readonly baseline?: string;
  readonly writeBaseline?: boolean;
  readonly waivers?: string;
  readonly explain?: string | true;
  readonly fix?: boolean;
}

export interface LintFiles {
  readonly specs: readonly string[];
  readonly flags: LintFlags;
  readonly colour: boolean;
  readonly nowMs: number;
  readonly print: (line: string) => void;
  /** For what is said beside the result. */
  readonly note: (line: string) => void;
}

/** `gatehouse lint SPEC...`. Exit code 1 for findings from the failing level on, 2 where it could not look. */
export async function lintFiles({ specs, flags, colour, nowMs, print, note }: LintFiles): Promise<void> {
  if (flags.explain !== undefined) {
    const { explained } = await import('./explain.ts');
    print(explained(flags.explain));
    return;
  }
  const outcome = await lintAside({ ...orderOf(specs, flags), colour, nowMs });
  if ('failure' in outcome) throw new CommandFailure(outcome.failure);
  for (const { file, text } of outcome.writes) write(file, text);
  for (const line of outcome.notes) note(line);
  print(outcome.output);
  if (outcome.failed) throw new CommandFailure('', 1);
}

function orderOf(specs: readonly string[], flags: LintFlags): Omit<LintOrder, 'colour' | 'nowMs'> {
  if (specs.length === 0) throw new CommandFailure('name a document, such as openapi.yaml');
  if (flags.json === true && flags.sarif === true) throw new CommandFailure('write one of --json and --sarif');
  if (flags.writeBaseline === true && flags.baseline === undefined) {
    throw new CommandFailure('--write-baseline needs --baseline FILE, the file to write');
  }
  const given = (file: string | undefined): TextFile | undefined => (file === undefined ? undefined : read(file));
  return {
    specs: specs.map(read),
    ruleset: rulesetOf(flags.ruleset),
    previous: given(flags.previous),
    waivers: given(flags.waivers),
    baseline: flags.writeBaseline === true ? undefined : given(flags.baseline),
    writeBaseline: flags.writeBaseline === true ? flags.baseline : undefined,
    fix: flags.fix ?? false,
    format: flags.json === true ? 'json' : flags.sarif === true ? 'sarif' : 'text',
    failOn: flags.failOn,
  };
}

function read(file: string): TextFile {
  return { file, text: readConfigOnce(file) };
}

/** A name without a folder or an ending is a pack, unless such a file is there. */
function rulesetOf(name: string): string | TextFile {
  return /^[a-z0-9-]+$/.test(name) && !existsSync(name) ? name : read(name);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CommandFailure(`${file}: the file cannot be written (${code})`);
  }
}
