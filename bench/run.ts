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
    await measureInto(measured, bench, name);
    if (options.out !== undefined) writeReport(bench, measured);
  }
  if (options.out === undefined) writeReport(bench, measured);
}

/** A scenario that fails does not take the others with it. */
async function measureInto(measured: Map<ScenarioName, Section>, bench: Bench, name: ScenarioName): Promise<void> {
  const scenario = SCENARIOS[name];
  say(`— ${name}`);
  const lacking = missing(bench.tools, scenario.needs);
  if (lacking !== undefined) {
    say(`  skipped, ${lacking}`);
    return;
  }
  try {
    measured.set(name, await scenario.run(bench));
  } catch (error) {
    problem(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
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
