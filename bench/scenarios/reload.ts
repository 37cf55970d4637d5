import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, type Bench, type Section } from '../bench.ts';
import { startGatehouse, startUpstream } from '../contenders.ts';
import { short, whole } from '../figures.ts';
import { callAtFixedRate } from '../fixed-rate.ts';
import { LongLivedCallers } from '../long-lived-callers.ts';
import { startLongLivedUpstream } from '../long-lived-upstream.ts';
import { using } from '../measure.ts';
import { residentMiB } from '../process-tree.ts';
import type { Service } from '../service.ts';
import { template, writeTemplate } from '../template.ts';

const PER_SECOND = 2000;
const WARM_UP_SECONDS = 5;
const EACH = 20;
const CONFIG = 'gatehouse-long-lived.yaml';

export async function reload(bench: Bench): Promise<Section> {
  return using(await startUpstream(bench), async ({ port: upstream }) => {
    const live = await startLongLivedUpstream();
    const dir = folder(bench, 'reload');
    const facts = { upstream, live: live.port };
    const config = writeTemplate(CONFIG, dir, { ...facts, turn: 0 });
    const gate = await startGatehouse({ dir, config, workers: 1, logLevel: 'info' });
    const rewrite = (turn: number): void => writeFileSync(config, template(CONFIG, { ...facts, turn }));
    try {
      return await using(gate, async () => underLoad(bench, gate, rewrite));
    } finally {
      live.close();
    }
  });
}

async function underLoad(bench: Bench, gate: Service, rewrite: (turn: number) => void): Promise<Section> {
  const { reloadSeconds } = bench.options;
  const callers = new LongLivedCallers(gate.port, { each: EACH, basePath: '/live' });
  const load = { port: gate.port, perSecond: PER_SECOND, warmUpSeconds: WARM_UP_SECONDS, seconds: reloadSeconds };
  const calling = callAtFixedRate(load);
  await sleep(WARM_UP_SECONDS * 1000);
  const before = residentMiB(gate.pid);
  for (let turn = 1; turn <= reloadSeconds; turn++) {
    rewrite(turn);
    await sleep(1000);
    if (turn % 10 === 0) bench.say(`  ${turn} s, ${whole(residentMiB(gate.pid))} MiB`);
  }
  const after = residentMiB(gate.pid);
  const { calls, failed, p99, max } = await calling;
  const { streams, tunnels, dropped, echoed, sent } = await callers.close();
  const applied = gate.output().split('configuration applied').length - 1;
  const rows = [
    ['reloads asked for / applied', `${reloadSeconds} / ${applied}`],
    ['calls', whole(calls)],
    ['failed calls', whole(failed)],
    ['p99 of calls, ms', short(p99 / 1000)],
    ['slowest call, ms', short(max / 1000)],
    ['open streams and WebSockets', `${streams} + ${tunnels}`],
    ['dropped of these', whole(dropped)],
    ['WebSocket frames sent / echoed', `${whole(sent)} / ${whole(echoed)}`],
    ['RSS at start, MiB', whole(before)],
    ['RSS at end, MiB', whole(after)],
  ];
  for (const row of rows) bench.say(`    ${row.join(': ')}`);
  return {
    method: `A changed configuration is saved every second for ${reloadSeconds} s under ${whole(PER_SECOND)} calls a second, with event streams and WebSockets open throughout. One worker.`,
    tables: [{ head: ['Gatehouse', ''], rows }],
    notes: [],
  };
}
