import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, type Bench, type Section } from '../bench.ts';
import { contenders, startUpstream, type Contender } from '../contenders.ts';
import { LOAD_CORE } from '../cores.ts';
import { ratio, short, whole } from '../figures.ts';
import { callAtFixedRate } from '../fixed-rate.ts';
import { interleaved, using } from '../measure.ts';
import { numbersIn } from '../numbers-in.ts';
import { launch, type Service } from '../service.ts';
import { summaryOf } from '../statistics.ts';
import { probeWork } from './throughput.ts';

const SLOW = 1000;
const PER_SECOND = 2000;
const SETTLE_MS = 2000;

interface Sample {
  readonly without: number;
  readonly with: number;
  readonly failed: number;
  readonly turnedAway: number;
}

export async function slowSockets(bench: Bench): Promise<Section> {
  return using(await startUpstream(bench), async ({ port: upstream }) => {
    const runners = contenders('bare').map((contender) => ({
      name: contender.name,
      needs: contender.needs,
      run: async () => one(bench, contender, upstream),
    }));
    const { samples, skipped } = await interleaved(bench, runners);
    const rows = [...samples].map(([name, runs]) => {
      const [without, slow] = [summaryOf(runs, (run) => run.without).median, summaryOf(runs, (run) => run.with).median];
      const turnedAway = summaryOf(runs, (run) => run.turnedAway).median;
      const failed = runs.reduce((sum, run) => sum + run.failed, 0);
      return [name, short(without / 1000), short(slow / 1000), ratio(slow, without), whole(failed), whole(turnedAway)];
    });
    return {
      method: `${whole(SLOW)} sockets send one byte of a request head a second each and never finish it, while ${whole(PER_SECOND)} healthy calls a second go on. A proxy may turn slow sockets away; they come again. Gatehouse does so after 10 s, the others wait a minute or longer as they are set here.`,
      tables: [
        { head: ['proxy', 'p99 ms without', 'p99 ms with', 'ratio', 'failed calls', 'slow sockets turned away'], rows },
      ],
      notes: skipped,
    };
  });
}

async function one(bench: Bench, contender: Contender, upstream: number): Promise<Sample> {
  return using(await contender.start(bench, { upstream }), async (service) => {
    await probeWork(service, 'bare');
    const without = await healthy(bench, service);
    const slow = await startSlow(bench, service.port);
    const beside = await using(slow, async () => healthy(bench, service));
    const { closed } = numbersIn(slow.output(), ['open', 'closed']);
    bench.say(`    ${service.name}: p99 ${whole(without.p99)} µs without, ${whole(beside.p99)} µs with slow sockets`);
    return { without: without.p99, with: beside.p99, failed: without.failed + beside.failed, turnedAway: closed };
  });
}

async function healthy(bench: Bench, { port }: Service): Promise<{ readonly p99: number; readonly failed: number }> {
  const { warmUpSeconds, seconds, quick } = bench.options;
  // long enough for the head timeout of slow sockets to fall into it
  const measured = quick ? seconds : seconds * 3;
  return callAtFixedRate({ port, perSecond: PER_SECOND, warmUpSeconds, seconds: measured });
}

async function startSlow(bench: Bench, port: number): Promise<Service> {
  const program = path.join(import.meta.dirname, '..', 'slow-sockets.ts');
  const slow = await launch({
    name: 'slow sockets',
    command: process.execPath,
    args: [program, '--port', String(port), '--count', String(SLOW)],
    cores: LOAD_CORE,
    port,
    dir: folder(bench, 'slow-sockets'),
  });
  const deadline = performance.now() + 20_000;
  while (!slow.output().includes('ready')) {
    if (performance.now() > deadline) throw new Error('the slow sockets did not connect');
    await sleep(50);
  }
  await sleep(SETTLE_MS);
  return slow;
}
