import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { folder, type Bench, type Section, type Table, type Work } from '../bench.ts';
import { startGatehouse, startUpstream } from '../contenders.ts';
import { failures, loadTable } from '../figures.ts';
import { interleaved, measure, using, type Sample } from '../measure.ts';
import { writeTemplate } from '../template.ts';
import { loadFor, probeWork } from './throughput.ts';

const HERE = path.join(import.meta.dirname, '..', '..');

/** This tree beside another checkout of it: whether what came since is paid for by those who do not use it. */
export async function against(bench: Bench): Promise<Section> {
  const { against: other } = bench.options;
  if (other === undefined) throw new Error('needs --against DIR, a checkout in which npm test has run');
  const checkouts = [
    { name: `then, ${commitOf(other)}`, root: path.resolve(other) },
    { name: `now, ${commitOf(HERE)}`, root: HERE },
  ];
  const tables: Table[] = [];
  const notes: string[] = [];
  for (const work of ['bare', 'governed'] as const) {
    const outcome = await using(await startUpstream(bench), async ({ port: upstream }) =>
      interleaved(
        bench,
        checkouts.map(({ name, root }) => ({
          name,
          needs: [],
          run: async () => one(bench, { name, root, work, upstream }),
        })),
      ),
    );
    const { head, rows } = loadTable(outcome, checkouts[0]?.name ?? '');
    tables.push({ head: [work, ...head.slice(1)], rows });
    notes.push(...failures(outcome), ...outcome.skipped);
  }
  return { method: 'Gatehouse of two commits, in turn, under the same load.', tables, notes };
}

interface Checkout {
  readonly name: string;
  readonly root: string;
  readonly work: Work;
  readonly upstream: number;
}

async function one(bench: Bench, { name, root, work, upstream }: Checkout): Promise<Sample> {
  const dir = folder(bench, 'checkout');
  const config = writeTemplate(`gatehouse-${work}.yaml`, dir, { upstream });
  return using({ ...(await startGatehouse({ dir, config, workers: 1, root })), name }, async (service) => {
    await probeWork(service, work);
    return measure(bench, service, loadFor(work));
  });
}

function commitOf(root: string): string {
  return execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
}
