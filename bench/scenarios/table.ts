import type { Bench, Section } from '../bench.ts';
import { UPSTREAM_NEEDS } from '../contenders.ts';
import type { ScenarioName } from '../options.ts';
import type { Tool } from '../tools.ts';
import { against } from './against.ts';
import { aiStreams } from './ai-streams.ts';
import { chat } from './chat.ts';
import { killWorker } from './kill-worker.ts';
import { latency } from './latency.ts';
import { policies } from './policies.ts';
import { reload } from './reload.ts';
import { routes } from './routes.ts';
import { slowSockets } from './slow-sockets.ts';
import { throughput } from './throughput.ts';
import { workers } from './workers.ts';

export interface Scenario {
  readonly title: string;
  readonly needs: readonly Tool[];
  readonly run: (bench: Bench) => Promise<Section>;
}

const FULL_LOAD: readonly Tool[] = [...UPSTREAM_NEEDS, 'wrk'];

/** In the order of the report. */
export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  bare: { title: 'Bare proxy', needs: FULL_LOAD, run: async (bench) => throughput(bench, 'bare') },
  governed: { title: 'Governed proxy', needs: FULL_LOAD, run: async (bench) => throughput(bench, 'governed') },
  latency: { title: 'Latency at a fixed rate', needs: FULL_LOAD, run: latency },
  chat: { title: 'Small chat completion', needs: ['taskset', 'wrk'], run: chat },
  routes: { title: 'Cost per route', needs: FULL_LOAD, run: routes },
  workers: { title: 'Throughput per worker', needs: FULL_LOAD, run: workers },
  against: { title: 'Against an earlier commit', needs: FULL_LOAD, run: against },
  policies: { title: 'Cost per policy', needs: FULL_LOAD, run: policies },
  'ai-streams': { title: 'Streams of models', needs: ['taskset'], run: aiStreams },
  reload: { title: 'Reloading under load', needs: UPSTREAM_NEEDS, run: reload },
  'slow-sockets': { title: 'Slow sockets', needs: UPSTREAM_NEEDS, run: slowSockets },
  'kill-worker': { title: 'A worker that dies', needs: UPSTREAM_NEEDS, run: killWorker },
};
