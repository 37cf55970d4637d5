import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { expect, it } from 'vitest';
import { closedAddress } from './closed-address.ts';
import { governedGate, withoutStandards, type GovernedGate } from './governed-gate.ts';
import { run, type Exit } from './spawned-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const KEY = 'gh_0123456789abcdefghijkl_000000';
let folder = '';
let data = '';
let file = '';
let gate: GovernedGate;
let url = '';

/** All of one gate, one behind the other: each begins with what the one before has left. */
const steps: (readonly [string, () => Promise<void>])[] = [];
const step = (name: string, work: () => Promise<void>): void => void steps.push([name, work]);

it('a workspace is kept as code', async () => {
  folder = temporaryFolder();
  data = path.join(folder, 'data');
  file = path.join(folder, 'team.yaml');
  const upstream = http.createServer((request, reply) => reply.end(`served ${request.url}`));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const address = upstream.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const ofMachine = `gatehouse: 1\napis: { machine: { basePath: /machine, access: open, upstream: "${url}" } }\n`;
  gate = await withoutStandards(await governedGate({ folder, config: ofMachine }));
  for (const [name, work] of steps) {
    await work().catch((error: unknown) => {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
  }
  await gate.program.stop();
  upstream.close();
}, 180_000);

const config = (limit = 10): string => `gatehouse: 1
upstreams:
  users: { targets: [ { url: "${url}" } ] }
apis:
  users: { basePath: /v1, access: subscribed, upstream: users, openapi: ./users.openapi.yaml }
plans:
  gold: { apis: [users], limits: [ { limit: ${limit}, window: 1m } ] }
applications:
  mobile:
    keys: [ { name: ci, secret: "\${MOBILE_KEY}" } ]
    subscriptions: [ { api: users, plan: gold } ]
ai:
  providers: { vendor: { kind: openai, apiKey: "\${VENDOR_KEY}" } }
  models: { fast: { targets: [ { provider: vendor, model: gpt-5-mini } ] } }
`;
const DOCUMENT = `openapi: 3.1.0
info: { title: Users, version: 1.0.0 }
paths:
  /users: { get: { responses: { "200": { description: ok } } } }
`;
const ENV = { MOBILE_KEY: KEY, VENDOR_KEY: 'sk-of-the-vendor-itself' };
const gatehouse = async (args: readonly string[], env: Readonly<Record<string, string>> = ENV): Promise<Exit> =>
  run([...args, ...(args.includes('--data') ? [] : ['--data', data])], { env });
const called = async (to: string): Promise<number> =>
  (await fetch(`${gate.gateway}${to}`, { headers: { 'x-api-key': KEY } })).status;

step('is compared, applied and served, by whoever may read the data folder', async () => {
  expect(statSync(path.join(data, 'console.json')).mode & 0o777).toBe(0o600);
  writeFileSync(path.join(folder, 'users.openapi.yaml'), DOCUMENT);
  writeFileSync(file, config());
  const before = await gatehouse(['diff', file]);
  expect([before.code, before.err]).toEqual([1, '']);
  expect(before.out).toContain('  + subscription users/gold of mobile\n');
  expect(before.out).toMatch(/\+ route {4}users-1\.0\.0: answered: users, access subscribed {3}GET \/v1\/users\n/);
  expect(await called('/v1/users')).toBe(404);
  const applied = await gatehouse(['apply', file, '--yes']);
  expect([applied.code, applied.err]).toEqual([0, '']);
  expect(applied.out).toMatch(/applied: enforced by 2 of 2 workers \([0-9a-f]{12}\)\n$/);
  expect(await called('/v1/users')).toBe(200);
  const again = await gatehouse(['diff', file]);
  expect([again.code, again.out]).toEqual([0, `${file}: nothing differs\n`]);
  expect((await gatehouse(['apply', file, '--yes'])).out).toBe(`${file}: nothing to apply\n`);
});

step('shows by its changes what becomes of requests', async () => {
  writeFileSync(file, config(20));
  const { code, out } = await gatehouse(['diff', file]);
  expect(code).toBe(1);
  expect(out).toContain('  ~ plan gold\n      spec.limits[0].limit: 10 → 20\n');
  expect(out).toContain('  ~ access   gold: plan limits[0].limit: 10 → 20\n');
  expect(out).toMatch(/1 to change\n$/);
  const asJson = await gatehouse(['diff', file, '--json']);
  expect([asJson.code, JSON.parse(asJson.out).changes]).toMatchObject([
    1,
    [{ action: 'update', kind: 'plan', name: 'gold' }],
  ]);
  expect((await gatehouse(['apply', file, '--yes', '--json'])).code).toBe(0);
});

step('does not need the secrets that are kept already', async () => {
  const { code, out, err } = await gatehouse(['diff', file], { MOBILE_KEY: KEY });
  expect([code, out]).toEqual([0, `${file}: nothing differs\n`]);
  expect(err).toBe('VENDOR_KEY is not set here, so what is kept as ai.providers.vendor.apiKey stays\n');
  const { code: refused, err: why } = await gatehouse(['diff', file], { VENDOR_KEY: 'x'.repeat(20) });
  expect([refused, why]).toEqual([
    2,
    expect.stringContaining(`${file}:10:13: a key has a \`secret\`, or its \`sha256\``),
  ]);
});

step('is refused with the lines of its mistakes, and nothing is applied', async () => {
  const wrong: readonly (readonly [string, string])[] = [
    [config(20).replace('upstream: users', 'upstream: user'), 'team.yaml:5:57: unknown upstream `user`, '],
    [config(20).replace('limit: 20', 'limit: many'), 'team.yaml:7:'],
    [`${config(20)}gateway: { trustedProxies: [] }\n`, 'team.yaml:15:1: `gateway` belongs to the machine'],
    [config(20).replace('[users], limits', '[users, machine, nothing], limits'), 'unknown api `nothing`'],
  ];
  for (const [text, message] of wrong) {
    writeFileSync(file, text);
    for (const verb of ['diff', 'apply']) {
      const { code, out, err } = await gatehouse([verb, file, ...(verb === 'apply' ? ['--yes'] : [])]);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(message);
    }
  }
  writeFileSync(file, config(20));
  expect((await gatehouse(['diff', file])).code).toBe(0);
});

step('may refer to what the store and the machine have', async () => {
  const other = path.join(folder, 'other.yaml');
  writeFileSync(
    other,
    `gatehouse: 1\nplans: { silver: { apis: [users, machine] } }\napis: { more: { basePath: /more, access: open, upstream: users } }\n`,
  );
  const { code, out, err } = await gatehouse(['apply', other, '--yes']);
  expect([code, err], out).toEqual([0, '']);
  expect(await called('/more/x')).toBe(200);
  writeFileSync(other, 'gatehouse: 1\n');
  expect((await gatehouse(['apply', other, '--yes'])).code).toBe(0);
  expect(await called('/more/x')).toBe(404);
  expect(await called('/v1/users')).toBe(200);
});

step('is not applied unless somebody agrees', async () => {
  writeFileSync(file, config(30));
  const { code, err } = await gatehouse(['apply', file]);
  expect([code, err]).toEqual([2, 'nobody can be asked here: look at it with gatehouse diff, and apply with --yes\n']);
  writeFileSync(file, config(20));
  expect((await gatehouse(['diff', file])).code).toBe(0);
});

step('comes out as a file that means the same, without secrets', async () => {
  mkdirSync(path.join(folder, 'out'));
  const out = path.join(folder, 'out', 'exported.yaml');
  const exported = await gatehouse(['export', '--out', out]);
  expect([exported.code, exported.out]).toEqual([0, '']);
  const text = readFileSync(out, 'utf8');
  expect(text).toContain('apiKey: ${AI_PROVIDERS_VENDOR_API_KEY}');
  expect(text).not.toContain(KEY);
  expect(readFileSync(path.join(folder, 'out', 'users.openapi.yaml'), 'utf8')).toBe(DOCUMENT);
  const valid = await run(['validate', out], { env: { AI_PROVIDERS_VENDOR_API_KEY: 'sk-of-the-vendor-itself' } });
  expect([valid.code, valid.err]).toEqual([0, '']);
  expect((await gatehouse(['diff', out, '--name', 'team.yaml'], {})).code).toBe(0);
  expect((await gatehouse(['export', '--out', out])).err).toContain('there is such a file');
});

step('is the file of the machine, where a file says the same', async () => {
  const started = path.join(folder, 'gatehouse.yaml');
  const same = await gatehouse(['diff', started]);
  expect([same.code, same.out]).toEqual([0, `${started}: nothing differs\n`]);
  const changed = path.join(folder, 'changed.yaml');
  writeFileSync(changed, readFileSync(started, 'utf8').replace('access: open', 'access: key'));
  const { code, out } = await gatehouse(['diff', changed]);
  expect([code, out]).toEqual([1, expect.stringContaining('~ access   machine: access: open → key   * /machine/*\n')]);
  const { code: refused, err } = await gatehouse(['apply', changed, '--yes']);
  expect([refused, err]).toEqual([2, expect.stringContaining('change that, and it is applied as it is saved')]);
});

step('shows a token, and is told what is missing', async () => {
  const elsewhere = ['--data', temporaryFolder(), '--server', gate.admin.replace(/\/api\/v1$/, '')];
  const nobody = await gatehouse(['export', ...elsewhere]);
  expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining('who are you? name the data folder')]);
  const wrong = await gatehouse(['export', '--token', 'nobodys', ...elsewhere]);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('the token is not known')]);
  const admin = await gatehouse(['export', ...elsewhere], { GATEHOUSE_ADMIN_TOKEN: 'an-administrator-for-tests' });
  expect([admin.code, admin.out]).toEqual([0, expect.stringContaining('gold')]);
  const free = await closedAddress();
  const nowhere = await gatehouse(['export', '--data', temporaryFolder(), '--server', free]);
  expect([nowhere.code, nowhere.err]).toEqual([
    2,
    `${free}: no gate answers there; start one with gatehouse start, or name it with --server\n`,
  ]);
  const other = await gatehouse(['export', '--data', temporaryFolder(), '--server', url]);
  expect([other.code, other.err]).toEqual([2, expect.stringContaining('this is no admin API')]);
});

step('are compared by what they mean, without a gate', async () => {
  const [old, next] = ['old.yaml', 'new.yaml'].map((name) => path.join(folder, name));
  writeFileSync(String(old), readFileSync(path.join(folder, 'gatehouse.yaml'), 'utf8'));
  writeFileSync(String(next), readFileSync(path.join(folder, 'gatehouse.yaml'), 'utf8'));
  appendFileSync(String(next), '# nothing new\n');
  const same = await run(['diff', String(old), String(next)]);
  expect([same.code, same.out]).toEqual([0, `${next}: means the same as ${old}\n`]);
  writeFileSync(String(next), readFileSync(String(old), 'utf8').replace('/machine', '/apparatus'));
  const { code, out } = await run(['diff', String(old), String(next)]);
  expect([code, out]).toEqual([
    1,
    `What becomes of requests:
  - route    machine: not answered any more   * /machine/*
  + route    machine: answered: ${url}, access open   * /apparatus/*
`,
  ]);
  expect(JSON.parse((await run(['diff', String(old), String(next), '--json'])).out).meaning.changes).toHaveLength(2);
});
