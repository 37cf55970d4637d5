import { folder, type Bench, type Section, type Table, type Work } from '../bench.ts';
import { contenders, startUpstream, type Contender } from '../contenders.ts';
import { ratio, short, spread, whole } from '../figures.ts';
import { callAtFixedRate, sustainableRate, type Latencies } from '../fixed-rate.ts';
import { cpuMicros } from '../process-tree.ts';
import { interleaved, measure, using, type Outcome, type Runner } from '../measure.ts';
import type { Service } from '../service.ts';
import { summaryOf } from '../statistics.ts';
import { wrk } from '../wrk.ts';
import { loadFor, probeWork } from './throughput.ts';

interface Paced extends Latencies {
  /** NaN for the floor, which has no proxy. */
  readonly cpuMicrosPerRequest: number;
}

const FLOOR = 'upstream directly (floor)';

interface Where {
  readonly bench: Bench;
  readonly work: Work;
  readonly upstream: number;
  readonly perSecond: number;
}

export async function latency(bench: Bench): Promise<Section> {
  return using(await startUpstream(bench), async ({ port: upstream }) => {
    const tables: Table[] = [];
    const notes: string[] = [];
    for (const work of ['bare', 'governed'] as const) {
      const half = Math.round((await saturation(bench, work, upstream)) / 2);
      const trial = { port: upstream, perSecond: half, warmUpSeconds: 1, seconds: 1 };
      const perSecond = await sustainableRate(trial);
      bench.say(`  ${work}: ${whole(perSecond)} calls a second`);
      if (perSecond < half) notes.push(lowered(work, perSecond, half));
      const outcome = await interleaved(bench, runners({ bench, work, upstream, perSecond }));
      tables.push(latencyTable(outcome, `${work}, ${whole(perSecond)} calls/s`));
      notes.push(...doubts(outcome, work), ...outcome.skipped.map((line) => `${work}: ${line}`));
    }
    return {
      method:
        "Calls arrive as from independent callers (a Poisson process, the same sequence for all) at half of the rate that nginx doing the same work reached in this run, whether or not earlier calls were answered. Each is measured from the moment at which it ought to have begun, so that a stall is charged to all who waited. The first row is the generator's own floor: the same calls to the upstream without a proxy. Proxies are warmed up under full load, and again at the rate, before counting begins. Quantiles of each round, medians over rounds. CPU is that of the whole paced run, its warm-up included: what a call costs when the machine is not saturated.",
      tables,
      notes,
    };
  });
}

function lowered(work: Work, perSecond: number, half: number): string {
  return `${work}: the generator could not send ${whole(half)} calls a second on time from its core, so the rate is ${whole(perSecond)}.`;
}

/** As measured by the scenario of that name in this run, or else now. */
async function saturation(bench: Bench, work: Work, upstream: number): Promise<number> {
  const known = bench.saturation.get(work);
  if (known !== undefined) return known;
  const [nginx] = contenders(work);
  if (nginx === undefined) throw new TypeError('no nginx to take the rate from');
  const { perSecond } = await using(await nginx.start(bench, { upstream }), async (service) =>
    measure(bench, service, loadFor(work)),
  );
  bench.saturation.set(work, perSecond);
  return perSecond;
}

function runners(where: Where): Runner<Paced>[] {
  const direct = { name: FLOOR, needs: [], run: async () => floor(where) };
  const proxies = contenders(where.work).map((contender) => ({
    name: contender.name,
    needs: contender.needs,
    run: async () => through(where, contender),
  }));
  return [direct, ...proxies];
}

async function floor(where: Where): Promise<Paced> {
  return { ...(await call(where, FLOOR, where.upstream)), cpuMicrosPerRequest: Number.NaN };
}

async function through(where: Where, contender: Contender): Promise<Paced> {
  const { bench, work, upstream } = where;
  return using(await contender.start(bench, { upstream }), async (service) => {
    await probeWork(service, work);
    await warmUp(bench, service, work);
    const before = cpuMicros(service.pid);
    const latencies = await call(where, contender.name, service.port);
    const { warmUpSeconds, seconds } = bench.options;
    const calls = where.perSecond * (warmUpSeconds + seconds);
    return { ...latencies, cpuMicrosPerRequest: (cpuMicros(service.pid) - before) / calls };
  });
}

/** Under full load, so that no backlog of a cold start is still there when counting begins. */
async function warmUp(bench: Bench, { port }: Service, work: Work): Promise<void> {
  const dir = folder(bench, 'load');
  await wrk(loadFor(work), { port, dir, seconds: bench.options.warmUpSeconds });
}

async function call({ bench, work, perSecond }: Where, name: string, port: number): Promise<Latencies> {
  const { warmUpSeconds, seconds } = bench.options;
  const { headers } = loadFor(work);
  const latencies = await callAtFixedRate({ port, perSecond, warmUpSeconds, seconds, headers });
  const { p50, p99, busy, failed } = latencies;
  const figures = `p50 ${whole(p50)} µs, p99 ${whole(p99)} µs, generator ${Math.round(busy * 100)} % busy`;
  bench.say(`    ${name}: ${figures}${failed > 0 ? `, ${failed} FAILED` : ''}`);
  return latencies;
}

function latencyTable(outcome: Outcome<Paced>, title: string): Table {
  const p99Of = (name: string): number => summaryOf(outcome.samples.get(name) ?? [], ({ p99 }) => p99).median;
  const cpuOf = (name: string): number =>
    summaryOf(outcome.samples.get(name) ?? [], (run) => run.cpuMicrosPerRequest).median;
  return {
    head: [title, 'p50 ms', 'p99 ms', 'spread', 'p99.9 ms', 'p99 against nginx', 'CPU µs/request', 'CPU against nginx'],
    rows: [...outcome.samples].map(([name, samples]) => {
      const millis = (pick: (sample: Latencies) => number) => summaryOf(samples, (sample) => pick(sample) / 1000);
      const p99 = millis((sample) => sample.p99);
      return [
        name,
        short(millis((sample) => sample.p50).median),
        short(p99.median),
        spread(p99),
        short(millis((sample) => sample.p999).median),
        ...(name === FLOOR
          ? ['', '', '']
          : [ratio(p99Of(name), p99Of('nginx')), short(cpuOf(name)), ratio(cpuOf(name), cpuOf('nginx'))]),
      ];
    }),
  };
}

/** What makes figures of this run doubtful. */
function doubts(outcome: Outcome<Paced>, work: Work): string[] {
  const runs = [...outcome.samples];
  const failed = runs.map(([name, samples]) => [name, samples.reduce((sum, run) => sum + run.failed, 0)] as const);
  const late = runs.map(
    ([name, samples]) => `${name} ${short(summaryOf(samples, (run) => run.lateP99).median / 1000)}`,
  );
  const isLate = runs.some(([, samples]) => summaryOf(samples, (run) => run.lateP99).median > 1000);
  return [
    ...failed
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `**${work}, ${name}: ${whole(count)} calls failed or were never answered.**`),
    ...(isLate
      ? [
          `${work}: the machine was busy; the generator was late by so many ms (p99), which is in the figures: ${late.join(', ')}.`,
        ]
      : []),
  ];
}
