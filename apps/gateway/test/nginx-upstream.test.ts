import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen, startGate, type Running } from './harness.ts';

// Debian keeps servers out of the path of ordinary users
const ENV = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

function hasNginx(): boolean {
  try {
    execFileSync('nginx', ['-v'], { env: ENV, stdio: 'pipe' });
    return true;
  } catch {
    process.stdout.write('skipped: nginx (apt-get install nginx-light)\n');
    return false;
  }
}

const PAGE = 'All work and no play makes a gate a dull door.\n'.repeat(1000);

const site = (dir: string, plain: number, h2c: number): string => `
worker_processes 1; daemon off; pid ${dir}/pid; error_log ${dir}/error.log crit;
events { worker_connections 256; }
http {
  client_body_temp_path ${dir}/t1; proxy_temp_path ${dir}/t2; fastcgi_temp_path ${dir}/t3;
  uwsgi_temp_path ${dir}/t4; scgi_temp_path ${dir}/t5;
  access_log off; default_type text/plain;
  server {
    listen 127.0.0.1:${plain};
    listen 127.0.0.1:${h2c} http2;
    root ${dir}/www;
    keepalive_requests 7;
    location / { }
    location /zipped { rewrite ^ /page.txt break; gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any; }
    location /small-bodies { client_max_body_size 1k; proxy_pass http://127.0.0.1:${plain}/page.txt; }
    location /silent { return 444; }
    location /no-content { return 204; }
    location /moved { return 301 /page.txt; }
    location /slow { limit_rate 200k; rewrite ^ /page.txt break; }
  }
}
`;

interface Site {
  readonly plain: number;
  readonly h2c: number;
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  const port = await listen(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

async function startNginx(): Promise<Site> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-nginx-'));
  chmodSync(dir, 0o755); // its workers are another user where its master is root
  const [plain, h2c] = [await freePort(), await freePort()];
  mkdirSync(path.join(dir, 'www'));
  writeFileSync(path.join(dir, 'www', 'page.txt'), PAGE);
  const file = path.join(dir, 'nginx.conf');
  writeFileSync(file, site(dir, plain, h2c));
  const child = spawn('nginx', ['-p', dir, '-c', file], { env: ENV, stdio: 'ignore' });
  onTestFinished(async () => {
    const gone = once(child, 'exit');
    child.kill();
    await gone;
    rmSync(dir, { recursive: true, force: true });
  });
  await answering(plain, () => child.exitCode === null);
  return { plain, h2c };
}

async function answering(port: number, alive: () => boolean): Promise<void> {
  while (alive()) {
    const socket = net.connect(port, '127.0.0.1');
    const { promise, resolve } = Promise.withResolvers<boolean>();
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    const open = await promise;
    socket.destroy();
    if (open) return;
  }
  throw new Error('nginx did not start');
}

async function gateTo(port: number, protocol: string): Promise<Running> {
  const gate = await startGate(`
upstreams: { web: { protocol: ${protocol}, targets: ["http://127.0.0.1:${port}"], retries: { attempts: 0 } } }
apis: { web: { access: open, upstream: web, routes: [ { method: "*", path: "/*" } ] } }
`);
  onTestFinished(() => gate.stop());
  return gate;
}

describe.skipIf(!hasNginx()).each(['http1', 'h2c'] as const)('nginx as an upstream over %s', (protocol) => {
  const start = async (): Promise<Running> => {
    const nginx = await startNginx();
    return gateTo(protocol === 'http1' ? nginx.plain : nginx.h2c, protocol);
  };

  it('serves a file, parts of it, and says that it has not changed', async () => {
    const { url } = await start();
    const whole = await fetch(`${url}/page.txt`);
    expect(await whole.text()).toBe(PAGE);
    const part = await fetch(`${url}/page.txt`, { headers: { range: 'bytes=5-9' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      `bytes 5-9/${PAGE.length}`,
      PAGE.slice(5, 10),
    ]);
    const etag = whole.headers.get('etag') ?? '';
    const unchanged = await fetch(`${url}/page.txt`, { headers: { 'if-none-match': etag } });
    expect([unchanged.status, await unchanged.text()]).toEqual([304, '']);
    const head = await fetch(`${url}/page.txt`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, `${PAGE.length}`]);
  });

  it('serves compressed in chunks, slowly, empty, and elsewhere', async () => {
    const { url } = await start();
    const zipped = await fetch(`${url}/zipped`);
    expect([zipped.headers.get('content-encoding'), await zipped.text()]).toEqual(['gzip', PAGE]);
    expect(await (await fetch(`${url}/slow`)).text()).toBe(PAGE);
    expect((await fetch(`${url}/no-content`)).status).toBe(204);
    const moved = await fetch(`${url}/moved`, { redirect: 'manual' });
    expect(moved.status).toBe(301);
  });

  it('closes its connections after some requests, and no call is lost by it', async () => {
    const gate = await start();
    const call = async (): Promise<string> => (await fetch(`${gate.url}/page.txt`)).text();
    for (let round = 0; round < 10; round++) {
      const bodies = await Promise.all(Array.from({ length: 10 }, call));
      expect(bodies.every((body) => body === PAGE)).toBe(true);
    }
    const records = await gate.records();
    expect(records).toHaveLength(100);
    expect(new Set(records.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(['200 undefined']));
  });

  it('refuses a body before it has ended, and the caller reads the refusal', async () => {
    const gate = await start();
    const post = async (length: number): Promise<number> =>
      (await fetch(`${gate.url}/small-bodies`, { method: 'POST', body: 'x'.repeat(length) })).status;
    expect(await post(3_000_000)).toBe(413);
    expect(await post(10_000)).toBe(413);
    expect((await fetch(`${gate.url}/page.txt`)).status).toBe(200);
    expect((await gate.records()).map(({ status }) => status)).toEqual([413, 413, 200]);
  });

  it('hangs up without an answer: 502, and the record says why', async () => {
    const gate = await start();
    expect((await fetch(`${gate.url}/silent`)).status).toBe(502);
    const [record] = await gate.records();
    expect([record?.status, record?.code]).toEqual([502, expect.stringMatching(/^upstream\./)]);
  });
});
