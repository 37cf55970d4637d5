import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { governedGate, type GovernedGate } from './governed-gate.ts';
import { launch, run } from './spawned-program.ts';
import { stubUpstream } from './stub-upstream.ts';
import { replaceFile, temporaryFolder } from './temporary-folder.ts';

const W = '/workspaces/default';
const KEY = 'a-key-of-the-file';

const fileWith = (url: string, more = ''): string => `gatehouse: 1
apis:
  ofFile: { basePath: /file, access: subscribed, upstream: "${url}" }
${more}`;

interface StoredApi {
  readonly name: string;
  readonly basePath: string;
  readonly url: string;
  readonly access?: string;
}

/** An open api in the store, published. */
async function publish(gate: GovernedGate, { name, basePath, url, access = 'open' }: StoredApi) {
  const api = await gate.done(`${W}/apis`, { name, title: name });
  const spec = { basePath, access, upstream: url, routes: [{ method: '*', path: '/*' }] };
  const version = await gate.done(`${W}/versions`, { name: '1', api: api.id, spec });
  const revision = await gate.done(`${W}/revisions`, { version: version.id });
  await gate.done(`${W}/revisions/${revision.id}/approve`, {}, await reviewer(gate));
  return gate.ask(`${W}/versions/${version.id}/publish`, { body: {} });
}

let reviewers = 0;
async function reviewer(gate: GovernedGate): Promise<string> {
  const user = await gate.done('/users', { name: `r${++reviewers}@example.com`, grants: [{ role: 'reviewer' }] });
  return (await gate.done('/tokens', { name: 'test', user: user.id })).token;
}

describe('a gate whose facts are in a file and in a store', () => {
  it('serves both, and keeps the one when the other changes', async () => {
    const folder = temporaryFolder();
    const { url } = await stubUpstream();
    const open = (name: string): string => `gatehouse: 1
apis:
  ${name}: { basePath: /${name}, access: open, upstream: "${url}" }
`;
    const gate = await governedGate({ folder, config: open('one') });
    const published = await publish(gate, { name: 'stored', basePath: '/stored', url });
    expect(published.body['enforcement']).toEqual({
      snapshot: expect.stringMatching(/^[\da-f]{12}$/),
      workers: { enforcing: 2, of: 2 },
    });
    const statusOf = async (to: string): Promise<number> => (await fetch(`${gate.gateway}${to}`)).status;
    expect([await statusOf('/one/x'), await statusOf('/stored/x')]).toEqual([200, 200]);
    replaceFile(path.join(folder, 'gatehouse.yaml'), open('two'));
    await gate.program.logs(/configuration applied/);
    expect([await statusOf('/one/x'), await statusOf('/two/x'), await statusOf('/stored/x')]).toEqual([404, 200, 200]);
  });

  it('gives applications of the store what the file serves', async () => {
    const { url } = await stubUpstream();
    const gate = await governedGate({ folder: temporaryFolder(), config: fileWith(url) });
    const plan = await gate.done(`${W}/plans`, { name: 'free', apis: ['ofFile'], approval: 'auto', spec: {} });
    await gate.done(`${W}/plans/${plan.id}/publish`, {});
    const application = await gate.done(`${W}/applications`, { name: 'mobile' });
    const { key } = await gate.done(`${W}/credentials`, { name: 'ci', application: application.id });
    const statusOf = async (): Promise<number> =>
      (await fetch(`${gate.gateway}/file/x`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect(await statusOf()).toBe(403);
    await gate.done(`${W}/subscriptions`, { application: application.id, api: 'ofFile', plan: 'free' });
    expect(await statusOf()).toBe(200);
  });

  it('refuses what both would own, and goes on as it was', async () => {
    const { url } = await stubUpstream();
    const more = `applications:\n  mobile: { team: apps, keys: [ { name: ci, secret: "${KEY}" } ] }\n`;
    const gate = await governedGate({ folder: temporaryFolder(), config: fileWith(url, more) });
    const taken = await publish(gate, { name: 'mine', basePath: '/file', url });
    expect(taken.status).toBe(422);
    expect(taken.body['detail']).toContain('takes the same requests as `ofFile * /file/*` of the configuration file');
    const again = await gate.ask(`${W}/applications`, { body: { name: 'mobile' } });
    expect(again.status).toBe(422);
    expect(again.body['detail']).toBe(
      'the application `mobile` is in the configuration file, too, give one of them another name',
    );
    expect((await gate.ask(`${W}/applications`)).body['items']).toEqual([]);
  });

  it('starts with what was stored, and with who may call, though its database is gone', async () => {
    const folder = temporaryFolder();
    const { url } = await stubUpstream();
    const first = await governedGate({ folder });
    const stored = { name: 'stored', basePath: '/stored', access: 'key', url };
    expect((await publish(first, stored)).status).toBe(200);
    const application = await first.done(`${W}/applications`, { name: 'mobile' });
    const credentials = `${W}/credentials`;
    const good = await first.done(credentials, { name: 'good', application: application.id });
    const revoked = await first.done(credentials, { name: 'revoked', application: application.id });
    await first.done(`${credentials}/${revoked.id}/revoke`, {});
    expect((await first.program.stop()).code).toBe(0);
    const args = ['--config', path.join(folder, 'gatehouse.yaml'), '--data', path.join(folder, 'data')];
    const at = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--console', '127.0.0.1:0'];
    const second = launch(['start', ...args, ...at, '--database', 'postgres://nobody@127.0.0.1:9/none']);
    const { gateway } = await second.ready();
    const statusOf = async (key: string): Promise<number> =>
      (await fetch(`${gateway}/stored/x`, { headers: { 'x-api-key': key } })).status;
    expect([await statusOf(good.key), await statusOf(revoked.key)]).toEqual([200, 401]);
    await second.logs(/the control plane has ended and is started again, the gate goes on/);
    expect((await second.stop()).code).toBe(0);
  });

  it('does not start when there is no database and nothing was ever stored', async () => {
    const at = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--console', '127.0.0.1:0'];
    const url = 'postgres://nobody:secret@127.0.0.1:9/none';
    const { code, err } = await run(['start', '--data', temporaryFolder(), ...at, '--database', url]);
    expect(code).toBe(2);
    expect(err).toMatch(/^the control plane cannot start: (?!.*secret).*ECONNREFUSED.*; see --database and --data$/m);
  });
});
