import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { folder, type Bench, type Section } from '../bench.ts';
import { startGatehouse, startUpstream } from '../contenders.ts';
import { failures, loadTable } from '../figures.ts';
import { interleaved, measure, using, type Sample } from '../measure.ts';
import { probe } from '../probe.ts';
import type { Load } from '../wrk.ts';

const COUNTS = [10, 100, 1000, 5000];

export async function routes(bench: Bench): Promise<Section> {
  return using(await startUpstream(bench), async ({ port: upstream }) => {
    const runners = COUNTS.map((count) => ({
      name: routeCount(count),
      needs: [],
      run: async () => one(bench, count, upstream),
    }));
    const outcome = await interleaved(bench, runners);
    const { head, rows } = loadTable(outcome, routeCount(COUNTS[0] ?? 0));
    return {
      method:
        'Gatehouse alone, bare, with more and more routes: half literal, a quarter with one parameter, a quarter with two. Requests go to each route in turn.',
      tables: [{ head: ['Gatehouse with', ...head.slice(1)], rows }],
      notes: [...failures(outcome), ...outcome.skipped],
    };
  });
}

function routeCount(count: number): string {
  return `${count.toLocaleString('en-US')} routes`;
}

async function one(bench: Bench, count: number, upstream: number): Promise<Sample> {
  const dir = folder(bench, 'routes');
  const config = path.join(dir, 'gatehouse.yaml');
  const patterns = Array.from({ length: count }, (_, index) => pattern(index));
  writeFileSync(config, configWith(patterns, upstream));
  const paths = patterns.map((text, index) => text.replaceAll(/\{\w+\}/g, String(index)));
  const load: Load = { paths, headers: {} };
  return using({ ...(await startGatehouse({ dir, config, workers: 1 })), name: routeCount(count) }, async (service) => {
    await probe(service, load, { status: 200 });
    await probe(service, { paths: ['/nowhere'], headers: {} }, { status: 404 });
    return measure(bench, service, load);
  });
}

function pattern(index: number): string {
  const collection = `/collection-${Math.floor(index / 4)}`;
  switch (index % 4) {
    case 0:
      return `${collection}/items`;
    case 1:
      return `${collection}/items/{item}`;
    case 2:
      return `${collection}/status`;
    default:
      return `${collection}/items/{item}/parts/{part}`;
  }
}

function configWith(patterns: readonly string[], upstream: number): string {
  const lines = patterns.map((text) => `      - { method: GET, path: "${text}" }`);
  return `gatehouse: 1
upstreams:
  origin: { targets: ["http://127.0.0.1:${upstream}"] }
apis:
  all:
    access: open
    upstream: origin
    routes:
${lines.join('\n')}
`;
}
