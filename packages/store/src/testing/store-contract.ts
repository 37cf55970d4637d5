import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotUnique, type Database, type Statements } from '../database.ts';
import { migrate, MigrationProblem } from '../migrate.ts';
import { appendAudit, auditHead, auditPage } from '../tables/audit-log.ts';
import { appendCheckpoint, checkpointKeys, checkpointPage, unsignedEnds } from '../tables/audit-checkpoints.ts';
import {
  deleteEntity,
  eachEntity,
  findEntity,
  insertEntity,
  listEntities,
  lookUpEntity,
  updateEntity,
  type Entity,
} from '../tables/entities.ts';
import { keepReply, keptReply } from '../tables/kept-replies.ts';
import { ERASED_KEY, eraseSubjectKey, insertSubjectKey, subjectKey } from '../tables/subject-keys.ts';
import { addToOutbox, dueEvents, eventAgain, eventDone, forgetTold } from '../tables/outbox.ts';

export function entity(given: Partial<Entity> & { readonly id: string }): Entity {
  return {
    workspace: 'w',
    kind: 'api',
    parent: '',
    name: given.id,
    state: 'draft',
    lookup: undefined,
    revision: 1,
    data: {},
    createdMs: 1,
    updatedMs: 1,
    ...given,
  };
}

/** What anybody may try who has the tables before them. */
const AGAINST_THE_AUDIT: Readonly<Record<string, string>> = {
  'an entry that is changed': "UPDATE audit_entries SET entry = '{}' WHERE seq = 2",
  'entries that get another place': 'UPDATE audit_entries SET seq = seq + 10',
  'an entry that is taken out': 'DELETE FROM audit_entries WHERE seq = 4',
  'all entries taken out': 'DELETE FROM audit_entries',
  'an end that goes back': 'UPDATE audit_heads SET seq = seq - 1',
  'an end that stays, with another hash': "UPDATE audit_heads SET hash = 'x'",
  'an end of another workspace': "UPDATE audit_heads SET workspace = 'other', seq = seq + 1",
  'an end that is taken out': 'DELETE FROM audit_heads',
};

