import { spawnSync } from 'node:child_process';

export type Tool = 'nginx' | 'haproxy' | 'wrk' | 'taskset' | 'python3';

const TOOLS: Readonly<Record<Tool, { readonly version: string; readonly debian: string }>> = {
  nginx: { version: '-v', debian: 'nginx-light' },
  haproxy: { version: '-v', debian: 'haproxy' },
  wrk: { version: '-v', debian: 'wrk' },
  taskset: { version: '--version', debian: 'util-linux' },
  python3: { version: '--version', debian: 'python3-venv' },
};

/** Debian keeps servers out of the path of ordinary users. */
export const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

export type Tools = Readonly<Record<Tool, string | undefined>>;

/** The version of each tool, undefined where it is missing. */
export function findTools(): Tools {
  return {
    nginx: versionOf('nginx'),
    haproxy: versionOf('haproxy'),
    wrk: versionOf('wrk'),
    taskset: versionOf('taskset'),
    python3: versionOf('python3'),
  };
}

/** One line that says what to install, undefined when all of `needs` are there. */
export function missing(tools: Tools, needs: readonly Tool[]): string | undefined {
  const lacking = needs.filter((tool) => tools[tool] === undefined);
  if (lacking.length === 0) return undefined;
  const packages = lacking.map((tool) => TOOLS[tool].debian);
  return `${lacking.join(', ')} missing: apt-get install ${packages.join(' ')}`;
}

function versionOf(tool: Tool): string | undefined {
  // wrk prints its version and ends with 1
  const run = spawnSync(tool, [TOOLS[tool].version], { encoding: 'utf8', env: { ...process.env, PATH } });
  if (run.error !== undefined) return undefined;
  return /\d+\.\d+(?:\.\d+)*/.exec(`${run.stdout}${run.stderr}`)?.[0] ?? 'unknown';
}
