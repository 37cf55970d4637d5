/** `npm run bench`: runs scenarios one after the other and writes the report. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Bench, Section } from './bench.ts';
import { LOAD_CORE, pinSelf } from './cores.ts';
import { readOptions, UsageProblem, type ScenarioName } from './options.ts';
import { writeReport } from './report.ts';
import { SCENARIOS } from './scenarios/table.ts';
import { findTools, missing } from './tools.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function problem(text: string): void {
  process.exitCode = 1;
  process.stderr.write(`${text}\n`);
}

async function run(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (os.cpus().length < 2)
    throw new UsageProblem('the benchmark needs two cores: one for the load, one for the proxy');
  const tools = findTools();
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-bench-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
  const bench: Bench = { options, tools, dir, saturation: new Map(), versions: new Map(), say, problem };
  if (tools.taskset !== undefined) pinSelf(LOAD_CORE);
  const measured = new Map<ScenarioName, Section>();
  for (const name of options.scenarios) {
    const { needs, run: measure } = SCENARIOS[name];
    say(`— ${name}`);
    const lacking = missing(tools, needs);
    if (lacking === undefined) measured.set(name, await measure(bench));
    else say(`  skipped, ${lacking}`);
  }
  writeReport(bench, measured);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
try {
  await run();
  process.exit();
} catch (error) {
  const usage = error instanceof UsageProblem;
  process.stderr.write(`${error instanceof Error ? ((usage ? error.message : error.stack) ?? '') : String(error)}\n`);
  process.exit(usage ? 2 : 1);
}
