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
  for (const name of ['one', 'two', 'three'])
    await gate.done('/workspaces/default/teams', { name, title: 'Zoë \u2028' });
  const { x, kid } = await gate.done('/audit/key');
  expect((await gate.program.stop()).code).toBe(0);
  const whole = await run(['audit', 'verify', '--data', data]);
  expect([whole.code, whole.out]).toEqual([
    0,
    `3 entries are as they were written, 1 signed checkpoints, 0 entries behind the last of them\nsigned with the key ${kid}; --key says that it is the one you know\n`,
  ]);

  const file = path.join(folder, 'audit.ndjson');
  writeFileSync(file, (await run(['audit', 'export', '--data', data])).out);
  const known = await run(['audit', 'verify', file, '--key', x]);
  expect([known.code, known.out.split('\n').length]).toEqual([0, 2]);
  const other = await run(['audit', 'verify', file, '--key', 'A'.repeat(43), '--json']);
  expect([other.code, JSON.parse(other.out).problem]).toMatchObject([
    1,
    { seq: 3, what: expect.stringContaining(kid) },
  ]);
  const odd = await run(['audit', 'verify', file, '--key', 'x']);
  expect([odd.code, odd.err]).toEqual([2, expect.stringContaining('--key x: a key is 43 letters')]);

  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines[1]).toContain('"action":"audit.export"');
  writeFileSync(file, [...lines.slice(0, 5), ...lines.slice(6)].join('\n'));
  const cut = await run(['audit', 'verify', file, '--json']);
  const problem = { seq: 2, what: expect.stringMatching(/^the chain ends here, but had 3 entries when it was signed/) };
  expect([cut.code, JSON.parse(cut.out)]).toMatchObject([1, { ok: false, entries: 3, problem }]);
  writeFileSync(file, Buffer.from(lines.join('\n')).fill(0xff, 900, 901));
  expect((await run(['audit', 'verify', file])).code).toBe(1);

  const database = new DatabaseSync(path.join(data, 'gatehouse.db'));
  database.exec('DROP TRIGGER audit_entries_stay');
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
