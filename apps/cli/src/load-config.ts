import { schemaProblems } from '@gatehouse/ai/answer-schemas';
import { PROMPT_LANGUAGE } from '@gatehouse/ai/prompts';
import { PROVIDERS } from '@gatehouse/ai/providers';
import {
  compileConfig,
  formatProblem,
  type CompileResult,
  type LoadedPlugin,
  type OthersNames,
} from '@gatehouse/config';
import { POLICY_SCHEMAS } from '@gatehouse/policies/schemas';
import type { LoadOutcome } from './loaded.ts';
import { readUtf8 } from './read-config.ts';

/* Loads the schema language: what serves goes through `compileAside`, or imports types only. */

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CompileInputs {
  /** What problems call the file; documents are looked up next to it. */
  readonly file: string;
  readonly env: Environment;
  readonly readText?: (path: string) => string;
  /** What `loadPlugins` found for this text. */
  readonly plugins?: ReadonlyMap<string, LoadedPlugin>;
  /** What is declared elsewhere for the same gate. */
  readonly others?: OthersNames;
}

/** Text of a gatehouse.yaml → snapshot, or every problem of the file. */
export function compileText(
  text: string,
  { file, env, readText = readUtf8, ...optional }: CompileInputs,
): CompileResult {
  const tools = {
    policies: POLICY_SCHEMAS,
    providers: PROVIDERS,
    prompts: PROMPT_LANGUAGE,
    answerSchemaProblems: schemaProblems,
  };
  return compileConfig(text, { file, env, readText, ...tools, ...optional });
}

/** In words. */
export function outcomeOf(result: CompileResult): LoadOutcome {
  if ('problems' in result) return { problems: result.problems.map(formatProblem) };
  return { snapshot: result.snapshot, warnings: result.warnings.map(formatProblem) };
}
