import type { DiscoverySpec, UpstreamSpec } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { upstreamSpec } from '../__fixtures__/specs.ts';
import { settled, VirtualTimers } from '../__fixtures__/virtual-timers.ts';
import { DnsDiscovery, type Upstreams } from './dns-discovery.ts';

const target = (name: string, given: Partial<DiscoverySpec> = {}): DiscoverySpec => ({
  name,
  type: 'A',
  everyMs: 30_000,
  port: 8080,
  tls: false,
  authority: `${name}:8080`,
  basePath: '',
  weight: 1,
  ...given,
});

const upstreams = (...discovery: readonly DiscoverySpec[]): Upstreams => ({ users: upstreamSpec('s', { discovery }) });

/** A discovery with its own clock and a DNS that says what the test wants. */
class DiscoveryRig {
  readonly timers = new VirtualTimers();
  readonly asked: string[] = [];
  readonly problems: string[] = [];
  changes = 0;
  ttlSeconds = 3600;
  /** By `A name`; an error rejects, and a name that is missing never answers. */
  zone: Record<string, readonly string[] | Error> = {};
  readonly discovery = new DnsDiscovery({
    resolver: {
      addresses: async (name, family) => {
        const key = `${family === 4 ? 'A' : 'AAAA'} ${name}`;
        this.asked.push(key);
        const answer = this.zone[key];
        if (answer === undefined) return new Promise(() => {});
        if (answer instanceof Error) throw answer;
        return answer.map((address) => ({ address, ttlSeconds: this.ttlSeconds }));
      },
      services: async () => [],
    },
    timers: this.timers,
    random: () => 0,
    onChange: () => this.changes++,
    onProblem: (name, problem) => this.problems.push(`${name}: ${problem}`),
  });

  hosts(spec: Upstreams): string[] {
    return (this.discovery.resolved(spec)['users']?.endpoints ?? []).map(({ id }) => id);
  }
}

