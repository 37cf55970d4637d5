import type { Bench, Section, Table } from '../bench.ts';
import { short, spread, whole } from '../figures.ts';
import { interleaved, type Outcome, type Runner } from '../measure.ts';
import { FIRST_AFTER_MS, FLOOD_TOKENS, HUGE_BYTES, SLOW_EVERY_MS, type Way } from '../stream-kinds.ts';
import {
  firstToken,
  flood,
  openStreams,
  slowReaders,
  type FirstToken,
  type Flooded,
  type Opened,
  type SlowlyRead,
} from '../stream-runs.ts';
import { summaryOf } from '../statistics.ts';

const NAMES: Readonly<Record<Way, string>> = {
  direct: 'provider directly (floor)',
  same: 'OpenAI to OpenAI, untouched',
  translated: 'Anthropic to OpenAI, translated',
};
const THROUGH: readonly Way[] = ['same', 'translated'];

export async function aiStreams(bench: Bench): Promise<Section> {
  const floods = await all(bench, THROUGH, async (way) => flood(bench, way));
  const firsts = await all(bench, ['direct', ...THROUGH], async (way) => firstToken(bench, way));
  const opened = await all(bench, THROUGH, async (way) => openStreams(bench, way));
  const slow = await all(bench, THROUGH, async (way) => slowReaders(bench, way));
  return {
    method: `Gatehouse alone, one worker, with a key, a record of every call, and a fake provider in OpenAI’s format. Events: 16 connections, streams of ${whole(FLOOD_TOKENS)} one-word deltas, each written by itself; CPU is that of the whole process tree. First token: 16 callers with pauses, from the provider’s write of the first token, ${FIRST_AFTER_MS} ms behind the head, to the caller’s read of it, by the clock of the machine. Open streams: a word every ${SLOW_EVERY_MS / 1000} s in each. Slow readers: a provider that has ${whole(HUGE_BYTES / 2 ** 20)} MiB for each of 8 callers, of whom 4 stop reading and 4 take a byte every 50 ms; what the provider gets rid of all the same lies in buffers of the kernel.`,
    tables: [floodTable(floods), firstTable(firsts), openTable(opened), slowTable(slow)],
    notes: [floods, firsts, opened, slow].flatMap((outcome) => [...failuresOf(outcome), ...outcome.skipped]),
  };
}

async function all<Result>(
  bench: Bench,
  ways: readonly Way[],
  run: (way: Way) => Promise<Result>,
): Promise<Outcome<Result>> {
  const runners = ways.map((way): Runner<Result> => ({ name: NAMES[way], needs: [], run: async () => run(way) }));
  return interleaved(bench, runners);
}

function floodTable({ samples }: Outcome<Flooded>): Table {
  return {
    head: ['streamed events', 'CPU µs/event', 'spread', 'events/s and core', 'events/s here', 'RSS MiB'],
    rows: [...samples].map(([name, runs]) => {
      const cpu = summaryOf(runs, ({ cpuMicrosPerEvent }) => cpuMicrosPerEvent);
      const here = summaryOf(runs, ({ perSecond }) => perSecond).median;
      const resident = summaryOf(runs, ({ residentMiB }) => residentMiB).median;
      return [name, short(cpu.median), spread(cpu), whole(1e6 / cpu.median), whole(here), whole(resident)];
    }),
  };
}

function firstTable({ samples }: Outcome<FirstToken>): Table {
  const millis = (runs: readonly FirstToken[], pick: (run: FirstToken) => number) =>
    summaryOf(runs, (run) => pick(run) / 1000);
  const floor = samples.get(NAMES.direct) ?? [];
  const added = (runs: readonly FirstToken[], pick: (run: FirstToken) => number): string =>
    runs === floor ? '' : short(millis(runs, pick).median - millis(floor, pick).median);
  return {
    head: ['first token', 'p50 ms', 'p99 ms', 'spread', 'added, p50', 'added, p99'],
    rows: [...samples].map(([name, runs]) => {
      const p99 = millis(runs, (run) => run.p99);
      return [
        name,
        short(millis(runs, (run) => run.p50).median),
        short(p99.median),
        spread(p99),
        added(runs, (run) => run.p50),
        added(runs, (run) => run.p99),
      ];
    }),
  };
}

function openTable({ samples }: Outcome<Opened>): Table {
  return {
    head: ['open streams', 'streams', 'alive at the end', 'RSS MiB before', 'RSS MiB', 'KiB a stream'],
    rows: [...samples].map(([name, runs]) => {
      const of = (pick: (run: Opened) => number): number => summaryOf(runs, pick).median;
      const each = of((run) => ((run.atMiB - run.beforeMiB) * 1024) / run.streams);
      return [
        name,
        whole(of((run) => run.streams)),
        whole(of((run) => run.alive)),
        whole(of((run) => run.beforeMiB)),
        whole(of((run) => run.atMiB)),
        short(each),
      ];
    }),
  };
}

function slowTable({ samples }: Outcome<SlowlyRead>): Table {
  return {
    head: ['slow readers', 'provider has, MiB', 'got rid of, MiB', 'RSS MiB before', 'RSS MiB, peak'],
    rows: [...samples].map(([name, runs]) => {
      const of = (pick: (run: SlowlyRead) => number): number => summaryOf(runs, pick).median;
      return [
        name,
        whole(of((run) => run.offeredMiB)),
        short(of((run) => run.sentMiB)),
        whole(of((run) => run.beforeMiB)),
        whole(of((run) => run.peakMiB)),
      ];
    }),
  };
}

function failuresOf(outcome: Outcome<{ readonly failed: number }>): string[] {
  return [...outcome.samples].flatMap(([name, runs]) => {
    const failed = runs.reduce((sum, run) => sum + run.failed, 0);
    return failed === 0 ? [] : [`**${name}: ${whole(failed)} streams failed.**`];
  });
}
