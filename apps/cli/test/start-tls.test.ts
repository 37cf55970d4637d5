import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { TLSSocket } from 'node:tls';
import { TestAuthority, type TestCertificate } from '@gatehouse/kernel/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launch, run, type LaunchOptions, type SpawnedProgram } from './spawned-program.ts';
import { stubUpstream } from './stub-upstream.ts';
import { replaceFile, temporaryFolder } from './temporary-folder.ts';

const authority = new TestAuthority();
const named = (subject: string): TestCertificate => authority.issue({ names: ['a.test'], subject });

interface Started {
  readonly program: SpawnedProgram;
  readonly folder: string;
  readonly tls: URL;
}

const PLACES = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--workers', '2'];

async function written(certificate: TestCertificate, more = ''): Promise<string> {
  const folder = temporaryFolder();
  const upstream = await stubUpstream();
  writeFileSync(path.join(folder, 'a.pem'), certificate.cert);
  writeFileSync(path.join(folder, 'a.key'), certificate.key);
  writeFileSync(
    path.join(folder, 'gatehouse.yaml'),
    `gatehouse: 1
gateway: { tls: { ${more}certificates: [ { cert: a.pem, key: a.key } ] } }
apis: { all: { access: open, upstream: "${upstream.url}" } }
`,
  );
  return folder;
}

async function started(
  certificate: TestCertificate,
  options: LaunchOptions & { readonly more?: string } = {},
): Promise<Started> {
  const folder = await written(certificate, options.more);
  const file = path.join(folder, 'gatehouse.yaml');
  const places = options.env === undefined && options.more === undefined ? ['--listen-tls', '127.0.0.1:0'] : [];
  const program = launch(
    ['start', '--config', file, '--data', path.join(folder, 'data'), ...PLACES, ...places],
    options,
  );
  const [, tls = ''] = await program.prints(/TLS {6}(\S+)/);
  return { program, folder, tls: new URL(tls) };
}

/** Status, and the common name of the certificate that was shown. */
async function called(
  { port }: URL,
  servername = 'a.test',
): Promise<readonly [number | undefined, string | undefined]> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof called>>>();
  const call = { host: '127.0.0.1', port, servername, ca: authority.pem, agent: false };
  https
    .get(call, (response) => {
      response.resume();
      const { socket, statusCode } = response;
      resolve([statusCode, socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.subject : undefined]);
    })
    .on('error', reject);
  return promise;
}

