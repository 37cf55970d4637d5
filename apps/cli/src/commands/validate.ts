import { loadConfig, type Environment } from '../load-config.ts';

export interface ValidateOptions {
  readonly file: string;
  readonly env: Environment;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** `gatehouse validate FILE`: says what it would serve, or every problem with its line. */
export function validate({ file, env, json, print }: ValidateOptions): void {
  const { snapshot, warnings } = loadConfig(file, env);
  const counts = {
    routes: snapshot.routes.length,
    upstreams: Object.keys(snapshot.upstreams).length,
    credentials: snapshot.credentials.length,
    models: Object.keys(snapshot.ai?.models ?? {}).length,
  };
  if (json) {
    print(JSON.stringify({ valid: true, version: snapshot.version, ...counts, warnings }));
    return;
  }
  for (const warning of warnings) print(`warning: ${warning}`);
  const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  print(`${file} is valid: ${parts.join(', ')} (version ${snapshot.version})`);
}
