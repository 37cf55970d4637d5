import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { LOAD_CORE } from './cores.ts';
import { numbersIn } from './numbers-in.ts';
import { runProgram } from './run-program.ts';

export interface Load {
  readonly method?: 'GET' | 'POST';
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** 64 unless said. */
  readonly connections?: number;
}

export interface Target {
  readonly port: number;
  /** For the script that wrk is told with. */
  readonly dir: string;
  readonly seconds: number;
}

export interface Loaded {
  readonly requests: number;
  readonly perSecond: number;
  /** Connections that broke, timeouts and statuses from 400. */
  readonly failed: number;
}

const CONNECTIONS = 64;

/** As many requests as its connections can get through, from one thread of wrk on the load's core. */
export async function wrk(load: Load, { port, dir, seconds }: Target): Promise<Loaded> {
  const script = path.join(dir, 'load.lua');
  writeFileSync(script, luaFor(load));
  const url = `http://127.0.0.1:${port}${load.paths[0] ?? '/'}`;
  const args = ['-t1', `-c${load.connections ?? CONNECTIONS}`, `-d${seconds}s`, '--timeout', '60s', '-s', script, url];
  const output = await runProgram({ command: 'wrk', args, cores: LOAD_CORE });
  const { requests, micros, failed } = numbersIn(output, ['requests', 'micros', 'failed']);
  return { requests, perSecond: requests / (micros / 1e6), failed };
}

function luaFor({ method = 'GET', paths, headers, body }: Load): string {
  const wrkHeaders = Object.entries(headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`);
  return `wrk.method = ${lua(method)}
${body === undefined ? '' : `wrk.body = ${lua(body)}`}
${wrkHeaders.join('\n')}
${paths.length > 1 ? inTurn(paths) : ''}
done = function(summary)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"micros":%d,"failed":%d}\\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.timeout + e.status))
end
`;
}

/** Without this wrk sends the one request that it was started with, which is cheaper. */
function inTurn(paths: readonly string[]): string {
  return `local paths = { ${paths.map(lua).join(', ')} }
local requests = {}
local at = 0
init = function()
  for n, path in ipairs(paths) do requests[n] = wrk.format(nil, path) end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end`;
}

/** Printable ASCII is quoted alike in Lua and in JSON. */
function lua(text: string): string {
  return JSON.stringify(text);
}
