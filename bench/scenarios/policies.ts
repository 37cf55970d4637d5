import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { folder, type Bench, type Section } from '../bench.ts';
import { startGatehouse, startUpstream } from '../contenders.ts';
import { failures, short, spread, whole } from '../figures.ts';
import { LOAD_CORE } from '../cores.ts';
import { numbersIn } from '../numbers-in.ts';
import { runProgram } from '../run-program.ts';
import { cpuOf, interleaved, measure, using, type Outcome, type Sample } from '../measure.ts';
import { DOCUMENT, KEYED, policyConfig, POLICY_COSTS, type PolicyCost } from '../policy-costs.ts';
import { summaryOf } from '../statistics.ts';

const GET = { paths: ['/'], headers: {} };
const BARE: PolicyCost = { name: 'no policy', policy: '', load: GET };
/** What policies that look at bodies are compared with. */
const BARE_POST: PolicyCost = {
  name: 'no policy, a body of JSON',
  policy: '',
  load: POLICY_COSTS.find(({ load }) => load.method === 'POST')?.load ?? GET,
};

/** What policies that look at who calls are compared with. */
const BARE_KEYED: PolicyCost = { name: 'no policy, a key', policy: '', ...KEYED };
const BASES = { bare: BARE, post: BARE_POST, keyed: BARE_KEYED };

/** What each policy adds to a request, as the whole process pays for it. */
export async function policies(bench: Bench): Promise<Section> {
  return using(await startUpstream(bench), async ({ port: upstream }) => {
    const all = [BARE, BARE_POST, BARE_KEYED, ...POLICY_COSTS];
    const runners = all.map((cost) => ({
      name: cost.name,
      needs: [],
      run: async () => one(bench, cost, upstream),
    }));
    const outcome = await interleaved(bench, runners);
    const micro = await alone(bench);
    return {
      method:
        'Gatehouse alone, one open route with one policy, which never refuses. Added is what a request costs more than without the policy; policies that look at bodies are compared with a POST of JSON, those that look at who calls with a key. A redirect and a mock spare the upstream, so they cost less than nothing; a hit of the cache is read from memory that all workers share, which costs about as much as asking an upstream on the same machine. `hooks alone` is what the policy’s code takes on made-up exchanges in a loop; compressing itself happens in a thread of its own and is not in it.',
      tables: [
        {
          head: ['policy', 'CPU µs/request', 'spread', 'added µs', 'hooks alone µs', 'requests/s'],
          rows: all.map((cost) => row(outcome, cost, micro)),
        },
      ],
      notes: [...failures(outcome), ...outcome.skipped],
    };
  });
}

/** What the hooks take by themselves (`policy-micro.ts`), by the names of the rows. */
async function alone(bench: Bench): Promise<ReadonlyMap<string, number>> {
  bench.say('  hooks alone');
  const program = path.join(import.meta.dirname, '..', 'policy-micro.ts');
  const output = await runProgram({ command: process.execPath, args: [program], cores: LOAD_CORE });
  const names = POLICY_COSTS.map(({ name }) => name);
  return new Map(Object.entries(numbersIn(output, names)));
}

function row(outcome: Outcome<Sample>, cost: PolicyCost, micro: ReadonlyMap<string, number>): string[] {
  const cpu = cpuOf(outcome, cost.name);
  const base = cpuOf(outcome, BASES[cost.base ?? (cost.load.method === 'POST' ? 'post' : 'bare')].name);
  const perSecond = summaryOf(outcome.samples.get(cost.name) ?? [], (sample) => sample.perSecond);
  const ns = micro.get(cost.name);
  const hooks = ns === undefined ? '' : (ns / 1000).toFixed(2);
  return [cost.name, short(cpu.median), spread(cpu), signed(cpu.median - base.median), hooks, whole(perSecond.median)];
}

function signed(value: number): string {
  return Number.isNaN(value) ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}

async function one(bench: Bench, cost: PolicyCost, upstream: number): Promise<Sample> {
  const dir = folder(bench, 'policy');
  const config = path.join(dir, 'gatehouse.yaml');
  writeFileSync(config, policyConfig(cost, upstream));
  if (cost.document === true) writeFileSync(path.join(dir, 'openapi.yaml'), DOCUMENT);
  return using({ ...(await startGatehouse({ dir, config, workers: 1 })), name: cost.name }, async (service) =>
    measure(bench, service, cost.load),
  );
}
