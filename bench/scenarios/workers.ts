import type { Bench, Section } from '../bench.ts';
import { gatehouse, nginx, startUpstream, type Contender } from '../contenders.ts';
import { proxySharesLoadCore } from '../cores.ts';
import { failures, loadTable } from '../figures.ts';
import { interleaved, measure, using, type Sample } from '../measure.ts';
import { loadFor, probeWork } from './throughput.ts';

const WORKERS = [1, 2];

export async function workers(bench: Bench): Promise<Section> {
  return using(await startUpstream(bench), async ({ port: upstream }) => {
    const runners = [nginx('bare'), gatehouse('bare')].flatMap((contender) =>
      WORKERS.map((count) => ({
        name: title(contender, count),
        needs: contender.needs,
        run: async () => one(bench, contender, { upstream, workers: count }),
      })),
    );
    const outcome = await interleaved(bench, runners);
    const cramped = WORKERS.filter(proxySharesLoadCore);
    return {
      method: 'Bare proxy with one and with two workers, each worker on a core of its own as far as there are cores.',
      tables: [loadTable(outcome, 'nginx, 1 worker')],
      notes: [
        ...cramped.map(
          (count) =>
            `With ${count} workers this machine has no core left for the load: workers, load generator and upstream share all of them, so a second worker adds less than it would elsewhere, and only CPU per request can be compared.`,
        ),
        ...failures(outcome),
        ...outcome.skipped,
      ],
    };
  });
}

function title({ name }: Contender, count: number): string {
  return `${name}, ${count} ${count === 1 ? 'worker' : 'workers'}`;
}

async function one(
  bench: Bench,
  contender: Contender,
  options: { readonly upstream: number; readonly workers: number },
): Promise<Sample> {
  const service = await contender.start(bench, options);
  return using({ ...service, name: title(contender, options.workers) }, async (named) => {
    await probeWork(named, 'bare');
    return measure(bench, named, loadFor('bare'));
  });
}
