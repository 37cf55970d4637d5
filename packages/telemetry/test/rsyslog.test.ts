import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SyslogSpec } from '@gatehouse/config';
import { TestAuthority } from '@gatehouse/kernel/testing';
import { describe, expect, it } from 'vitest';
import { gapItem, gapText, itemOf, lineOf, plainRecord } from '../src/__fixtures__/records.ts';
import { temporaryFolder } from '../src/__fixtures__/test-spool.ts';
import { until } from '../src/__fixtures__/until.ts';
import { lineText } from '../src/sinks/line-text.ts';
import { syslogSink } from '../src/syslog/syslog-sink.ts';
import { freePort, has, isListening, run } from '../src/__fixtures__/real-programs.ts';

const signal = new AbortController().signal;
const authority = new TestAuthority();
const there = has('rsyslogd', 'apt-get install rsyslog rsyslog-openssl');

/** What it has understood of each message goes to `out`, a line each. */
const configuration = (dir: string, ports: Readonly<Record<SyslogSpec['transport'], number>>): string => `
global(workDirectory="${dir}" maxMessageSize="64k"
  defaultNetstreamDriverCAFile="${dir}/ca.pem" defaultNetstreamDriverCertFile="${dir}/cert.pem" defaultNetstreamDriverKeyFile="${dir}/key.pem")
module(load="imudp")
module(load="imtcp")
input(type="imudp" address="127.0.0.1" port="${ports.udp}")
input(type="imtcp" address="127.0.0.1" port="${ports.tcp}")
input(type="imtcp" address="127.0.0.1" port="${ports.tls}" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon")
template(name="understood" type="string"
  string="%syslogfacility-text% %syslogseverity-text% %timereported:::date-rfc3339% %hostname% %app-name% %procid% %msgid% %protocol-version% %msg%\\n")
action(type="omfile" file="${dir}/out" template="understood")
`;

async function startRsyslog() {
  const dir = temporaryFolder();
  const ports = { udp: await freePort(), tcp: await freePort(), tls: await freePort() };
  const { cert, key } = authority.issue({ names: ['127.0.0.1'] });
  for (const [name, text] of Object.entries({ 'ca.pem': authority.pem, 'cert.pem': cert, 'key.pem': key }))
    writeFileSync(path.join(dir, name), text);
  const config = path.join(dir, 'rsyslog.conf');
  writeFileSync(config, configuration(dir, ports));
  run('rsyslogd', ['-n', '-f', config, '-i', path.join(dir, 'pid')]);
  let listening = false;
  void (async () => {
    while (!listening) listening = (await isListening(ports.tcp)) && (await isListening(ports.tls));
  })();
  await until(() => listening, 'rsyslogd listens');
  const out = path.join(dir, 'out');
  const understood = (): string[] => (existsSync(out) ? readFileSync(out, 'utf8').split('\n').slice(0, -1) : []);
  return { ports, understood: () => understood().filter((line) => line.startsWith('local3')) };
}

describe.skipIf(!there)('rsyslog', () => {
  it.each(['udp', 'tcp', 'tls'] as const)('understands what comes by %s', async (transport) => {
    const { ports, understood } = await startRsyslog();
    const spec = {
      transport,
      host: '127.0.0.1',
      port: ports[transport],
      facility: 19,
      appName: 'gate',
      ca: authority.pem,
    };
    const sink = syslogSink(spec, lineText(undefined), 'gate-1');
    const failed = { ...plainRecord, status: 503, userAgent: `long ${'x'.repeat(5000)}` };
    await sink.send([itemOf(plainRecord), gapItem], signal);
    await sink.send([itemOf(failed)], signal);
    await until(() => understood().length === 3, 'three messages are understood');
    expect(understood()).toEqual([
      `local3 info 2026-09-21T14:13:20.123Z gate-1 gate 1 call 1 ${lineOf(plainRecord)}`,
      `local3 warning 2026-09-21T14:13:21.123Z gate-1 gate 3 gap 1 ${gapText}`,
      `local3 err 2026-09-21T14:13:20.123Z gate-1 gate 1 call 1 ${lineOf(failed)}`,
    ]);
    await sink.close();
  });
});