/** What every database does. `open` gives one that is empty and migrated. */
export function storeContract(name: string, open: () => Promise<Database>): void {
  describe(name, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    }, 60_000);
    afterAll(async () => database.close());
    const key = (id: string): { workspace: string; kind: string; id: string } => ({ workspace: 'w', kind: 'api', id });

    it('migrates once', async () => {
      expect(await migrate(database)).toEqual([]);
    });

    it('does not serve what a newer version has written', async () => {
      await database.write('', async (sql) =>
        sql.run('INSERT INTO migrations (name, digest) VALUES (?, ?)', ['999', '']),
      );
      await expect(migrate(database)).rejects.toThrow(MigrationProblem);
      await database.write('', async (sql) => sql.run('DELETE FROM migrations WHERE name = ?', ['999']));
    });

    it('gives back what it was given', async () => {
      const data = { text: 'Zoë\'s ? \u0000\u{1f600} "\\', list: [1, null, { deep: true }], ['__proto__x']: 1.5 };
      const given = entity({
        id: 'a',
        lookup: 'k',
        data: { ...data, text: data.text.replace('\u0000', '') },
        createdMs: 1.8e12,
      });
      await database.write('w', async (sql) => insertEntity(sql, given));
      await database.read(async (sql) => {
        expect(await findEntity(sql, key('a'))).toEqual(given);
        expect(await lookUpEntity(sql, 'api', 'k')).toEqual(given);
        expect(await findEntity(sql, { ...key('a'), workspace: 'other' })).toBeUndefined();
        expect(await lookUpEntity(sql, 'other', 'k')).toBeUndefined();
      });
    });

    it('changes only what was read', async () => {
      await database.write('w', async (sql) => insertEntity(sql, entity({ id: 'b' })));
      const change = async (revision: number): Promise<boolean> =>
        database.write('w', async (sql) => updateEntity(sql, entity({ id: 'b', revision, state: `s${revision}` })));
      expect([await change(2), await change(2), await change(4), await change(3)]).toEqual([true, false, false, true]);
      expect((await database.read(async (sql) => findEntity(sql, key('b'))))?.state).toBe('s3');
      expect(await database.write('w', async (sql) => deleteEntity(sql, key('b')))).toBe(true);
      expect(await database.write('w', async (sql) => deleteEntity(sql, key('b')))).toBe(false);
    });

    it('has each name once under a parent, and each lookup once at all', async () => {
      const insert = async (given: Parameters<typeof entity>[0]): Promise<void> =>
        database.write('w', async (sql) => insertEntity(sql, entity(given)));
      await insert({ id: 'c1', name: 'c', lookup: 'c' });
      await expect(insert({ id: 'c2', name: 'c' })).rejects.toThrow(NotUnique);
      await expect(insert({ id: 'c3', lookup: 'c' })).rejects.toThrow(NotUnique);
      await expect(insert({ id: 'c4', workspace: 'other', lookup: 'c' })).rejects.toThrow(NotUnique);
      await expect(insert({ id: 'c1', name: 'another' })).rejects.toThrow(NotUnique);
      await insert({ id: 'c5', name: 'c', parent: 'p' });
      await insert({ id: 'c6', name: 'c', kind: 'plan', lookup: 'c' });
      await insert({ id: 'c1', name: 'c', workspace: 'other' });
    });

    it('finds nothing by a text that no row can have, and goes on', async () => {
      const [none, all] = await database.write('w', async (sql) => {
        await insertEntity(sql, entity({ id: 'nul' }));
        const { workspace, kind } = key('nul');
        const found = [
          await findEntity(sql, key('a\0')),
          await lookUpEntity(sql, kind, 'a\0'),
          ...(await listEntities(sql, { workspace, kind, name: 'a\0', limit: 1 })),
        ];
        return [found, await findEntity(sql, key('nul'))];
      });
      expect(none).toEqual([undefined, undefined]);
      expect(all).toMatchObject({ id: 'nul' });
    });

    it('undoes all of a write that fails', async () => {
      const work = database.write('w', async (sql) => {
        await insertEntity(sql, entity({ id: 'd1' }));
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      const broken = database.write('w', async (sql) => {
        await insertEntity(sql, entity({ id: 'd2' }));
        await insertEntity(sql, entity({ id: 'd2' }));
      });
      await expect(broken).rejects.toThrow(NotUnique);
      await database.read(async (sql) => {
        expect([await findEntity(sql, key('d1')), await findEntity(sql, key('d2'))]).toEqual([undefined, undefined]);
      });
    });

    it('lists in pages', async () => {
      await database.write('w', async (sql) => {
        for (let index = 0; index < 25; index++) {
          const id = `p${String(index).padStart(2, '0')}`;
          await insertEntity(
            sql,
            entity({ id, kind: 'page', parent: index < 20 ? 'x' : 'y', state: id < 'p10' ? 'new' : 'old' }),
          );
        }
      });
      const ids = async (query: object): Promise<string> =>
        database.read(async (sql) =>
          (await listEntities(sql, { workspace: 'w', kind: 'page', limit: 3, ...query })).map(({ id }) => id).join(' '),
        );
      expect(await ids({})).toBe('p00 p01 p02');
      expect(await ids({ after: 'p02' })).toBe('p03 p04 p05');
      expect(await ids({ after: 'p24' })).toBe('');
      expect(await ids({ parent: 'y', after: 'p22' })).toBe('p23 p24');
      expect(await ids({ state: 'old' })).toBe('p10 p11 p12');
      expect(await ids({ name: 'p07' })).toBe('p07');
      expect(await ids({ workspace: 'other' })).toBe('');
    });

    it('sees in a read one state of all rows, whatever is written meanwhile', async () => {
      const names = async (sql: Statements): Promise<string> =>
        (await listEntities(sql, { workspace: 'states', kind: 'api', limit: 9 })).map(({ id }) => id).join();
      const add = async (id: string): Promise<void> =>
        database.write('states', async (sql) => insertEntity(sql, entity({ id, workspace: 'states' })));
      await add('1');
      let written: Promise<void> | undefined;
      const seen = await database.read(async (sql) => {
        const before = await names(sql);
        written = add('2');
        // In memory, where one connection does all, the write waits for the end of the read.
        await Promise.race([written, new Promise((done) => setTimeout(done, 100))]);
        return [before, await names(sql)];
      });
      await written;
      expect([...seen, await database.read(names)]).toEqual(['1', '1', '1,2']);
    });

    it('goes through all of a kind in pieces', async () => {
      const all: string[] = [];
      await database.read(async (sql) => {
        for await (const { id } of eachEntity(sql, 'page', 4)) all.push(id);
      });
      expect([all.length, all[0], all.at(-1)]).toEqual([25, 'p00', 'p24']);
    });

    it('does one write after another, so that all that is read in one stays true', async () => {
      await database.write('w', async (sql) => insertEntity(sql, entity({ id: 'e', data: { count: 0 } })));
      await Promise.all(
        Array.from({ length: 40 }, async () =>
          database.write('w', async (sql) => {
            const now = (await findEntity(sql, key('e'))) ?? entity({ id: 'e' });
            await new Promise((done) => setImmediate(done));
            const data = { count: Number(now.data['count']) + 1 };
            expect(await updateEntity(sql, { ...now, revision: now.revision + 1, data })).toBe(true);
          }),
        ),
      );
      expect((await database.read(async (sql) => findEntity(sql, key('e'))))?.data).toEqual({ count: 40 });
    });

    it('goes on with a chain of audit', async () => {
      const row = { workspace: 'w', atMs: 1, entity: 'api a' };
      await database.write('w', async (sql) => {
        expect(await auditHead(sql, 'w')).toBeUndefined();
        for (let seq = 1; seq <= 3; seq++)
          await appendAudit(sql, { ...row, seq, entry: `{"seq":${seq}}`, hash: `h${seq}` });
        await appendAudit(sql, { ...row, seq: 4, entity: 'api b', entry: '{"seq":4}', hash: 'h4' });
      });
      await database.read(async (sql) => {
        expect(await auditHead(sql, 'w')).toEqual({ seq: 4, hash: 'h4' });
        expect(await auditPage(sql, { workspace: 'w', after: 1, limit: 2 })).toEqual(['{"seq":2}', '{"seq":3}']);
        expect(await auditPage(sql, { workspace: 'w', entity: 'api b', limit: 2 })).toEqual(['{"seq":4}']);
      });
      const twice = database.write('w', async (sql) => appendAudit(sql, { ...row, seq: 4, entry: '{}', hash: 'x' }));
      await expect(twice).rejects.toThrow();
    });

    it('keeps checkpoints, and knows what is behind the last of them', async () => {
      const point = { workspace: 'w', atMs: 2, publicKey: 'k' };
      const ends = async (): Promise<unknown> => database.read(unsignedEnds);
      expect(await ends()).toEqual([{ workspace: 'w', signed: 0, seq: 4, hash: 'h4', sinceMs: 1 }]);
      await database.write('w', async (sql) => {
        for (const seq of [1, 3]) await appendCheckpoint(sql, { ...point, seq, hash: `h${seq}`, line: `{"c":${seq}}` });
      });
      expect(await ends()).toEqual([{ workspace: 'w', signed: 3, seq: 4, hash: 'h4', sinceMs: 1 }]);
      await database.read(async (sql) => {
        expect(await checkpointKeys(sql)).toEqual(['k']);
        const third = { ...point, seq: 3, hash: 'h3', line: '{"c":3}' };
        expect(await checkpointPage(sql, { workspace: 'w', after: 2, limit: 5 })).toEqual([third]);
        expect(await checkpointPage(sql, { workspace: 'other', after: 0, limit: 5 })).toEqual([]);
      });
      for (const statement of ['DELETE FROM audit_checkpoints', 'UPDATE audit_checkpoints SET seq = 4 WHERE seq = 3'])
        await expect(database.write('w', async (sql) => sql.run(statement))).rejects.toThrow('audit are never');
      const twice = { ...point, seq: 3, hash: 'x', line: '{}' };
      await expect(database.write('w', async (sql) => appendCheckpoint(sql, twice))).rejects.toThrow();
      await database.write('w', async (sql) => appendCheckpoint(sql, { ...twice, seq: 4 }));
      expect(await ends()).toEqual([]);
    });

    for (const [what, statement] of Object.entries(AGAINST_THE_AUDIT)) {
      it(`refuses ${what}`, async () => {
        const look = async (): Promise<unknown> =>
          database.read(async (sql) => [
            await sql.all('SELECT * FROM audit_entries ORDER BY workspace, seq'),
            await sql.all('SELECT * FROM audit_heads ORDER BY workspace'),
          ]);
        const before = await look();
        expect(before).toMatchObject([[{ seq: 1 }, { seq: 2 }, { seq: 3 }, { seq: 4 }], [{ seq: 4 }]]);
        await expect(database.write('w', async (sql) => sql.run(statement))).rejects.toThrow(
          /of (?:the|an) audit (?:are never|is never)|the end of an audit/,
        );
        expect(await look()).toEqual(before);
      });
    }

    it('forgets the key of a person for good', async () => {
      const keyOf = async (subject: string): Promise<unknown> => database.read(async (sql) => subjectKey(sql, subject));
      const row = { subject: 'user_1', sealedKey: 'k', atMs: 1 };
      await database.write('w', async (sql) => insertSubjectKey(sql, row));
      expect([await keyOf('user_1'), await keyOf('user_2')]).toEqual(['k', undefined]);
      await database.write('w', async (sql) => {
        for (const subject of ['user_1', 'user_2', 'user_1']) await eraseSubjectKey(sql, { subject, atMs: 2 });
      });
      expect([await keyOf('user_1'), await keyOf('user_2')]).toEqual([ERASED_KEY, ERASED_KEY]);
      await expect(database.write('w', async (sql) => insertSubjectKey(sql, row))).rejects.toThrow(NotUnique);
    });

    it('keeps events until they are told', async () => {
      const add = { workspace: 'w', topic: 't', event: { a: 1 } };
      await database.write('w', async (sql) => {
        await addToOutbox(sql, { ...add, id: '2', dueMs: 10 });
        await addToOutbox(sql, { ...add, id: '1', dueMs: 10 });
        await addToOutbox(sql, { ...add, id: '3', dueMs: 30 });
      });
      const due = async (nowMs: number): Promise<unknown> =>
        database.read(async (sql) => (await dueEvents(sql, nowMs, 10)).map(({ id, attempts }) => `${id}:${attempts}`));
      expect([await due(9), await due(10), await due(30)]).toEqual([[], ['1:0', '2:0'], ['1:0', '2:0', '3:0']]);
      await database.write('w', async (sql) => {
        await eventDone(sql, '1', 11);
        await eventAgain(sql, '2', 20);
      });
      expect([await due(19), await due(20)]).toEqual([[], ['2:1']]);
      expect(await database.write('w', async (sql) => forgetTold(sql, 12))).toBe(1);
    });

    it('keeps replies by who asked', async () => {
      const asked = { workspace: 'w', principal: 'u', key: 'k' };
      const reply = { fingerprint: 'f', status: 201, body: '{}' };
      await database.write('w', async (sql) => keepReply(sql, asked, { ...reply, atMs: 1 }));
      await database.read(async (sql) => {
        expect(await keptReply(sql, asked)).toEqual(reply);
        expect(await keptReply(sql, { ...asked, principal: 'other' })).toBeUndefined();
      });
      const twice = database.write('w', async (sql) => keepReply(sql, asked, { ...reply, atMs: 1 }));
      await expect(twice).rejects.toThrow(NotUnique);
    });
  });
}
