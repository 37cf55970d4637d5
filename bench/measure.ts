import { setTimeout as sleep } from 'node:timers/promises';
import { folder, type Bench } from './bench.ts';
import { cpuMicros, residentMiB } from './process-tree.ts';
import type { Service } from './service.ts';
import { summaryOf, type Summary } from './statistics.ts';
import { missing, type Tool } from './tools.ts';
import { wrk, type Load } from './wrk.ts';

/** One run under full load. */
export interface Sample {
  readonly cpuMicrosPerRequest: number;
  readonly perSecond: number;
  readonly residentMiB: number;
  readonly requests: number;
  readonly failed: number;
}

/** What a proxy does after its last reply, such as writing its log, belongs to the run. */
const SETTLE_MS = 200;

export async function measure(bench: Bench, { name, port, pid }: Service, load: Load): Promise<Sample> {
  const dir = folder(bench, 'load');
  await wrk(load, { port, dir, seconds: bench.options.warmUpSeconds });
  const before = cpuMicros(pid);
  const { requests, perSecond, failed } = await wrk(load, { port, dir, seconds: bench.options.seconds });
  if (requests === 0) throw new Error(`${name} answered nothing in ${bench.options.seconds} s`);
  await sleep(SETTLE_MS);
  const cpu = cpuMicros(pid) - before;
  const sample = { cpuMicrosPerRequest: cpu / requests, perSecond, requests, failed, residentMiB: residentMiB(pid) };
  const figures = `${sample.cpuMicrosPerRequest.toFixed(1)} µs CPU a request, ${Math.round(perSecond)} a second`;
  bench.say(`    ${name}: ${figures}${failed > 0 ? `, ${failed} FAILED` : ''}`);
  return sample;
}

export interface Runner<Result> {
  readonly name: string;
  readonly needs: readonly Tool[];
  readonly run: () => Promise<Result>;
}

export interface Outcome<Result> {
  readonly samples: ReadonlyMap<string, readonly Result[]>;
  readonly skipped: readonly string[];
}

/**
 * Interleaved: every contender once a round, so that what the machine does meanwhile hits all alike. One that fails is
 * left out from there, and the report says so.
 */
export async function interleaved<Result>(bench: Bench, runners: readonly Runner<Result>[]): Promise<Outcome<Result>> {
  const samples = new Map<string, Result[]>();
  const skipped: string[] = [];
  const able = new Set<Runner<Result>>();
  for (const runner of runners) {
    const lacking = missing(bench.tools, runner.needs);
    if (lacking === undefined) able.add(runner);
    else skipped.push(`${runner.name} skipped, ${lacking}`);
  }
  for (const line of skipped) bench.say(`  ${line}`);
  for (let round = 1; round <= bench.options.rounds; round++) {
    bench.say(`  round ${round} of ${bench.options.rounds}`);
    for (const runner of able) {
      const { name } = runner;
      try {
        samples.set(name, [...(samples.get(name) ?? []), await runner.run()]);
      } catch (error) {
        able.delete(runner);
        skipped.push(`**${name} failed in round ${round}: ${firstLine(error)}**`);
        bench.problem(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
    }
  }
  return { samples, skipped };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

export async function using<Result>(service: Service, use: (service: Service) => Promise<Result>): Promise<Result> {
  try {
    return await use(service);
  } finally {
    await service.stop();
  }
}

/** CPU per request of one contender, over all rounds. */
export function cpuOf(outcome: Outcome<Sample>, name: string): Summary {
  return summaryOf(outcome.samples.get(name) ?? [], (sample) => sample.cpuMicrosPerRequest);
}
