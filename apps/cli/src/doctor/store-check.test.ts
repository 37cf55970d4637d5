import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storeFacts } from '@gatehouse/control/store';
import { storedAudit } from '@gatehouse/control/audit';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../test/stub-upstream.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { NOW_MS, sceneWith, told } from './__fixtures__/scene.ts';
import { storeVerdicts } from './store-check.ts';

const control = { host: '127.0.0.1', port: 0, option: '--console' };

async function verdictsOn(database: string, offline = false): Promise<readonly string[]> {
  const store = async () => storeFacts(database, () => NOW_MS);
  return told(await storeVerdicts(sceneWith({ store, options: { database, control, offline } })));
}

/** As this version makes it. */
async function madeStore(): Promise<string> {
  const file = path.join(temporaryFolder(), 'gatehouse.db');
  for await (const _ of storedAudit(file));
  return file;
}

describe('the store', () => {
  it('is made by the first start', async () => {
    expect(await verdictsOn('/nowhere/gatehouse.db')).toEqual(['ok: none yet, a start makes /nowhere/gatehouse.db']);
  });

  it('is nobody’s business without a control plane', async () => {
    expect(await storeVerdicts(sceneWith())).toEqual([]);
  });

  it('answers, and has nothing left beside it', async () => {
    const file = await madeStore();
    expect(await verdictsOn(file)).toEqual([
      expect.stringMatching(/^ok: .*gatehouse\.db \(SQLite\) answers in \d+ ms$/),
    ]);
    expect(readdirSync(path.dirname(file))).toEqual(['gatehouse.db']);
  });

  it('is read while another writes to it', async () => {
    const file = await madeStore();
    const writer = new DatabaseSync(file);
    writer.exec("INSERT INTO migrations VALUES ('999-later', 'x')");
    expect(await verdictsOn(file)).toEqual([
      expect.stringMatching(/^failed: .* a newer version wrote it \(it has 999-later\); start that version$/),
    ]);
    writer.close();
  });

  it('of an older version is brought on by a start', async () => {
    const file = await madeStore();
    const writer = new DatabaseSync(file);
    writer.exec("DELETE FROM migrations WHERE name > '003'");
    writer.close();
    expect(await verdictsOn(file)).toEqual([
      expect.stringMatching(/^warning: .*; a start brings it to this version \(\d+ steps?\), take a backup before/),
    ]);
  });

  it('that is no database is told of', async () => {
    const file = path.join(temporaryFolder(), 'gatehouse.db');
    writeFileSync(file, 'x'.repeat(5000));
    expect(await verdictsOn(file)).toEqual([
      expect.stringMatching(/^failed: .* cannot be opened \(file is not a database\); restore a backup/),
    ]);
  });

  it('that does not run is told of without its password, and not asked offline', async () => {
    const database = `postgres://ada:secret@127.0.0.1:${await freePort()}/house`;
    expect(await verdictsOn(database)).toEqual([
      expect.stringMatching(/^failed: 127\.0\.0\.1:\d+\/house cannot be opened \(.*ECONNREFUSED.*\); check --database/),
    ]);
    expect(await verdictsOn(database, true)).toEqual([]);
  });
});
