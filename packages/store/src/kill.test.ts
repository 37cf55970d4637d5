import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from './open-database.ts';
import { auditHead, auditPage } from './tables/audit-log.ts';
import { listEntities } from './tables/entities.ts';
import { dueEvents } from './tables/outbox.ts';
import { startTestPostgres, type TestPostgres } from './testing/test-postgres.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-kill-'));
let server: TestPostgres | undefined;
beforeAll(async () => {
  server = await startTestPostgres();
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes until it has acknowledged `count` more, is killed without warning, and says what it acknowledged last. */
async function writeAndKill(place: string, count: number): Promise<number> {
  const program = path.join(import.meta.dirname, 'testing/endless-writer.ts');
  const child = spawn(process.execPath, [program, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
    if (said.split('\n').length > count) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  return Number(said.split('\n').at(-2) ?? 0);
}

it.each(['SQLite', 'PostgreSQL'])(
  'has in %s all that was acknowledged and nothing by halves when the program is killed at any point',
  async (kind) => {
    const place = kind === 'SQLite' ? path.join(folder, 'facts.db') : ((await server?.newDatabase()) ?? '');
    for (const count of [1, 3, 10, 30, 60]) {
      const acknowledged = await writeAndKill(place, count);
      const database = await openDatabase(place);
      await database.read(async (sql) => {
        const seq = (await auditHead(sql, 'w'))?.seq ?? 0;
        expect(seq).toBeGreaterThanOrEqual(acknowledged);
        const limit = seq + 10;
        const entities = await listEntities(sql, { workspace: 'w', kind: 'api', limit });
        expect(entities.map(({ data }) => data['seq'])).toEqual(Array.from({ length: seq }, (_, index) => index + 1));
        expect((await auditPage(sql, { workspace: 'w', limit })).length).toBe(seq);
        expect((await dueEvents(sql, 0, limit)).length).toBe(seq);
      });
      await database.close();
    }
  },
  60_000,
);
