import path from 'node:path';
import { LOAD_CORE } from './cores.ts';
import { numbersIn } from './numbers-in.ts';
import { runProgram } from './run-program.ts';

export interface FixedRate {
  readonly port: number;
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const FIELDS = ['calls', 'perSecond', 'failed', 'p50', 'p99', 'p999', 'max', 'lateP99', 'busy'] as const;

/** Latencies in µs, `busy` the share of its core that the generator used. */
export type Latencies = Readonly<Record<(typeof FIELDS)[number], number>>;

/** Runs open-loop.ts on the load's core. */
export async function callAtFixedRate(load: FixedRate): Promise<Latencies> {
  const headers = Object.entries(load.headers ?? {}).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const flags = {
    port: load.port,
    rate: load.perSecond,
    'warm-up': load.warmUpSeconds,
    seconds: load.seconds,
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const program = path.join(import.meta.dirname, 'open-loop.ts');
  const command = process.execPath;
  return numbersIn(await runProgram({ command, args: [program, ...args, ...headers], cores: LOAD_CORE }), FIELDS);
}

/** Above this the generator itself, or the machine, is what is measured. */
const LATE_MICROS_MAX = 1000;
const RATES = 5;
const TRIES = 2;

/** The highest rate from `wanted` downwards at which the generator sends on time to a server that does next to nothing. */
export async function sustainableRate(load: FixedRate): Promise<number> {
  let { perSecond } = load;
  for (let rate = 1; rate < RATES; rate++) {
    for (let tried = 1; tried <= TRIES; tried++) {
      const { lateP99, p99 } = await callAtFixedRate({ ...load, perSecond });
      if (lateP99 < LATE_MICROS_MAX && p99 < 2 * LATE_MICROS_MAX) return perSecond;
    }
    perSecond = Math.round(perSecond * 0.7);
  }
  return perSecond;
}
