import http from 'node:http';
import { DnsServer } from '@gatehouse/upstream/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startGate, type Running } from './harness.ts';

let dns: DnsServer;
let gate: Running | undefined;
let servers: http.Server[] = [];
beforeEach(async () => {
  dns = await DnsServer.start();
});
afterEach(async () => {
  await gate?.stop();
  gate = undefined;
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
  dns.close();
});

/** Answers with its address and the Host that it was asked for. */
async function serve(host: string, port = 0): Promise<number> {
  const server = http.createServer((request, response) =>
    response.end(`${host} ${request.headers.host} ${request.url}`),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function call(): Promise<{ status: number; body: string }> {
  const reply = await fetch(`${gate?.url}/x`);
  return { status: reply.status, body: await reply.text() };
}

/** Addresses that answer now. */
async function answering(): Promise<string[]> {
  const found = new Set<string>();
  for (let n = 0; n < 12; n++) found.add((await call()).body.split(' ')[0] ?? '');
  return [...found].toSorted();
}

const config = (target: string, rules = ''): string => `
upstreams: { u: { balance: round-robin, targets: [ ${target} ]${rules} } }
apis: { a: { access: open, upstream: u } }
`;

// The whole of 127.0.0.0/8 is loopback on Linux alone.
describe.skipIf(process.platform !== 'linux')('a target that is a name', () => {
  it('gets requests at all of its addresses, with Host kept as the name', async () => {
    const port = await serve('127.0.0.1');
    await serve('127.0.0.2', port);
    dns.zones = { 'users.test': { A: ['127.0.0.1', '127.0.0.2'] } };
    const target = `{ dns: { name: users.test, port: ${port}, path: /v2 } }`;
    gate = await startGate(config(target), { workers: 1, dns: [dns.address] });
    expect(await answering()).toEqual(['127.0.0.1', '127.0.0.2']);
    expect((await call()).body).toMatch(new RegExp(`users.test:${port} /v2/x$`));
  });

  it('is followed when it leads elsewhere, in all workers, and a target that stays is still known', async () => {
    const port = await serve('127.0.0.1');
    await serve('127.0.0.2', port);
    await serve('127.0.0.3', port);
    dns.zones = { 'users.test': { A: ['127.0.0.1', '127.0.0.2'] } };
    gate = await startGate(config(`{ dns: { name: users.test, port: ${port} } }`), { workers: 2, dns: [dns.address] });
    expect(await answering()).toEqual(['127.0.0.1', '127.0.0.2']);
    dns.zones = { 'users.test': { A: ['127.0.0.2', '127.0.0.3'] } };
    await vi.waitFor(async () => expect(await answering()).toEqual(['127.0.0.2', '127.0.0.3']), { timeout: 10_000 });
  });

  it.each([
    ['DNS fails', 'fails' as const],
    ['DNS is silent', 'silent' as const],
    ['the name is gone', 'answers' as const],
  ])('keeps its addresses while %s', async (_name, mode) => {
    const port = await serve('127.0.0.1');
    dns.zones = { 'users.test': { A: ['127.0.0.1'] } };
    gate = await startGate(config(`{ dns: { name: users.test, port: ${port}, type: A } }`), {
      workers: 1,
      dns: [dns.address],
    });
    expect((await call()).status).toBe(200);
    dns.mode = mode;
    dns.zones = {};
    const before = dns.asked.length;
    await vi.waitFor(() => expect(dns.asked.length).toBeGreaterThan(before + 1), { timeout: 15_000 });
    expect((await call()).status).toBe(200);
  });

  it('is looked up again after a reload that names another', async () => {
    const port = await serve('127.0.0.1');
    await serve('127.0.0.2', port);
    dns.zones = { 'one.test': { A: ['127.0.0.1'] }, 'two.test': { A: ['127.0.0.2'] } };
    const target = (name: string): string => `{ dns: { name: ${name}, port: ${port} } }`;
    gate = await startGate(config(target('one.test')), { workers: 1, dns: [dns.address] });
    expect(await answering()).toEqual(['127.0.0.1']);
    await gate.publish(config(target('two.test')));
    expect(await answering()).toEqual(['127.0.0.2']);
  });

  it('has the health of each of its addresses checked', async () => {
    const port = await serve('127.0.0.1');
    dns.zones = { 'users.test': { A: ['127.0.0.1', '127.0.0.2'] } };
    const rules = ', health: { path: /, interval: 20ms, unhealthyAfter: 1 }, retries: { attempts: 0 }';
    gate = await startGate(config(`{ dns: { name: users.test, port: ${port} } }`, rules), {
      workers: 1,
      dns: [dns.address],
    });
    await vi.waitFor(async () => expect(await answering()).toEqual(['127.0.0.1']), { timeout: 10_000 });
  });

  it('keeps what is known of an address that stays', async () => {
    const port = await serve('127.0.0.1');
    await serve('127.0.0.3', port);
    dns.zones = { 'users.test': { A: ['127.0.0.1', '127.0.0.2'] } };
    const rules = ', ejection: { consecutiveLocal: 1, base: 1h, max: 2h }, retries: { attempts: 1 }';
    gate = await startGate(config(`{ dns: { name: users.test, port: ${port} } }`, rules), {
      workers: 1,
      dns: [dns.address],
    });
    expect(await answering()).toEqual(['127.0.0.1']);
    await serve('127.0.0.2', port);
    dns.zones = { 'users.test': { A: ['127.0.0.1', '127.0.0.2', '127.0.0.3'] } };
    await vi.waitFor(async () => expect(await answering()).toEqual(['127.0.0.1', '127.0.0.3']), { timeout: 10_000 });
  });

  it('is looked up for a URL too, where that is asked for', async () => {
    const port = await serve('127.0.0.1');
    await serve('127.0.0.2', port);
    dns.zones = { 'users.test': { A: ['127.0.0.1', '127.0.0.2'] } };
    const target = `{ url: "http://users.test:${port}/base", resolve: {} }`;
    gate = await startGate(config(target), { workers: 1, dns: [dns.address] });
    expect(await answering()).toEqual(['127.0.0.1', '127.0.0.2']);
    expect((await call()).body).toMatch(/\/base\/x$/);
  });
});

describe('a target of services', () => {
  it('gets requests at the ports that its records bring', async () => {
    const [one, two] = [await serve('127.0.0.1'), await serve('127.0.0.1')];
    dns.zones = {
      '_http._tcp.users.test': {
        SRV: [
          { priority: 1, weight: 1, port: one, target: 'host.test' },
          { priority: 1, weight: 1, port: two, target: 'host.test' },
          { priority: 9, weight: 1, port: 1, target: 'host.test' },
        ],
      },
      'host.test': { A: ['127.0.0.1'] },
    };
    gate = await startGate(config('{ dns: { name: _http._tcp.users.test } }'), { workers: 1, dns: [dns.address] });
    const hosts = new Set<string | undefined>();
    for (let n = 0; n < 8; n++) hosts.add((await call()).body.split(' ')[1]);
    expect(hosts).toEqual(new Set([`users.test:${one}`, `users.test:${two}`]));
  });
});

describe('a name that leads nowhere', () => {
  it('is a 503, until it leads somewhere', async () => {
    const port = await serve('127.0.0.1');
    dns.mode = 'fails';
    const target = `{ dns: { name: users.test, port: ${port}, every: 200ms } }`;
    gate = await startGate(config(target), { workers: 1, dns: [dns.address] });
    const refused = await call();
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'upstream.unhealthy' });
    dns.zones = { 'users.test': { A: ['127.0.0.1'] } };
    dns.mode = 'answers';
    await vi.waitFor(async () => expect((await call()).status).toBe(200), { timeout: 10_000 });
  });
});
