import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { folder, type Bench, type Work } from './bench.ts';
import { LOAD_CORE, proxyCores } from './cores.ts';
import { freePort, launch, type Service } from './service.ts';
import { writeTemplate, type Facts } from './template.ts';
import type { Tool } from './tools.ts';

/** A proxy under test. */
export interface Contender {
  readonly name: string;
  readonly needs: readonly Tool[];
  start(bench: Bench, options: StartOptions): Promise<Service>;
}

export interface StartOptions {
  /** Port of what it forwards to. */
  readonly upstream: number;
  readonly workers?: number;
}

/** The header that governed contenders ask for. */
export const KEY = { apikey: 'key-1' };

export const UPSTREAM_NEEDS: readonly Tool[] = ['taskset', 'nginx'];

export async function startUpstream(bench: Bench): Promise<Service> {
  return startNginx({ bench, name: 'upstream', template: 'upstream.conf', cores: LOAD_CORE, facts: {} });
}

export function nginx(work: Work): Contender {
  return {
    name: 'nginx',
    needs: ['nginx'],
    start: async (bench, { upstream, workers = 1 }) =>
      startNginx({
        bench,
        name: `nginx-${work}`,
        template: `nginx-${work}.conf`,
        cores: proxyCores(workers),
        facts: { upstream, workers },
      }),
  };
}

interface NginxStart {
  readonly bench: Bench;
  readonly name: string;
  readonly template: string;
  readonly cores: string;
  readonly facts: Facts;
}

async function startNginx({ bench, name, template, cores, facts }: NginxStart): Promise<Service> {
  const dir = folder(bench, name);
  const port = await freePort();
  const file = writeTemplate(template, dir, { port, ...facts });
  const args = ['-e', path.join(dir, 'error.log'), '-c', file];
  return launch({ name, command: 'nginx', args, cores, port, dir });
}

export function haproxy(work: Work): Contender {
  return {
    name: 'HAProxy',
    needs: ['haproxy'],
    start: async (bench, { upstream, workers = 1 }) => {
      const name = `haproxy-${work}`;
      const dir = folder(bench, name);
      const port = await freePort();
      copyFileSync(path.join(import.meta.dirname, 'templates', 'keys.map'), path.join(dir, 'keys.map'));
      const file = writeTemplate(`${name}.cfg`, dir, { port, upstream, workers });
      return launch({ name, command: 'haproxy', args: ['-f', file], cores: proxyCores(workers), port, dir });
    },
  };
}

export function gatehouse(work: Work): Contender {
  return {
    name: 'Gatehouse',
    needs: [],
    start: async (bench, { upstream, workers = 1 }) => {
      const dir = folder(bench, 'gatehouse');
      const config = writeTemplate(`gatehouse-${work}.yaml`, dir, { upstream });
      return startGatehouse({ dir, config, workers });
    },
  };
}

export interface GatehouseStart {
  readonly dir: string;
  readonly config: string;
  readonly workers: number;
  readonly logLevel?: string;
  /** Another checkout than this one. */
  readonly root?: string;
}

const HERE = path.join(import.meta.dirname, '..');

/** The program as users start it, in one process. */
export async function startGatehouse(start: GatehouseStart): Promise<Service> {
  const { dir, config, workers, logLevel = 'warn', root = HERE } = start;
  const cli = path.join(root, 'apps', 'cli');
  // what `gatehouse` puts in front of itself
  const stripCache = pathToFileURL(path.join(cli, 'bin', 'strip-cache.js')).href;
  const [port, status] = [await freePort(), await freePort()];
  const options = {
    config,
    data: path.join(dir, 'data'),
    listen: `127.0.0.1:${port}`,
    status: `127.0.0.1:${status}`,
    workers: String(workers),
    'log-level': logLevel,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return launch({
    name: 'Gatehouse',
    command: process.execPath,
    args: ['--import', stripCache, path.join(cli, 'src', 'main.ts'), 'start', ...flags],
    cores: proxyCores(workers),
    port,
    dir,
  });
}

export function contenders(work: Work): readonly Contender[] {
  return [nginx(work), haproxy(work), gatehouse(work)];
}
