import { formatProblem, type CompileResult, type Snapshot } from '@gatehouse/config';
import { CommandFailure } from '../failure.ts';
import { compileText, type Environment } from '../load-config.ts';
import { loadPlugins } from '../plugins/load-plugins.ts';
import { readConfigOnce, readUtf8 } from '../read-config.ts';

export interface ValidateOptions {
  readonly file: string;
  readonly env: Environment;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/**
 * `gatehouse validate FILE`: says what it would serve, or every problem with its line. A file with problems is a finding
 * (exit code 1), one that cannot be read is not (2).
 */
export async function validate({ file, env, json, print }: ValidateOptions): Promise<void> {
  const text = readConfigOnce(file);
  const plugins = await loadPlugins(text, { file, readText: readUtf8 });
  const result = compileText(text, { file, env, plugins });
  if (json) print(JSON.stringify(jsonOf(result)));
  if ('problems' in result) throw new CommandFailure(json ? '' : result.problems.map(formatProblem).join('\n'), 1);
  if (json) return;
  const { snapshot, warnings } = result;
  for (const warning of warnings) print(`warning: ${formatProblem(warning)}`);
  const parts = Object.entries(countsOf(snapshot)).map(
    ([names, count]) => `${count} ${count === 1 ? names.slice(0, -1) : names}`,
  );
  print(`${file} is valid: ${parts.join(', ')} (version ${snapshot.version})`);
}

/** Problems and warnings as `{file, line, column, message, path}`. */
function jsonOf(result: CompileResult): object {
  if ('problems' in result) return { valid: false, problems: result.problems };
  const { snapshot, warnings } = result;
  return { valid: true, version: snapshot.version, ...countsOf(snapshot), warnings };
}

function countsOf(snapshot: Snapshot): Readonly<Record<string, number>> {
  return {
    routes: snapshot.routes.length,
    upstreams: Object.keys(snapshot.upstreams).length,
    credentials: snapshot.credentials.length,
    models: Object.keys(snapshot.ai?.models ?? {}).length,
  };
}
