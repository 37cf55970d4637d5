import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { governedGate } from './governed-gate.ts';
import { run } from './spawned-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('the audit of a house is verified offline, and says where somebody has been at it', async () => {
  const folder = temporaryFolder();
  const data = path.join(folder, 'data');
  const gate = await governedGate({ folder });
  for (const name of ['one', 'two', 'three']) await gate.done('/workspaces/default/teams', { name });
  expect((await gate.program.stop()).code).toBe(0);
  const whole = await run(['audit', 'verify', '--data', data]);
  expect(whole.code).toBe(0);
  expect(whole.out).toMatch(
    /^3 entries are as they were written\n1 checkpoint, signed by [0-9a-f]{16} \([A-Za-z0-9_-]{43}\)\n$/,
  );

  const file = path.join(folder, 'audit.ndjson');
  writeFileSync(file, (await run(['audit', 'export', '--data', data])).out);
  expect((await run(['audit', 'verify', file])).code).toBe(0);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(file, [...lines.slice(0, 2), ...lines.slice(3)].join('\n'));
  const cut = await run(['audit', 'verify', file, '--json']);
  const problem = { seq: 2, what: 'a checkpoint is of entry 3, and the chain is at 2' };
  expect([cut.code, JSON.parse(cut.out)]).toMatchObject([1, { ok: false, entries: 2, problem }]);

  const database = new DatabaseSync(path.join(data, 'gatehouse.db'));
  expect(() => database.exec("UPDATE audit_entries SET entry = '{}'")).toThrow('append-only');
  database.exec('DROP TRIGGER audit_entries_no_update');
  database.exec("UPDATE audit_entries SET entry = replace(entry, 'two', 'six') WHERE seq = 2");
  database.close();
  const tampered = await run(['audit', 'verify', '--data', data]);
  expect([tampered.code, tampered.out]).toEqual([
    1,
    expect.stringMatching(/entry 2: it is not what its hash was made of/),
  ]);
});

it('there is nothing to verify where there is no store', async () => {
  const { code, err } = await run(['audit', 'verify', '--data', temporaryFolder()]);
  expect([code, err]).toEqual([2, expect.stringContaining('there is no store; name its folder with --data')]);
});