describe('discovery', () => {
  it('adds an endpoint for each address behind those that are written', async () => {
    const rig = new DiscoveryRig();
    rig.zone = { 'A users': ['10.0.0.2', '10.0.0.1'] };
    const spec = upstreams(target('users', { weight: 3, basePath: '/v1' }));
    await rig.discovery.update([spec], 1000);
    expect(rig.hosts(spec)).toEqual(['http://s:80', 'http://10.0.0.1:8080', 'http://10.0.0.2:8080']);
    expect(rig.discovery.resolved(spec)['users']?.endpoints[1]).toEqual({
      id: 'http://10.0.0.1:8080',
      tls: false,
      host: '10.0.0.1',
      port: 8080,
      authority: 'users:8080',
      basePath: '/v1',
      weight: 3,
    });
  });

  it('asks for both families apart, and keeps one when the other fails', async () => {
    const rig = new DiscoveryRig();
    rig.zone = { 'A users': ['10.0.0.1'], 'AAAA users': ['fd00::1'] };
    const tlsWith = { id: 'own', verify: true, ca: 'an authority' };
    const spec = upstreams(
      target('users', { type: 'auto', tls: true, authority: 'users:8080', http2: 'auto', tlsWith }),
    );
    await rig.discovery.update([spec], 1000);
    expect(rig.hosts(spec).slice(1)).toEqual(['https://10.0.0.1:8080', 'https://[fd00::1]:8080']);
    expect(rig.discovery.resolved(spec)['users']?.endpoints[2]).toMatchObject({
      host: 'fd00::1',
      serverName: 'users',
      authority: 'users:8080',
      http2: 'auto',
      tlsWith,
    });
    rig.zone = { 'A users': ['10.0.0.2'], 'AAAA users': new Error('ESERVFAIL') };
    await rig.timers.advance(30_000);
    expect(rig.hosts(spec).slice(1)).toEqual(['https://10.0.0.2:8080', 'https://[fd00::1]:8080']);
  });

  it('looks up again when the records have run out, at the latest after its interval', async () => {
    const rig = new DiscoveryRig();
    rig.zone = { 'A users': ['10.0.0.1'] };
    rig.ttlSeconds = 5;
    await rig.discovery.update([upstreams(target('users'))], 1000);
    await rig.timers.advance(4999);
    expect(rig.asked).toHaveLength(1);
    await rig.timers.advance(1);
    expect(rig.asked).toHaveLength(2);
    rig.ttlSeconds = 0;
    await rig.timers.advance(5000);
    expect(rig.asked).toHaveLength(3);
    await rig.timers.advance(1000);
    expect(rig.asked).toHaveLength(4);
    rig.ttlSeconds = 3600;
    await rig.timers.advance(1000);
    await rig.timers.advance(29_999);
    expect(rig.asked).toHaveLength(5);
    await rig.timers.advance(1);
    expect(rig.asked).toHaveLength(6);
  });

  it('tells of changes and of nothing else', async () => {
    const rig = new DiscoveryRig();
    const spec = upstreams(target('users'));
    rig.zone = { 'A users': ['10.0.0.1', '10.0.0.2'] };
    await rig.discovery.update([spec], 1000);
    rig.zone = { 'A users': ['10.0.0.2', '10.0.0.1'] };
    await rig.timers.advance(30_000);
    expect(rig.changes).toBe(1);
    rig.zone = { 'A users': ['10.0.0.2', '10.0.0.3'] };
    await rig.timers.advance(30_000);
    expect(rig.changes).toBe(2);
    expect(rig.hosts(spec).slice(1)).toEqual(['http://10.0.0.2:8080', 'http://10.0.0.3:8080']);
  });

  it.each<[string, readonly string[] | Error]>([
    ['DNS fails', new Error('ESERVFAIL')],
    ['the name leads nowhere any more', []],
  ])('keeps what it knew while %s, tells of it, and asks again soon', async (_name, answer) => {
    const rig = new DiscoveryRig();
    const spec = upstreams(target('users'));
    rig.zone = { 'A users': ['10.0.0.1'] };
    await rig.discovery.update([spec], 1000);
    rig.zone = { 'A users': answer };
    await rig.timers.advance(30_000);
    expect(rig.hosts(spec)).toContain('http://10.0.0.1:8080');
    expect(rig.problems).toHaveLength(1);
    rig.zone = { 'A users': ['10.0.0.9'] };
    await rig.timers.advance(5000);
    expect(rig.hosts(spec)).toEqual(['http://s:80', 'http://10.0.0.9:8080']);
  });

  it('does not wait longer than it may for a name, and finds it later', async () => {
    const rig = new DiscoveryRig();
    const spec = upstreams(target('users'));
    const updated = rig.discovery.update([spec], 1000);
    await rig.timers.advance(1000);
    await updated;
    expect(rig.hosts(spec)).toEqual(['http://s:80']);
    expect(rig.asked).toEqual(['A users']);
  });

  it('does not wait for names that it knows', async () => {
    const rig = new DiscoveryRig();
    rig.zone = { 'A users': ['10.0.0.1'] };
    await rig.discovery.update([upstreams(target('users'))], 1000);
    rig.zone = {};
    await rig.discovery.update([upstreams(target('users', { weight: 2 }))], 1000);
    expect(rig.hosts(upstreams(target('users')))).toContain('http://10.0.0.1:8080');
  });

  it('asks once for a name of several upstreams, as often as the most impatient wants', async () => {
    const rig = new DiscoveryRig();
    rig.zone = { 'A users': ['10.0.0.1'] };
    const other: UpstreamSpec = upstreamSpec('t', { name: 'other', discovery: [target('users', { everyMs: 2000 })] });
    await rig.discovery.update([{ ...upstreams(target('users')), other }], 1000);
    expect(rig.asked).toEqual(['A users']);
    await rig.timers.advance(2000);
    expect(rig.asked).toHaveLength(2);
  });

  it('stops to ask for names that nobody uses any more, and knows nothing of them', async () => {
    const rig = new DiscoveryRig();
    rig.zone = { 'A users': ['10.0.0.1'], 'A orders': ['10.0.0.2'] };
    await rig.discovery.update([upstreams(target('users'))], 1000);
    await rig.discovery.update([upstreams(target('orders')), upstreams(target('users'))], 1000);
    await rig.discovery.update([upstreams(target('orders'))], 1000);
    await rig.timers.advance(30_000);
    expect(rig.asked).toEqual(['A users', 'A orders', 'A orders']);
    expect(rig.hosts(upstreams(target('users')))).toEqual(['http://s:80']);
    rig.discovery.stop();
    expect(rig.timers.pending).toBe(0);
  });

  it('does not take an answer that comes when nobody wants it any more', async () => {
    const rig = new DiscoveryRig();
    const updated = rig.discovery.update([upstreams(target('users'))], 10);
    await rig.timers.advance(10);
    await updated;
    rig.zone = { 'A users': ['10.0.0.1'] };
    rig.discovery.stop();
    await settled();
    expect([rig.changes, rig.timers.pending]).toEqual([0, 0]);
  });
});
