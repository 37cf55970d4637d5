import { createHash } from 'node:crypto';
import { appendAudit, type AuditRow } from '@gatehouse/store';
import { startTestPostgres, type TestPostgres } from '@gatehouse/store/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GENESIS } from '../../src/audit/audit-entry.ts';
import { canonicalJson } from '../../src/audit/canonical-json.ts';
import {
  createEntity,
  exportedAudit,
  listAudit,
  showAuditKey,
  takeCheckpoints,
  verifyExport,
} from '../../src/index.ts';
import { openWorld, type World } from '../invariants/world.ts';

const MINUTE_MS = 60_000;

/** How whoever owns the database gets past its triggers. */
const TAMPERING: Readonly<Record<string, readonly string[]>> = {
  SQLite: ['DROP TRIGGER audit_entries_stay', 'DROP TRIGGER audit_entries_remain'],
  PostgreSQL: ['DROP TRIGGER audit_entries_stay ON audit_entries'],
};

/** An entry as it was written before there were patches. */
function firstForm(seq: number, prev: string): { readonly row: AuditRow; readonly hash: string } {
  const entity = { kind: 'team', id: 'team_1' };
  const change = { before: null, after: { name: 'of-old', id: 'team_1' } };
  const facts = { seq, workspace: 'ws_old', at: 1, actor: { kind: 'system', id: 'system' }, action: 'team.create' };
  const content = { ...facts, entity, change, reason: null, requestId: 'r', prev };
  const hash = createHash('sha256').update(canonicalJson(content)).digest('hex');
  const entry = JSON.stringify({ ...content, hash });
  return { row: { workspace: 'ws_old', seq, atMs: 1, entity: 'team team_1', entry, hash }, hash };
}

function checkpointContract(name: string, open: () => Promise<World>): void {
  describe(`checkpoints in ${name}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await open();
    }, 120_000);
    afterEach(async () => world.close());

    const admin = () => {
      const [first] = world.people;
      if (first === undefined) throw new Error('the world is empty');
      return world.as(first);
    };
    const change = async (team: string): Promise<unknown> =>
      createEntity(admin(), { kind: 'team', input: { name: team } });
    const lines = async (): Promise<readonly string[]> => Array.fromAsync(exportedAudit(world.house.database));
    const workspace = () => admin().workspace;
    const rows = async (): Promise<number> =>
      (await world.house.database.read(async (sql) => sql.all('SELECT seq FROM audit_checkpoints'))).length;

    it('are taken ten minutes after the first entry that nobody has signed, of each chain', async () => {
      world.time.nowMs += 10 * MINUTE_MS - 1;
      expect(await takeCheckpoints(world.house)).toBe(0);
      world.time.nowMs += 1;
      expect(await takeCheckpoints(world.house)).toBe(2);
      expect(await takeCheckpoints(world.house)).toBe(0);
      await change('another');
      world.time.nowMs += 10 * MINUTE_MS - 1;
      expect(await takeCheckpoints(world.house)).toBe(0);
      expect(await takeCheckpoints(world.house, { all: true })).toBe(1);
      const verdict = await verifyExport(await lines(), { keys: [showAuditKey(admin()).x] });
      expect(verdict).toMatchObject({ checkpoints: 3, unsigned: 0, withHeads: true, problem: undefined });
    });

    it('are taken of every thousandth entry, whatever the time', async () => {
      for (let index = 0; index < 1000; index++) await change(`t${index}`);
      const verdict = await verifyExport(await lines());
      expect(verdict).toMatchObject({ checkpoints: 1, problem: undefined });
      expect((await lines()).filter((line) => line.startsWith('{"checkpoint":'))).toEqual([
        expect.stringContaining('"seq":1000,'),
      ]);
    }, 60_000);

    it('are not taken of the thousandth entry either, when one before it was changed', async () => {
      await change('first');
      await world.house.database.write('house', async (sql) => {
        for (const statement of TAMPERING[name] ?? []) await sql.run(statement);
        await sql.run(`UPDATE audit_entries SET entry = replace(entry, '"first"', '"other"')`);
      });
      for (let index = 0; index < 1000; index++) await change(`t${index}`);
      expect(await rows()).toBe(0);
    }, 60_000);

    it('are not taken of what somebody has been at since the last, which the log tells', async () => {
      expect(await takeCheckpoints(world.house, { all: true })).toBe(2);
      for (const team of ['a', 'b', 'c']) await change(team);
      await world.house.database.write('house', async (sql) => {
        for (const statement of TAMPERING[name] ?? []) await sql.run(statement);
        await sql.run(`UPDATE audit_entries SET entry = replace(entry, '"b"', '"x"') WHERE workspace = ?`, [
          workspace(),
        ]);
      });
      const told: unknown[] = [];
      const log = { ...world.house.log, error: (...all: unknown[]) => void told.push(all) };
      expect([await takeCheckpoints({ ...world.house, log }, { all: true }), await rows()]).toEqual([0, 2]);
      expect(told).toMatchObject([[expect.stringContaining('is not signed'), { workspace: workspace() }]]);
    });

    it('are taken of chains that were begun in the first form, which is read and verified as it was', async () => {
      const first = firstForm(1, GENESIS);
      const entries = [first, firstForm(2, first.hash)];
      const ctx = { ...admin(), workspace: 'ws_old' };
      await world.house.database.write('house', async (sql) => {
        for (const { row } of entries) await appendAudit(sql, row);
      });
      await createEntity(ctx, { kind: 'team', input: { name: 'new' } });
      expect(await takeCheckpoints(world.house, { all: true })).toBe(3);
      const { problem, unsigned } = await verifyExport(await lines(), { keys: [showAuditKey(admin()).x] });
      expect([problem, unsigned]).toEqual([undefined, 0]);
      const { items } = await listAudit(ctx, { limit: 10 });
      expect(items).toMatchObject([
        { seq: 1, change: { before: null, after: { name: 'of-old' } } },
        { seq: 2 },
        { v: 2, seq: 3, change: { after: { name: 'new' } } },
      ]);
    });

    it('show that the last entries were taken out with the end, and where', async () => {
      await change('last');
      await takeCheckpoints(world.house, { all: true });
      const whole = await lines();
      const at = whole.findLastIndex((line) => line.includes('"last"'));
      const heads = whole.at(-1) ?? '';
      const { seq, prev }: { seq: number; prev: string } = JSON.parse(whole[at] ?? '');
      const mine: { heads: { workspace: string; seq: number; hash: string }[] } = JSON.parse(heads);
      for (const head of mine.heads)
        if (head.workspace === workspace()) Object.assign(head, { seq: seq - 1, hash: prev });
      const cut = [...whole.toSpliced(at, 1).slice(0, -1), JSON.stringify(mine)];
      expect((await verifyExport(cut)).problem).toEqual({
        workspace: workspace(),
        seq: seq - 1,
        what: expect.stringMatching(
          /^the chain ends here, but had \d+ entries when it was signed at 2026-11-26T12:00:00/,
        ),
      });
    });
  });
}

let server: TestPostgres | undefined;
beforeAll(async () => {
  server = await startTestPostgres();
}, 60_000);
afterAll(async () => server?.stop());

const process = [{ kind: 'group', needs: 1 }];
checkpointContract('SQLite', async () => openWorld(process));
checkpointContract('PostgreSQL', async () => openWorld(process, await server?.newDatabase()));
