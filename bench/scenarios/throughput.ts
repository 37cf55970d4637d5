import type { Bench, Section, Work } from '../bench.ts';
import { contenders, KEY, startUpstream, type Contender } from '../contenders.ts';
import { failures, loadTable } from '../figures.ts';
import { interleaved, measure, using, type Sample } from '../measure.ts';
import { probe } from '../probe.ts';
import type { Service } from '../service.ts';
import { summaryOf } from '../statistics.ts';
import type { Load } from '../wrk.ts';

export function loadFor(work: Work): Load {
  return { paths: ['/'], headers: work === 'governed' ? KEY : {} };
}

/** It answers, and where it should govern it turns away a caller without a key. */
export async function probeWork(service: Service, work: Work): Promise<void> {
  await probe(service, loadFor(work), { status: 200, holds: 'Ada Lovelace' });
  if (work === 'governed') await probe(service, loadFor('bare'), { status: 401 });
}

async function one(bench: Bench, contender: Contender, { work, upstream }: Where): Promise<Sample> {
  return using(await contender.start(bench, { upstream }), async (service) => {
    await probeWork(service, work);
    return measure(bench, service, loadFor(work));
  });
}

interface Where {
  readonly work: Work;
  readonly upstream: number;
}

const METHODS = {
  bare: 'Each proxy forwards every request to one upstream. nginx and HAProxy keep no log; Gatehouse writes its record of every call, because it always does.',
  governed:
    'Each checks a key, counts against a limit that never trips, tells the upstream who calls and under which request id, and writes one JSON line a request: nginx with `map`, `limit_req` and `access_log`; HAProxy with `map`, a stick table and `log-format` to a file; Gatehouse with a key, a subscription, the limit of its plan, a `rate-limit` policy and its record.',
};

export async function throughput(bench: Bench, work: Work): Promise<Section> {
  return using(await startUpstream(bench), async ({ port: upstream }) => {
    const runners = contenders(work).map((contender) => ({
      name: contender.name,
      needs: contender.needs,
      run: async () => one(bench, contender, { work, upstream }),
    }));
    const outcome = await interleaved(bench, runners);
    const saturation = summaryOf(outcome.samples.get('nginx') ?? [], (sample) => sample.perSecond).median;
    bench.saturation.set(work, saturation);
    return {
      method: METHODS[work],
      tables: [loadTable(outcome, 'nginx')],
      notes: [...failures(outcome), ...outcome.skipped],
    };
  });
}
