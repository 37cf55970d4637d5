import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asPlainText, CONTENT_TYPES, formatFor } from '@gatehouse/telemetry/exposition';

/** Programs of Debian's package `prometheus`. */
export interface Prometheus {
  readonly promtool: string;
  readonly server: string;
}

/** Those that are installed, else those of the package, unpacked below the folder without being installed. */
export function prometheusOf(folder: string): Prometheus | undefined {
  if (spawnSync('promtool', ['--version']).status === 0) return { promtool: 'promtool', server: 'prometheus' };
  const bin = path.join(folder, 'debian/usr/bin');
  const found = { promtool: path.join(bin, 'promtool'), server: path.join(bin, 'prometheus') };
  if (existsSync(found.promtool)) return found;
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync('apt-get', ['download', 'prometheus'], { cwd: folder, stdio: 'pipe' });
    const file = readdirSync(folder).find((name) => /^prometheus_.*\.deb$/.test(name)) ?? '';
    execFileSync('dpkg-deb', ['-x', file, 'debian'], { cwd: folder, stdio: 'pipe' });
    return found;
  } catch {
    return undefined;
  }
}

/** What `promtool check metrics` has to say against the older text; '' when nothing. */
export function promtoolFindings({ promtool }: Prometheus, page: string): string {
  const run = spawnSync(promtool, ['check', 'metrics'], { input: asPlainText(page), encoding: 'utf8' });
  return run.status === 0 && run.stderr === '' ? '' : `exit code ${run.status}: ${run.stderr}${run.stdout}`;
}

const DEADLINE_MS = 30_000;
const LOOK_MS = 100;

export interface Scraped {
  /** The last scrape was understood. */
  readonly up: boolean;
  readonly samples: number;
  readonly askedFor: string;
}

/** Lets a Prometheus scrape the page, and asks it what it has understood. */
export async function scrapedBy({ server }: Prometheus, options: { page: string; folder: string }): Promise<Scraped> {
  const { page, folder } = options;
  let askedFor = '';
  const target = http.createServer((request, response) => {
    askedFor = formatFor(request.headers.accept);
    const format = formatFor(request.headers.accept);
    response.writeHead(200, { 'content-type': CONTENT_TYPES[format] });
    response.end(format === 'plain' ? asPlainText(page) : page);
  });
  const port = await listening(target);
  const config = path.join(folder, 'prometheus.json');
  const jobs = [
    {
      job_name: 'gate',
      scrape_interval: '200ms',
      scrape_timeout: '200ms',
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    },
  ];
  writeFileSync(config, JSON.stringify({ scrape_configs: jobs }));
  const own = http.createServer();
  const at = `127.0.0.1:${await listening(own)}`;
  await new Promise((resolve) => own.close(resolve));
  const data = `--storage.tsdb.path=${path.join(folder, `data-${port}`)}`;
  const child = spawn(server, [`--config.file=${config}`, data, `--web.listen-address=${at}`], { stdio: 'ignore' });
  try {
    return { ...(await understood(at, child)), askedFor };
  } finally {
    child.kill();
    target.close();
    target.closeAllConnections();
  }
}

async function understood(at: string, child: ChildProcess): Promise<Omit<Scraped, 'askedFor'>> {
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await wait(LOOK_MS)) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}`);
    const up = await asked(at, 'up');
    const samples = await asked(at, 'scrape_samples_scraped');
    if (up !== undefined && samples !== undefined) return { up: up === 1, samples };
  }
  throw new Error('Prometheus did not scrape');
}

async function asked(at: string, query: string): Promise<number | undefined> {
  try {
    const reply = await fetch(`http://${at}/api/v1/query?query=${query}`);
    const text = await reply.text();
    const value = /"value":\[[\d.]+,"([^"]+)"\]/.exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  } catch {
    return undefined; // it has not started yet
  }
}

async function listening(server: http.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return (server.address() as AddressInfo).port;
}
