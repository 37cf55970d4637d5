import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DnsServer } from '../testing/dns-server.ts';
import { dnsResolver, type NameResolver } from './name-resolver.ts';

let server: DnsServer;
let resolver: NameResolver;
beforeEach(async () => {
  server = await DnsServer.start();
  resolver = dnsResolver([server.address]);
});
afterEach(() => server.close());

describe('dnsResolver', () => {
  it('asks for addresses of both families, and how long they last', async () => {
    server.zones = { 'users.test': { A: ['10.0.0.1', '10.0.0.2'], AAAA: ['fd00::1'] } };
    server.ttlSeconds = 7;
    expect(await resolver.addresses('users.test', 4)).toEqual([
      { address: '10.0.0.1', ttlSeconds: 7 },
      { address: '10.0.0.2', ttlSeconds: 7 },
    ]);
    expect(await resolver.addresses('users.test', 6)).toEqual([{ address: 'fd00::1', ttlSeconds: 7 }]);
  });

  it('asks for services', async () => {
    const service = { priority: 1, weight: 5, port: 8080, target: 'a.test' };
    server.zones = { '_http._tcp.users.test': { SRV: [service] } };
    expect(await resolver.services('_http._tcp.users.test')).toMatchObject([
      { name: 'a.test', port: 8080, priority: 1, weight: 5 },
    ]);
  });

  it('takes nothing of a type, or of a name, for an empty list', async () => {
    server.zones = { 'users.test': { A: ['10.0.0.1'] } };
    expect(await resolver.addresses('users.test', 6)).toEqual([]);
    expect(await resolver.addresses('nobody.test', 4)).toEqual([]);
    expect(await resolver.services('users.test')).toEqual([]);
  });

  it('rejects when the server fails', async () => {
    server.mode = 'fails';
    await expect(resolver.addresses('users.test', 4)).rejects.toThrow('ESERVFAIL');
    await expect(resolver.services('users.test')).rejects.toThrow('ESERVFAIL');
  });
});