async function callUntil(tls: URL, subject: string): Promise<ReadonlySet<number | undefined>> {
  const statuses = new Set<number | undefined>();
  for (;;) {
    const [status, shown] = await called(tls);
    statuses.add(status);
    if (shown === subject) return statuses;
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- a test says by its expectations what is there
async function bodyOf(reply: Response): Promise<any> {
  return reply.json();
}

describe('a start with certificates', () => {
  it('says where callers come in by TLS, and serves them', async () => {
    const { tls, program } = await started(named('one'));
    expect(tls.href).toMatch(/^https:\/\/127\.0\.0\.1:[1-9]\d*\/$/);
    expect(await called(tls)).toEqual([200, 'CN=one']);
    expect(program.err).toBe('');
  });

  it('takes the place from the environment, or from the configuration', async () => {
    const byVariable = await started(named('one'), { env: { GATEHOUSE_LISTEN_TLS: '127.0.0.1:0' } });
    expect(await called(byVariable.tls)).toEqual([200, 'CN=one']);
    const byFile = await started(named('two'), { more: 'listen: 127.0.0.1:0, ' });
    expect(await called(byFile.tls)).toEqual([200, 'CN=two']);
  });

  it('takes over a certificate that is replaced on disk, and fails nobody meanwhile', async () => {
    const { tls, folder, program } = await started(named('one'));
    const { cert, key } = named('two');
    replaceFile(path.join(folder, 'a.pem'), cert);
    replaceFile(path.join(folder, 'a.key'), key);
    expect(await callUntil(tls, 'CN=two')).toEqual(new Set([200]));
    await program.logs(/"message":"configuration applied"/);
  });

  it('shows what the store has for further hosts, and refuses a second one for a host', async () => {
    const { tls, program } = await started(named('one'), {
      env: {
        GATEHOUSE_LISTEN_TLS: '127.0.0.1:0',
        GATEHOUSE_CONSOLE: '127.0.0.1:0',
        GATEHOUSE_ADMIN_TOKEN: 'an-administrator',
      },
    });
    const [, admin = ''] = await program.prints(/admin {4}(\S+)/);
    const stored = async (name: string, body: object, method = 'POST', headers = {}): Promise<Response> =>
      fetch(`${admin}/workspaces/default/certificates${name}`, {
        method,
        headers: { ...headers, authorization: 'Bearer an-administrator', 'content-type': 'application/json' },
        ...(method === 'POST' && { body: JSON.stringify(body) }),
      });
    const { cert, key } = authority.issue({ names: ['b.test'], subject: 'stored' });
    const made = await stored('', { name: 'b', cert, key });
    const { id, key: shown, enforcement } = await bodyOf(made);
    expect([made.status, shown, enforcement.workers]).toEqual([201, '***', { enforcing: 2, of: 2 }]);
    expect(await called(tls, 'b.test')).toEqual([200, 'CN=stored']);
    expect(await called(tls)).toEqual([200, 'CN=one']);
    const second = authority.issue({ names: ['a.test'], subject: 'second' });
    const refused = await stored('', { name: 'a', cert: second.cert, key: second.key });
    expect([refused.status, (await bodyOf(refused))['detail']]).toEqual([
      422,
      expect.stringContaining('a certificate for `a.test` is in both'),
    ]);
    const foreign = await stored('', { name: 'c', cert, key: second.key });
    expect([foreign.status, (await bodyOf(foreign))['detail']]).toEqual([
      422,
      expect.stringContaining('does not belong to the certificate'),
    ]);
    expect((await stored(`/${id}`, {}, 'DELETE', { 'if-match': '"1"' })).status).toBe(200);
    await expect(called(tls, 'b.test')).rejects.toThrow('b.test');
  });

  it('goes on with the old one while half of the new one is there', async () => {
    const { tls, folder, program } = await started(named('one'));
    const { cert, key } = named('two');
    replaceFile(path.join(folder, 'a.pem'), cert);
    const [line] = await program.logs(/.*configuration refused.*/);
    expect(line).toContain('gatehouse.yaml:2:55: `key` does not belong to the certificate beside it');
    expect(await called(tls)).toEqual([200, 'CN=one']);
    replaceFile(path.join(folder, 'a.key'), key);
    expect(await callUntil(tls, 'CN=two')).toEqual(new Set([200]));
  });

  it('is refused where somebody else is there already', async () => {
    const other = net.createServer();
    onTestFinished(() => void other.close());
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const place = `127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}`;
    const folder = await written(named('one'), `listen: "${place}", `);
    const command = [
      'start',
      '--config',
      path.join(folder, 'gatehouse.yaml'),
      '--data',
      path.join(folder, 'data'),
      ...PLACES,
    ];
    expect(await run(command)).toMatchObject({
      code: 2,
      err: `${place} is in use; choose another with gateway.tls.listen\n`,
    });
    expect(await run([...command, '--listen-tls', place])).toMatchObject({
      code: 2,
      err: `${place} is in use; choose another with --listen-tls\n`,
    });
  });

  it('needs a restart where there were none at first', async () => {
    const { folder, tls } = await started(named('one'));
    expect(await called(tls)).toEqual([200, 'CN=one']);
    const without = path.join(folder, 'without.yaml');
    writeFileSync(without, 'gatehouse: 1\n');
    const program = launch(['start', '--config', without, '--data', path.join(folder, 'other'), ...PLACES]);
    await program.ready();
    expect(program.out).not.toContain('TLS');
    writeFileSync(without, 'gatehouse: 1\ngateway: { tls: { certificates: [ { cert: a.pem, key: a.key } ] } }\n');
    await program.logs(/"level":"warn","message":"nobody listens for callers by TLS yet: that needs a restart"/);
    await program.logs(/configuration applied/);
  });
});
