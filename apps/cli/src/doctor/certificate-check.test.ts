import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CertificateSpec, Snapshot } from '@gatehouse/config';
import { TestAuthority, type TestCertificateOptions } from '@gatehouse/kernel/testing';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { compileText } from '../load-config.ts';
import { NOW_MS, sceneWith, told } from './__fixtures__/scene.ts';
import { certificateVerdicts } from './certificate-check.ts';
import { DAY_MS } from './sizes.ts';

const authority = new TestAuthority();
const from = new Date(NOW_MS - DAY_MS);

function shown(options: TestCertificateOptions, hosts: readonly string[] = ['api.test']): CertificateSpec {
  return { ...authority.issue({ names: ['api.test'], from, ...options }), hosts, isDefault: false };
}

async function verdictsOn(
  certificates: readonly CertificateSpec[],
  more: Partial<Snapshot> = {},
): Promise<readonly string[]> {
  const tls = {
    listen: { host: '::', port: 1 },
    certificates,
    minVersion: 'TLSv1.2',
    clientCertificates: undefined,
    redirect: false,
  } as const;
  const gateway = { tls, trustedProxies: [], forwardedBy: 'forwarded', proxyProtocol: 'off' } as const;
  const snapshot: Snapshot = {
    version: '',
    upstreams: {},
    routes: [],
    credentials: [],
    ai: undefined,
    gateway,
    ...more,
  };
  return told(await certificateVerdicts(sceneWith({ snapshot: async () => snapshot })));
}

const until = (days: number): Date => new Date(NOW_MS + days * DAY_MS);

describe('a certificate of the gate', () => {
  it.each<[string, CertificateSpec, RegExp]>([
    [
      'is fine with two months left',
      shown({ until: until(60) }),
      /^ok: the certificate for api\.test is valid for 60 days, until 2027-01-26$/,
    ],
    [
      'should be renewed with 20 days left',
      shown({ until: until(20) }),
      /^warning: .* valid for 20 days, until .*; renew it/,
    ],
    [
      'must be renewed with 5 days left',
      shown({ until: until(5) }),
      /^failed: .* valid for 5 days, until .*; renew it/,
    ],
    [
      'is none any more when it has expired',
      shown({ from: until(-30), until: until(-3) }),
      /^failed: .* expired on 2026-11-24; renew it/,
    ],
    [
      'is none yet',
      shown({ from: until(2), until: until(60) }),
      /^failed: .* is valid from 2026-11-29 only; check this machine’s clock/,
    ],
    [
      'must name its hosts',
      shown({ until: until(60) }, ['api.test', 'www.test']),
      /^failed: .* does not name www\.test; have it issued/,
    ],
    [
      'may name many by one word',
      shown({ until: until(60), names: ['*.api.test'] }, ['a.api.test', '*.api.test']),
      /^ok: /,
    ],
    ['names addresses too', shown({ until: until(60), names: ['127.0.0.1'] }, ['127.0.0.1']), /^ok: /],
    [
      'goes with its key',
      { ...shown({ until: until(60) }), key: shown({}).key },
      /^failed: .*its key belongs to another one/,
    ],
    ['is PEM', { ...shown({}), cert: 'nothing' }, /^failed: .* cannot be read .*; give PEM$/],
  ])('%s', async (_, certificate, expected) => {
    expect(await verdictsOn([certificate])).toEqual([expect.stringMatching(expected)]);
  });

  it('is told of by what it lets vouch for callers, and shows to upstreams', async () => {
    const file = (name: string, text: string): string => {
      const whole = path.join(folder, name);
      writeFileSync(whole, text);
      return whole;
    };
    const folder = temporaryFolder();
    const own = authority.issue({ names: ['gate.test'], from, until: until(3) });
    const server = authority.issue({ names: ['api.test'], from, until: until(60) });
    const text = [
      'gatehouse: 1',
      'gateway:',
      '  tls:',
      `    certificates: [ { cert: "${file('a.pem', server.cert)}", key: "${file('a.key', server.key)}" } ]`,
      `    clientCertificates: { mode: optional, ca: "${file('ca.pem', authority.pem)}" }`,
      'upstreams:',
      `  u: { targets: ["https://u.test"], tls: { cert: "${file('b.pem', own.cert)}", key: "${file('b.key', own.key)}" } }`,
      'apis: { u: { upstream: u, hosts: [api.test, "*.api.test"] } }',
    ].join('\n');
    const compiled = compileText(text, { file: path.join(folder, 'gatehouse.yaml'), env: {} });
    if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
    const { snapshot } = compiled;
    const nowMs = (): number => NOW_MS + 50 * 365 * DAY_MS;
    expect(told(await certificateVerdicts(sceneWith({ snapshot: async () => snapshot })))).toEqual([
      expect.stringMatching(/^ok: the certificate/),
      'warning: no certificate names *.api.test, which routes are for; add one, or leave these to plain HTTP',
      expect.stringMatching(/^failed: the certificate for upstream u is valid for 3 days/),
    ]);
    const later = await certificateVerdicts(sceneWith({ snapshot: async () => snapshot, options: { nowMs } }));
    expect(told(later)).toContainEqual(expect.stringMatching(/^failed: an authority of clientCertificates expired on/));
  });
});
