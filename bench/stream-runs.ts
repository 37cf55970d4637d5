import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, type Bench } from './bench.ts';
import { startGatehouse } from './contenders.ts';
import { LOAD_CORE } from './cores.ts';
import { using } from './measure.ts';
import { numbersIn } from './numbers-in.ts';
import { cpuMicros, residentMiB } from './process-tree.ts';
import { runProgram } from './run-program.ts';
import { freePort, launch, type Service } from './service.ts';
import { HUGE_BYTES, type StreamKind, type Way } from './stream-kinds.ts';
import { writeTemplate } from './template.ts';

export interface Flooded {
  readonly cpuMicrosPerEvent: number;
  readonly perSecond: number;
  readonly residentMiB: number;
  readonly failed: number;
}

/** In µs. */
export interface FirstToken {
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

export interface Opened {
  readonly streams: number;
  readonly alive: number;
  readonly beforeMiB: number;
  readonly atMiB: number;
  readonly failed: number;
}

export interface SlowlyRead {
  readonly offeredMiB: number;
  readonly sentMiB: number;
  readonly beforeMiB: number;
  readonly peakMiB: number;
  readonly failed: number;
}

const MIB = 2 ** 20;
const CONNECTIONS = 16;
const PAUSE_MS = 40;
const OPEN = 2000;
const SLOW = 8;
/** What a gate does behind the last byte belongs to the run. */
const SETTLE_MS = 200;
const LOOK_MS = 100;
const READY_MS = 30_000;

/** As many events as one worker gets through. */
export async function flood(bench: Bench, way: Way): Promise<Flooded> {
  return through(bench, async ({ gate }) => {
    const { warmUpSeconds, seconds } = bench.options;
    await callers({ port: gate.port, way, kind: 'flood', seconds: warmUpSeconds });
    const before = cpuMicros(gate.pid);
    const { events, failed } = await callers({ port: gate.port, way, kind: 'flood', seconds });
    await sleep(SETTLE_MS);
    const cpuMicrosPerEvent = (cpuMicros(gate.pid) - before) / events;
    bench.say(`    ${way}: ${cpuMicrosPerEvent.toFixed(1)} µs CPU an event`);
    return { cpuMicrosPerEvent, perSecond: events / seconds, residentMiB: residentMiB(gate.pid), failed };
  });
}

export async function firstToken(bench: Bench, way: Way): Promise<FirstToken> {
  return through(bench, async ({ gate, provider }) => {
    const { warmUpSeconds, seconds } = bench.options;
    const { port } = way === 'direct' ? provider : gate;
    const load = { port, way, kind: 'first', pauseMs: PAUSE_MS } as const;
    // Calls with pauses are too few to warm a gate up.
    if (way !== 'direct') await callers({ port, way, kind: 'flood', seconds: warmUpSeconds });
    await callers({ ...load, seconds: warmUpSeconds });
    const { p50, p99, failed } = await callers({ ...load, seconds });
    bench.say(`    ${way}: first token p50 ${Math.round(p50)} µs, p99 ${Math.round(p99)} µs`);
    return { p50, p99, failed };
  });
}

export async function openStreams(bench: Bench, way: Way): Promise<Opened> {
  return through(bench, async ({ gate }) => {
    const beforeMiB = await warmed(gate, way);
    const held = await hold(bench, 'open-streams.ts', { port: gate.port, way, count: OPEN });
    await sleep(bench.options.seconds * 1000);
    const atMiB = residentMiB(gate.pid);
    await held.stop();
    const { alive } = numbersIn(held.output(), ['alive']);
    bench.say(`    ${way}: ${alive} of ${OPEN} streams, ${Math.round(beforeMiB)} to ${Math.round(atMiB)} MiB`);
    return { streams: OPEN, alive, beforeMiB, atMiB, failed: OPEN - alive };
  });
}

export async function slowReaders(bench: Bench, way: Way): Promise<SlowlyRead> {
  return through(bench, async ({ gate, provider }) => {
    const beforeMiB = await warmed(gate, way);
    const held = await hold(bench, 'slow-readers.ts', { port: gate.port, way, count: SLOW });
    let peakMiB = 0;
    const untilMs = performance.now() + bench.options.seconds * 1000;
    while (performance.now() < untilMs) {
      peakMiB = Math.max(peakMiB, residentMiB(gate.pid));
      await sleep(LOOK_MS);
    }
    // The provider first: what it got rid of once its callers have left tells nothing.
    await provider.stop();
    await held.stop();
    const { open } = numbersIn(held.output(), ['bytes', 'open']);
    const sentMiB = numbersIn(provider.output(), ['hugeBytes']).hugeBytes / MIB;
    bench.say(`    ${way}: peak ${Math.round(peakMiB)} MiB, ${sentMiB.toFixed(1)} MiB from the provider`);
    return { offeredMiB: (SLOW * HUGE_BYTES) / MIB, sentMiB, beforeMiB, peakMiB, failed: SLOW - open };
  });
}

interface Standing {
  readonly gate: Service;
  readonly provider: Service;
}

async function through<Result>(bench: Bench, run: (standing: Standing) => Promise<Result>): Promise<Result> {
  return using(await startStreams(bench), async (provider) => {
    const dir = folder(bench, 'gatehouse');
    const config = writeTemplate('gatehouse-streams.yaml', dir, { upstream: provider.port });
    return using(await startGatehouse({ dir, config, workers: 1 }), async (gate) => run({ gate, provider }));
  });
}

async function startStreams(bench: Bench): Promise<Service> {
  const port = await freePort();
  const args = [path.join(import.meta.dirname, 'fake-streams.ts'), '--port', String(port)];
  const dir = folder(bench, 'fake-streams');
  return launch({ name: 'fake streams', command: process.execPath, args, cores: LOAD_CORE, port, dir });
}

/** What the gate holds once it has dealt with some calls. */
async function warmed(gate: Service, way: Way): Promise<number> {
  await callers({ port: gate.port, way, kind: 'flood', seconds: 1 });
  return residentMiB(gate.pid);
}

interface Callers {
  readonly port: number;
  readonly way: Way;
  readonly kind: StreamKind;
  readonly seconds: number;
  readonly pauseMs?: number;
}

const FIELDS = ['events', 'streams', 'failed', 'p50', 'p99'] as const;

async function callers({ port, way, kind, seconds, pauseMs = 0 }: Callers) {
  const flags = { port, way, kind, seconds, connections: CONNECTIONS, 'pause-ms': pauseMs };
  const args = [path.join(import.meta.dirname, 'stream-callers.ts'), ...flagsOf(flags)];
  const told = numbersIn(await runProgram({ command: process.execPath, args, cores: LOAD_CORE }), FIELDS);
  if (told.streams === 0) throw new Error(`no ${way} stream of ${kind} came to its end in ${seconds} s`);
  return told;
}

/** Runs a program that says `ready`, until it is stopped. */
async function hold(
  bench: Bench,
  program: string,
  flags: { readonly port: number; readonly way: Way; readonly count: number },
): Promise<Service> {
  const held = await launch({
    name: program,
    command: process.execPath,
    args: [path.join(import.meta.dirname, program), ...flagsOf(flags)],
    cores: LOAD_CORE,
    port: flags.port,
    dir: folder(bench, 'held'),
  });
  const deadlineMs = performance.now() + READY_MS;
  while (!held.output().includes('ready')) {
    if (performance.now() > deadlineMs) {
      await held.stop();
      throw new Error(`${program} did not get its streams: ${held.output().slice(-500)}`);
    }
    await sleep(LOOK_MS);
  }
  return held;
}

function flagsOf(flags: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
