import { setTimeout as sleep } from 'node:timers/promises';
import type { ExchangeRecord } from '@gatehouse/record';
import { startGate, type Running } from '../../apps/gateway/test/harness.ts';
import type { Bench, Section } from '../bench.ts';
import { startUpstream } from '../contenders.ts';
import { allCores, LOAD_CORE, pinSelf } from '../cores.ts';
import { short, spread, whole } from '../figures.ts';
import { interleaved, using } from '../measure.ts';
import { connectionOf, NumberedCallers } from '../numbered-callers.ts';
import { summaryOf } from '../statistics.ts';
import { template } from '../template.ts';

const STEADY = 64;
const FRESH_MS = 5;
const BEFORE_MS = 2000;
const AFTER_MS = 3000;

interface Sample {
  /** From the order to die to the first call that the new worker was given. */
  readonly replacedMs: number;
  readonly answered: number;
  /** Calls that were under way in the worker that died. */
  readonly lostWithWorker: number;
  readonly lostElsewhere: number;
  readonly refused: number;
  readonly freshFailed: number;
  readonly freshOpened: number;
}

export async function killWorker(bench: Bench): Promise<Section> {
  return using(await startUpstream(bench), async ({ port: upstream }) => {
    pinSelf(allCores());
    const run = async (): Promise<Sample> => one(bench, upstream);
    const { samples, skipped } = await interleaved(bench, [{ name: 'Gatehouse', needs: [], run }]);
    pinSelf(LOAD_CORE);
    const runs = samples.get('Gatehouse') ?? [];
    const row = (title: string, pick: (sample: Sample) => number, digits: (value: number) => string): string[] => {
      const figures = summaryOf(runs, pick);
      return [title, digits(figures.median), spread(figures)];
    };
    return {
      method: `Two workers, ${STEADY} connections that call every 10 ms or so and a new connection every ${FRESH_MS} ms; then one worker is ended by force, as a crash would. Records say which worker served which connection.`,
      tables: [
        {
          head: ['Gatehouse', 'median', 'spread'],
          rows: [
            row('ms until the new worker was given its first call', (of) => of.replacedMs, short),
            row('calls answered', (of) => of.answered, whole),
            row('calls lost that were under way in the dead worker', (of) => of.lostWithWorker, whole),
            row('calls lost on connections of the other worker', (of) => of.lostElsewhere, whole),
            row('calls answered with anything but 200', (of) => of.refused, whole),
            row('new connections opened', (of) => of.freshOpened, whole),
            row('new connections that were reset', (of) => of.freshFailed, whole),
          ],
        },
      ],
      notes: [
        'Everything runs in one process on all cores, the callers included. A connection that the kernel had already given to the dying worker is reset with it.',
        ...skipped,
      ],
    };
  });
}

async function one(bench: Bench, upstream: number): Promise<Sample> {
  const text = template('gatehouse-bare.yaml', { upstream }).replace(/^gatehouse: 1$/m, '');
  const gate = await startGate(text, 2);
  try {
    const callers = new NumberedCallers(gate.port, { steady: STEADY, freshMs: FRESH_MS });
    await sleep(BEFORE_MS);
    const killedAt = Date.now();
    await gate.gateway.killWorker(0);
    const goneAt = Date.now();
    await sleep(AFTER_MS);
    callers.stop();
    const sample = await sampleOf(gate, callers, { killedAt, goneAt });
    bench.say(`    replaced after ${short(sample.replacedMs)} ms, ${sample.lostElsewhere} calls lost elsewhere`);
    return sample;
  } finally {
    await gate.stop();
  }
}

interface Times {
  readonly killedAt: number;
  readonly goneAt: number;
}

async function sampleOf(gate: Running, callers: NumberedCallers, { killedAt, goneAt }: Times): Promise<Sample> {
  const records: readonly ExchangeRecord[] = await gate.records();
  const again = records.filter(({ worker, time }) => worker === 0 && time >= goneAt).map(({ time }) => time);
  const workerOf = new Map(records.map(({ id, worker }) => [connectionOf(id), worker]));
  const elsewhere = callers.lost.filter(({ connection }) => workerOf.get(connection) === 1).length;
  return {
    replacedMs: again.reduce((first, time) => Math.min(first, time), Infinity) - killedAt,
    answered: callers.answered,
    lostWithWorker: callers.lost.length - elsewhere,
    lostElsewhere: elsewhere,
    refused: callers.refused,
    freshFailed: callers.freshFailed,
    freshOpened: callers.freshOpened,
  };
}
