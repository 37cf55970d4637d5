import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../database.ts';
import { migrationOf, ownMigrations } from '../migrate.ts';
import { openDatabase } from '../open-database.ts';
import { appendCheckpoint } from '../tables/audit-checkpoints.ts';
import { appendAudit } from '../tables/audit-log.ts';
import { insertEntity, listEntities } from '../tables/entities.ts';
import { keepReply } from '../tables/kept-replies.ts';
import { addToOutbox, eventDone } from '../tables/outbox.ts';
import { insertSubjectKey } from '../tables/subject-keys.ts';
import { entity } from '../testing/store-contract.ts';
import { startTestPostgres, type TestPostgres } from '../testing/test-postgres.ts';
import { BACKED_TABLES } from './backed-tables.ts';
import { lineOf } from './backup-format.ts';
import { restoreBackup, storedRows, verifyBackup } from './restore-backup.ts';
import { writeBackup } from './write-backup.ts';

const FACTS = { program: '1.2.3', takenAt: '2026-01-01T00:00:00.000Z', keyFingerprint: 'f' };
const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-backup-'));
let server: TestPostgres | undefined;
beforeAll(async () => {
  server = await startTestPostgres();
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

let count = 0;
const KINDS = ['SQLite', 'PostgreSQL'];
async function newPlace(kind: string): Promise<string> {
  return kind === 'SQLite' ? path.join(folder, `${++count}.db`) : ((await server?.newDatabase()) ?? '');
}

async function takenOf(database: Database, during?: () => Promise<void>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  await writeBackup(database, FACTS, { write: async (bytes) => (pieces.push(bytes), during?.()) });
  return Buffer.concat(pieces);
}

/** Something in each table, and in each column what is hard to carry. */
async function fill(database: Database): Promise<void> {
  const data = { text: 'Zoë\'s ? \u0000\u{1f600} \ud800 "\\\n', list: [1, null, { deep: true }], ['__proto__']: 1.5 };
  await database.write('w', async (sql) => {
    await insertEntity(sql, entity({ id: 'a', lookup: 'of a', data, updatedMs: 1_800_000_000_000 }));
    await insertEntity(sql, entity({ id: 'b', workspace: '', parent: 'ä', name: 'it\'s\u2028"b"\n', state: '' }));
    for (let seq = 1; seq <= 3; seq++)
      await appendAudit(sql, {
        workspace: 'w',
        seq,
        atMs: 1,
        entity: 'api a',
        entry: `{"seq":${seq}}`,
        hash: `h${seq}`,
      });
    await insertSubjectKey(sql, { subject: 'user_a', sealedKey: 'sealed', atMs: 4 });
    await appendCheckpoint(sql, { workspace: 'w', seq: 3, hash: 'h3', atMs: 4, publicKey: 'k', line: '{}' });
    const event = { workspace: 'w', topic: 't', event: { a: 1 }, dueMs: 5 };
    await addToOutbox(sql, { id: '1', ...event });
    await addToOutbox(sql, { id: '2', ...event });
    await eventDone(sql, '2', 7);
    const reply = { fingerprint: 'f', status: 201, body: '{}', atMs: 3 };
    await keepReply(sql, { workspace: 'w', principal: 'u', key: 'k' }, reply);
  });
}

async function* inPieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Databases have orders of their own for texts. */
const linesIn = (backup: Buffer): readonly string[] => backup.toString().split('\n').slice(0, -2).toSorted();

async function filled(kind: string): Promise<{ readonly database: Database; readonly taken: Buffer }> {
  const database = await openDatabase(await newPlace(kind));
  await fill(database);
  return { database, taken: await takenOf(database) };
}

describe.each(KINDS.flatMap((from) => KINDS.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
  it('everything comes back as it was, and instead of what was there', async () => {
    const source = await filled(from);
    const target = await openDatabase(await newPlace(to));
    await target.write('x', async (sql) => insertEntity(sql, entity({ id: 'gone', workspace: 'x' })));
    const restored = await restoreBackup(target, inPieces(source.taken));
    expect(restored).toEqual({
      entities: 2,
      audit_heads: 1,
      audit_entries: 3,
      subject_keys: 1,
      audit_checkpoints: 1,
      outbox: 2,
      kept_replies: 1,
    });
    expect(linesIn(await takenOf(target))).toEqual(linesIn(source.taken));
    expect(await target.read(storedRows)).toEqual(restored);
    // It is a store like any other.
    await target.write('w', async (sql) => insertEntity(sql, entity({ id: 'new' })));
    await Promise.all([source.database.close(), target.close()]);
  });
});

describe.each(KINDS)('of %s', (kind) => {
  it('a backup holds one state, whoever writes while it is taken', async () => {
    const { database, taken } = await filled(kind);
    let written = 0;
    const during = async (): Promise<void> =>
      database.write('w', async (sql) => insertEntity(sql, entity({ id: `z${++written}` })));
    expect((await takenOf(database, during)).equals(taken)).toBe(true);
    expect(written).toBeGreaterThan(5);
    expect((await takenOf(database)).equals(taken)).toBe(false);
    await database.close();
  });

  it('the tables are those of a backup, column by column', async () => {
    const database = await openDatabase(await newPlace(kind));
    for (const { name, columns, key, large } of BACKED_TABLES) {
      const there =
        kind === 'SQLite'
          ? 'SELECT name FROM pragma_table_info(?) ORDER BY cid'
          : 'SELECT column_name AS name FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position';
      const rows = await database.read(async (sql) => sql.all(there, [name]));
      expect(rows.map((row) => row['name'])).toEqual(columns);
      expect(columns).toEqual(expect.arrayContaining([...key, ...large]));
    }
    const all =
      kind === 'SQLite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table'"
        : "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'";
    const names = (await database.read(async (sql) => sql.all(all))).map((row) => String(row['name']));
    expect(names.toSorted()).toEqual([...BACKED_TABLES.map(({ name }) => name), 'migrations'].toSorted());
    await database.close();
  });

  it('one of an older version is brought to what is expected now', async () => {
    const { database, taken } = await filled(kind);
    const added = migrationOf('999-more', "ALTER TABLE outbox ADD COLUMN more TEXT NOT NULL DEFAULT 'none'");
    await restoreBackup(database, inPieces(taken), { migrations: [...ownMigrations(database.dialect), added] });
    const [row] = await database.read(async (sql) => sql.all('SELECT more FROM outbox WHERE id = ?', ['1']));
    expect(row).toEqual({ more: 'none' });
    await database.close();
  });

  it('what fails at the end leaves everything as it was', async () => {
    const { database, taken } = await filled(kind);
    await database.write('w', async (sql) => insertEntity(sql, entity({ id: 'later' })));
    const before = await takenOf(database);
    const failing = restoreBackup(database, inPieces(taken), {
      beforeCommit: () => {
        throw new Error('no');
      },
    });
    await expect(failing).rejects.toThrow('no');
    await expect(restoreBackup(database, inPieces(taken.subarray(0, -5)))).rejects.toThrow('changed');
    const twice = changedRow(taken, (line) => line + line);
    await expect(restoreBackup(database, inPieces(twice))).rejects.toThrow();
    expect((await takenOf(database)).equals(before)).toBe(true);
    await database.close();
  });

  it.each([
    ['before its end', ['old']],
    ['before its commit', ['old']],
    ['after it', ['a']],
  ] as const)('a restore that is killed %s leaves all of one state', async (moment, ids) => {
    const { database, taken } = await filled('SQLite');
    await database.close();
    const file = path.join(folder, `${++count}.backup`);
    writeFileSync(file, taken);
    const place = await newPlace(kind);
    const target = await openDatabase(place);
    await target.write('w', async (sql) => insertEntity(sql, entity({ id: 'old' })));
    await target.close();
    const program = path.join(import.meta.dirname, '../testing/stuck-restore.ts');
    const child = spawn(process.execPath, [program, place, file, moment], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', () => child.kill('SIGKILL'));
    await new Promise((resolve) => child.once('close', resolve));
    expect(child.signalCode).toBe('SIGKILL');
    const after = await openDatabase(place);
    const list = await after.read(async (sql) => listEntities(sql, { workspace: 'w', kind: 'api', limit: 9 }));
    expect(list.map(({ id }) => id)).toEqual(ids);
    await after.close();
  });
});

/** As somebody with the means to make a new checksum would leave it. */
function changedRow(taken: Buffer, change: (line: string) => string): Buffer {
  const lines = taken.toString().split(/(?<=\n)/);
  const at = lines.findIndex((line) => line.startsWith('["w","api","a"'));
  return Buffer.from(lines.map((line, index) => (index === at ? change(line) : line)).join(''));
}

describe('what is no backup as it was written', () => {
  let taken: Buffer;
  let database: Database;
  beforeAll(async () => ({ database, taken } = await filled('SQLite')));
  afterAll(async () => database.close());
  const refused = async (bytes: Uint8Array, words: RegExp): Promise<void> =>
    expect(verifyBackup(inPieces(bytes))).rejects.toThrow(words);

  it('is told from one that is', async () => {
    expect(await verifyBackup(inPieces(taken, 1))).toMatchObject({ ...FACTS, gatehouse: 'backup', format: 1 });
  });

  it('is refused wherever it is cut off', async () => {
    // Without its last line feed it is whole.
    for (let length = 0; length < taken.length - 1; length++) await refused(taken.subarray(0, length), /./);
    await verifyBackup(inPieces(taken.subarray(0, -1)));
  });

  it('is refused whichever byte is changed', async () => {
    const at = fc.integer({ min: 0, max: taken.length - 2 });
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), async (index, by) => {
        const bytes = Buffer.from(taken);
        bytes[index] = (bytes[index] ?? 0) ^ by;
        await refused(bytes, /./);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['with something behind its end', (text: string) => `${text}[]\n`, /something follows its end/],
    ['without a row', (text: string) => text.replace(/\["w","api","a".*\n/, ''), /checksum/],
    ['without its end', (text: string) => text.replace(/\{"end".*\n/, ''), /cut off/],
    ['of a newer format', (text: string) => text.replace('"format":1', '"format":2'), /newer version \(1\.2\.3\)/],
    [
      'of newer tables',
      (text: string) => text.replace('"}]', '"},{"name":"999-more","digest":"d"}]'),
      /newer version \(it has 999-more\)/,
    ],
    ['of other tables', (text: string) => text.replace(/"digest":"\w/, '"digest":"x'), /001-facts is another here/],
    ['that is empty', () => '', /it is empty/],
    ['that is something else', () => '{"hello":1}\n', /no backup of gatehouse/],
    ['that is binary', () => '\u007fELF\u0000', /no backup of gatehouse/],
    [
      'with a deep value',
      (text: string) => text.replace('["w","api","a"', `${'['.repeat(50_000)}1`),
      /line \d+ is none/,
    ],
    ['with an object for a value', (text: string) => text.replace('["w","api","a"', '["w",{"a":1},"a"'), /is none/],
    ['with a fraction', (text: string) => text.replace(/,1800000000000]/, ',1.5]'), /is none/],
    ['with another width', (text: string) => text.replace('["w","api","a"', '["w","api"'), /is none/],
    [
      'with a column of bad intent',
      (text: string) => text.replace('"columns":["workspace"', '"columns":["a) --"'),
      /is none/,
    ],
    [
      'with a table of bad intent',
      (text: string) => signed(text.replace('"table":"outbox"', '"table":"migrations"')),
      /`migrations`/,
    ],
  ])('is refused %s', async (_name, change, words) => {
    const changed = Buffer.from(change(taken.toString()));
    expect(changed.equals(taken)).toBe(false);
    await refused(changed, words);
  });

  it('with a checksum of its own cannot say more than rows do', async () => {
    const odd = Buffer.from(signed(taken.toString().replaceAll('"lookup","revision"', '"no_such","revision"')));
    await verifyBackup(inPieces(odd));
    await expect(restoreBackup(database, inPieces(odd))).rejects.toThrow(/no_such/);
    expect((await takenOf(database)).equals(taken)).toBe(true);
  });
});

function signed(text: string): string {
  const lines = text.split(/(?<=\n)/).slice(0, -1);
  const rows = lines.filter((line) => line.startsWith('[')).length;
  const sha256 = createHash('sha256').update(lines.join('')).digest('hex');
  return [...lines, lineOf({ end: true, rows, sha256 })].join('');
}
