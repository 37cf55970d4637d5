import { describe, expect, it } from 'vitest';
import { banner, type BannerFacts } from './banner.ts';

const FACTS: BannerFacts = {
  host: '127.0.0.1',
  port: 8080,
  tls: undefined,
  control: undefined,
  setupToken: undefined,
  status: '127.0.0.1',
  statusPort: 8091,
  config: 'gatehouse.yaml',
  key: undefined,
  workers: 2,
  startedInMs: 123.4,
};
const DEMO: BannerFacts = { ...FACTS, config: undefined, key: 'gh_key' };

describe('the greeting', () => {
  it('says where it serves and what', () => {
    expect(banner(FACTS)).toEqual([
      'Gatehouse is ready in 123 ms (2 workers)',
      '  gateway  http://127.0.0.1:8080',
      '  status   http://127.0.0.1:8091/readyz  /metrics',
      '  config   gatehouse.yaml (changes are applied as they are saved)',
    ]);
  });

  it('says where callers come in by TLS', () => {
    expect(banner({ ...FACTS, tls: { host: '0.0.0.0', port: 8443 } })[2]).toBe('  TLS      https://127.0.0.1:8443');
    expect(banner({ ...DEMO, tls: { host: '::1', port: 8443 } })[2]).toBe('  TLS      https://[::1]:8443');
    expect(banner({ ...DEMO, tls: { host: '::1', port: 8443 } }).length).toBeLessThanOrEqual(12);
  });

  it('says where the admin API is', () => {
    expect(banner({ ...FACTS, control: { host: '0.0.0.0', port: 8090 } })[2]).toBe(
      '  admin    http://127.0.0.1:8090/api/v1',
    );
    const publicUrl = 'https://gate.example.com';
    expect(banner({ ...FACTS, publicUrl, control: { host: '0.0.0.0', port: 8090 } })[2]).toBe(
      '  admin    https://gate.example.com/api/v1',
    );
    expect(banner({ ...FACTS, publicUrl }).join()).not.toContain('admin');
  });

  it('shows the token by which the first administrator is made', () => {
    const lines = banner({ ...DEMO, control: { host: '::', port: 1 }, setupToken: 'gh_once' });
    expect(lines).toContain('  setup    gh_once  (once, for the first administrator: POST /api/v1/setup)');
    expect(lines.length).toBeLessThanOrEqual(12);
  });

  it('counts one worker as one', () => {
    expect(banner({ ...FACTS, workers: 1 })[0]).toContain('(1 worker)');
  });

  it('shows the key and two calls where the demo is served', () => {
    const lines = banner(DEMO);
    expect(lines).toContain('  key      gh_key');
    const curls = lines.filter((line) => line.startsWith('  curl '));
    expect(curls).toHaveLength(2);
    for (const line of curls) expect(line).toContain("-H 'Authorization: Bearer gh_key'");
    expect(curls[0]).toMatch(/http:\/\/127\.0\.0\.1:8080\/v1\/users$/);
    expect(curls[1]).toMatch(/\/v1\/chat\/completions -d '\{"model":"demo",.*\}'$/);
  });

  it('stays within a dozen lines', () => {
    expect(banner(FACTS).length).toBeLessThanOrEqual(12);
    expect(banner(DEMO).length).toBeLessThanOrEqual(12);
  });

  it.each([
    ['0.0.0.0', 'http://127.0.0.1:8080'],
    ['::', 'http://127.0.0.1:8080'],
    ['::1', 'http://[::1]:8080'],
    ['gate.internal', 'http://gate.internal:8080'],
  ])('shows %s as an address that can be called', (host, url) => {
    expect(banner({ ...FACTS, host })[1]).toBe(`  gateway  ${url}`);
  });
});
