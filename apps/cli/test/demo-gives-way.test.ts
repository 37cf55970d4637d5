import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { launch, run } from './spawned-program.ts';
import { stubUpstream } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PLACES = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--console', '127.0.0.1:0', '--workers', '1'];
const KEY = 'gh_0123456789abcdefghijkl_000000';

it('what somebody applies takes the place of the demo, which is there again when that goes', async () => {
  const folder = temporaryFolder();
  const data = path.join(folder, 'data');
  const { url } = await stubUpstream();
  const program = launch(['start', '--data', data, ...PLACES], { env: {} });
  const { gateway } = await program.ready();
  await program.prints(/admin {4}(\S+)/);
  const demoKey = readFileSync(path.join(data, 'demo-key'), 'utf8').trim();
  const statusOf = async (key: string): Promise<number> =>
    (await fetch(`${gateway}/v1/users`, { headers: { 'x-api-key': key } })).status;
  expect([await statusOf(demoKey), await statusOf(KEY)]).toEqual([200, 401]);

  const file = path.join(folder, 'mine.yaml');
  const mine = `gatehouse: 1
upstreams: { users: { targets: [ { url: "${url}" } ] } }
apis: { users: { basePath: /v1, upstream: users } }
plans: { gold: { apis: [users] } }
applications: { mobile: { keys: [ { name: ci, secret: ${KEY} } ], subscriptions: [ { api: users, plan: gold } ] } }
`;
  writeFileSync(file, mine);
  const applied = await run(['apply', file, '--yes', '--data', data]);
  expect([applied.code, applied.err], applied.out).toEqual([0, '']);
  expect([await statusOf(demoKey), await statusOf(KEY)]).toEqual([403, 200]);
  writeFileSync(file, 'gatehouse: 1\n');
  expect((await run(['apply', file, '--yes', '--data', data])).code).toBe(0);
  expect([await statusOf(demoKey), await statusOf(KEY)]).toEqual([200, 401]);
  expect((await program.stop()).code).toBe(0);
}, 90_000);
