import { readFileSync } from 'node:fs';
import { PROVIDERS } from '@gatehouse/ai';
import { compileConfig, formatProblem, type Snapshot } from '@gatehouse/config';
import { POLICIES } from '@gatehouse/policies';
import { CommandFailure } from './failure.ts';

export interface Loaded {
  readonly snapshot: Snapshot;
  /** Ready to print. */
  readonly warnings: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Text of a gatehouse.yaml → snapshot; every problem of the file stands in the failure's message, one a line. */
export function compileText(text: string, options: { readonly file: string; readonly env: Environment }): Loaded {
  const result = compileConfig(text, {
    ...options,
    policies: POLICIES,
    providers: PROVIDERS,
    readText: (path) => readFileSync(path, 'utf8'),
  });
  if ('problems' in result) throw new CommandFailure(result.problems.map(formatProblem).join('\n'), 1);
  return { snapshot: result.snapshot, warnings: result.warnings.map(formatProblem) };
}

export function loadConfig(file: string, env: Environment): Loaded {
  return compileText(readConfig(file), { file, env });
}

export function readConfig(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailure(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
