import net from 'node:net';
import { expect, it } from 'vitest';
import { governedGate, type GovernedGate } from './governed-gate.ts';
import { run, type Exit } from './spawned-program.ts';
import { stubUpstream } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const W = '/workspaces/default';
const TOKEN = 'an-administrator-for-tests';

interface Keys {
  readonly gate: GovernedGate;
  readonly folder: string;
  /** `gatehouse key …`, by address and token. */
  readonly key: (...args: readonly string[]) => Promise<Exit>;
  readonly statusOf: (key: string) => Promise<number>;
}

async function keyedGate(): Promise<Keys> {
  const { url } = await stubUpstream();
  const folder = temporaryFolder();
  const config = `gatehouse: 1\napis: { ofFile: { basePath: /file, access: key, upstream: "${url}" } }\n`;
  const gate = await governedGate({ folder, config });
  await gate.done(`${W}/applications`, { name: 'mobile' });
  const env = { GATEHOUSE_SERVER: gate.admin.replace('/api/v1', ''), GATEHOUSE_TOKEN: TOKEN };
  return {
    gate,
    folder,
    key: async (...args) => run(['key', ...args], { env }),
    statusOf: async (key) => (await fetch(`${gate.gateway}/file/x`, { headers: { 'x-api-key': key } })).status,
  };
}

const keyIn = ({ out }: Exit): string => /gh_\w+/.exec(out)?.[0] ?? '';

it('a key is made, replaced and ended, and every call goes by that', async () => {
  const { key, statusOf, folder } = await keyedGate();
  const made = await key('create', '--application', 'mobile', '--name', 'ci', '--expires', '90d');
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toMatch(
    /^key {6}gh_\w+ {3}\(shown once\)\nname {5}mobile\/ci {3}\(cred_\w+\)\nexpires {2}2\S+Z\nknown to 2 of 2 workers\n$/,
  );
  const days = (Date.parse(/expires {2}(\S+)/.exec(made.out)?.[1] ?? '') - Date.now()) / 86_400_000;
  expect([days > 89.9, days < 90.1, await statusOf(keyIn(made))]).toEqual([true, true, 200]);

  const rotated = await key('rotate', 'mobile/ci', '--overlap', '1h', '--name', 'next');
  expect(rotated.out).toMatch(
    /^key {6}gh_\w+ .*\nname {5}next .*\nknown to 2 of 2 workers\nmobile\/ci is good until 2\S+Z\n$/,
  );
  const good = Date.parse(/until (\S+)/.exec(rotated.out)?.[1] ?? '') - Date.now();
  expect([good > 3_500_000, good < 3_700_000]).toEqual([true, true]);
  expect([await statusOf(keyIn(made)), await statusOf(keyIn(rotated))]).toEqual([200, 200]);

  const list = await key('list', '--application', 'mobile');
  expect(list.out).toMatch(
    /^mobile\/ci {4}rotating {2}gh_\w{6}… {2}cred_\w+ {2}until \S+\nmobile\/next {2}active {4}gh_\w{6}… {2}cred_\w+ {2}until \S+\n$/,
  );
  expect(list.out).not.toContain(keyIn(made));

  // Whoever may read the data folder needs neither address nor token.
  const revoked = await run(['key', 'revoke', 'mobile/ci', '--reason', 'moved', '--data', `${folder}/data`]);
  expect([revoked.code, revoked.out, revoked.err]).toEqual([0, 'mobile/ci: refused by 2 of 2 workers\n', '']);
  expect([await statusOf(keyIn(made)), await statusOf(keyIn(rotated))]).toEqual([401, 200]);
  const again = await key('revoke', 'mobile/ci');
  expect([again.code, again.out, again.err.trimEnd().split('\n').length]).toEqual([2, '', 1]);
  expect(again.err).toMatch(/revoked/);
}, 60_000);

it('the same as JSON, for scripts, and keys are known by their ids', async () => {
  const { key, gate, statusOf } = await keyedGate();
  const made = JSON.parse((await key('create', '--application', 'mobile', '--json')).out);
  expect(made).toMatchObject({
    id: expect.stringMatching(/^cred_/),
    enforcement: { workers: { enforcing: 2, of: 2 } },
  });
  expect(await statusOf(made.key)).toBe(200);
  const rotated = JSON.parse((await key('rotate', made.id, '--json')).out);
  expect(rotated).toMatchObject({ state: 'rotating', next: { key: expect.stringMatching(/^gh_/) } });
  const revoked = JSON.parse((await key('revoke', made.id, '--json')).out);
  expect(revoked).toMatchObject({ id: made.id, state: 'revoked', enforcement: { workers: { enforcing: 2, of: 2 } } });
  expect([await statusOf(made.key), await statusOf(rotated.next.key)]).toEqual([401, 200]);
  const list = JSON.parse((await key('list', '--json')).out);
  expect(list.map((item: { application: string; state: string }) => [item.application, item.state])).toEqual([
    ['mobile', 'revoked'],
    ['mobile', 'active'],
  ]);
  // More than a page of them.
  const { items } = await gate.done(`${W}/applications?name=mobile`);
  const { id } = items[0];
  for (let count = 0; count < 205; count++) await gate.done(`${W}/credentials`, { name: `k${count}`, application: id });
  const all = JSON.parse((await key('list', '--json')).out);
  expect(new Set(all.map((item: { id: string }) => item.id)).size).toBe(207);
}, 60_000);

it('what cannot be done is one line that says what would be right', async () => {
  const { key, folder } = await keyedGate();
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['create', '--application', 'mobil'], /there is no application `mobil` in the workspace `default`$/],
    [['create', '--application', 'mobile', '--workspace', 'none'], /there is no such workspace$/],
    [['create', '--name', 'ci'], /say whose with --application$/],
    [['revoke', 'mobile/none'], /the application `mobile` has no key `none`; gatehouse key list shows all$/],
    [['revoke', 'mobile/'], /write APPLICATION\/NAME, or the id of the key$/],
    [['revoke', 'a/b/c'], /write APPLICATION\/NAME, or the id of the key$/],
    [['revoke', 'cred_none'], /no id of ours$/],
    [['revoke', '../../users'], /write APPLICATION\/NAME/],
    [['rotate', 'mobile/none', '--overlap', '1h'], /has no key `none`/],
    [['list', '--application', 'a&b=c'], /there is no application `a&b=c`/],
  ];
  for (const [args, words] of cases) {
    const { code, out, err } = await key(...args);
    expect([args, code, out, err.trimEnd().split('\n').length]).toEqual([args, 2, '', 1]);
    expect(err.trimEnd()).toMatch(words);
  }
  for (const time of ['90', 'soon', '9999999999d', '-1d']) {
    const { code, err } = await key('create', '--application', 'mobile', '--expires', time);
    expect([code, err]).toEqual([2, expect.stringContaining('write a time such as 30m, 24h or 90d')]);
  }
  const stranger = await key('list', '--token', 'nobody');
  expect([stranger.code, stranger.err.trimEnd().split('\n').length]).toEqual([2, 1]);
  const nobody = await run(['key', 'list', '--server', `http://127.0.0.1:${await freePort()}`, '--data', folder], {
    env: { GATEHOUSE_TOKEN: '' },
  });
  expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining('start one with gatehouse start')]);
}, 60_000);

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
