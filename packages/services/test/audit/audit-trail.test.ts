import fc from 'fast-check';
import { eachEntity, listEntities, type Entity } from '@gatehouse/store';
import { startTestPostgres, type TestPostgres } from '@gatehouse/store/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/audit/canonical-json.ts';
import { replayed } from '../../src/audit/__fixtures__/replay.ts';
import type { AuditedChange } from '../../src/audit/audited-change.ts';
import { SubjectKeys } from '../../src/audit/personal.ts';
import { entityView } from '../../src/entities/entity-view.ts';
import {
  changeEntity,
  createEntity,
  erasePerson,
  exportedAudit,
  getEntity,
  KINDS,
  kindOf,
  listAudit,
  removeEntity,
  verifyExport,
  type ServiceContext,
} from '../../src/index.ts';
import { openWorld, type World } from '../invariants/world.ts';

interface Entry {
  readonly workspace: string;
  readonly action: string;
  readonly entity: { readonly kind: string; readonly id: string };
  readonly change: AuditedChange;
  readonly actor: Readonly<Record<string, unknown>>;
  readonly details?: object;
}

async function entriesOf({ house }: World): Promise<readonly Entry[]> {
  const rows = await house.database.read(async (sql) =>
    sql.all('SELECT entry FROM audit_entries ORDER BY workspace, seq'),
  );
  return rows.map((row): Entry => JSON.parse(String(row['entry'])));
}

/** Where the audit alone leads: of each entity that it knows from its beginning. */
function statesOf(entries: readonly Entry[]): ReadonlyMap<string, unknown> {
  const states = new Map<string, unknown>();
  for (const { entity, change } of entries) {
    if (!('after' in change) && !states.has(entity.id)) continue;
    states.set(entity.id, replayed(states.get(entity.id), change));
  }
  return states;
}

async function storedIn({ house }: World): Promise<readonly Entity[]> {
  return house.database.read(async (sql) => {
    const all: Entity[] = [];
    for (const { kind } of KINDS) for await (const entity of eachEntity(sql, kind)) all.push(entity);
    return all;
  });
}

const shown = (entity: Entity): string =>
  canonicalJson(entityView(kindOf(entity.kind), entity)).replaceAll('"***"', '"[sealed]"');

/** As readers see it, page by page. */
async function readBy(ctx: ServiceContext, limit = 200): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for (let after: number | undefined; ;) {
    const page = await listAudit(ctx, { after, limit });
    all.push(...page.items.map((item): Entry => JSON.parse(JSON.stringify(item))));
    if (page.next === undefined) return all;
    after = Number(page.next);
  }
}

function trailContract(name: string, open: () => Promise<World>): void {
  describe(`the audit of a house in ${name}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await open();
    }, 120_000);
    afterAll(async () => world.close());
    const above = () => ({ ...author(), workspace: '' });
    const author = () => world.as(world.people.at(-1) ?? { kind: 'system', id: '', name: '', refusal: () => '' });

    const routes = fc.array(
      fc.record({ method: fc.constantFrom('GET', 'POST'), path: fc.constantFrom('/a', '/b/{c}') }),
      {
        maxLength: 4,
      },
    );
    const texts = fc.constantFrom('', 'a', 'Zoë \u2028', '"\\', '~/', 'x'.repeat(200));
    const change = fc.oneof(
      fc.record({
        kind: fc.constant('api'),
        patch: fc.record({ title: texts, description: texts }, { requiredKeys: [] }),
      }),
      fc.record({
        kind: fc.constant('version'),
        patch: fc.record({ spec: fc.record({ basePath: fc.constant('/x'), upstream: fc.constant('up'), routes }) }),
      }),
      fc.record({
        kind: fc.constant('provider'),
        patch: fc.record({
          spec: fc.record({ kind: fc.constant('openai'), apiKey: fc.constantFrom('***', 'sk-another'), note: texts }),
        }),
      }),
    );

    it('leads by its patches to what is stored, whatever is changed', async () => {
      const ids = new Map<string, string>();
      const make = async (kind: string, input: object): Promise<unknown> =>
        createEntity(author(), { kind, input }).then(({ result }) => ids.set(kind, result.id));
      await make('api', { name: 'changing' });
      await make('version', { name: '1', api: ids.get('api'), spec: {} });
      await make('provider', { name: 'openai', spec: { kind: 'openai', apiKey: 'sk-the-first' } });
      await fc.assert(
        fc.asyncProperty(change, async ({ kind, patch }) => {
          const id = ids.get(kind) ?? '';
          const { revision } = await getEntity(author(), { kind, id });
          await changeEntity(author(), { kind, id, revision, patch });
        }),
        { numRuns: 60 },
      );
      const states = statesOf([...(await readBy(above())), ...(await readBy(author()))]);
      const known = (await storedIn(world)).filter(({ id }) => states.has(id));
      expect(known.length).toBeGreaterThan(20);
      expect(known.map(({ kind }) => kind)).toContain('user');
      for (const entity of known) expect(canonicalJson(states.get(entity.id))).toBe(shown(entity));
    });

    it('tells that a secret was written anew, and not what it is', async () => {
      const made = await createEntity(author(), {
        kind: 'provider',
        input: { name: 'vendor', spec: { kind: 'openai', apiKey: 'sk-one', url: 'http://h' } },
      });
      const { id } = made.result;
      const patch = { spec: { apiKey: 'sk-two' } };
      await changeEntity(author(), { kind: 'provider', id, revision: 1, patch });
      const [first, second] = (await entriesOf(world)).filter(({ entity }) => entity.id === id);
      expect(first?.change).toMatchObject({ after: { name: 'vendor', spec: { apiKey: '[sealed]', url: 'http://h' } } });
      expect(second?.change).toMatchObject({ patch: [{ op: 'replace', path: '/spec/apiKey', value: '[sealed]' }, {}] });
    });

    it('has large fields by their hash, and still shows that they have changed', async () => {
      const spec = (letter: string): object => ({ document: letter.repeat(70_000) });
      const { result } = await createEntity(author(), { kind: 'upstream', input: { name: 'large', spec: spec('a') } });
      await changeEntity(author(), { kind: 'upstream', id: result.id, revision: 1, patch: { spec: spec('b') } });
      const [first, second] = (await entriesOf(world)).filter(({ entity }) => entity.id === result.id);
      const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
      expect(first?.change).toMatchObject({ after: { spec: { sha256: hash, bytes: 70_015 } } });
      expect(second?.change).toMatchObject({ patch: [{ op: 'replace', path: '/spec/sha256', value: hash }, {}] });
    });

    it('ends with what is deleted', async () => {
      const { result } = await createEntity(author(), { kind: 'team', input: { name: 'short-lived' } });
      await removeEntity(author(), { kind: 'team', id: result.id, revision: 1 });
      expect(statesOf(await entriesOf(world)).get(result.id)).toBeUndefined();
      expect((await entriesOf(world)).at(-1)).toMatchObject({ change: { patch: [{ op: 'remove', path: '' }] } });
    });

    const origin = { address: '203.0.113.7', userAgent: 'A browser of hers' };
    const person = async (email: string, title: string): Promise<{ id: string; ctx: ServiceContext }> => {
      const input = { name: email, title, grants: [{ role: 'admin' }] };
      const { id } = (await createEntity(above(), { kind: 'user', input })).result;
      return { id, ctx: { ...world.as({ kind: 'user', id, name: email, refusal: () => undefined }), origin } };
    };
    const stored = async (): Promise<string> => JSON.stringify(await entriesOf(world));

    it('says who it was and from where, encrypted, for readers only', async () => {
      const { id, ctx } = await person('zoe@example.com', 'Zoë of Testing');
      await createEntity(ctx, { kind: 'team', input: { name: 'by-zoe' } });
      for (const said of ['zoe@example.com', 'Zoë of Testing', '203.0.113.7', 'A browser of hers'])
        expect(await stored()).not.toContain(said);
      const made = (await readBy(above())).find(({ entity }) => entity.id === id);
      expect(made?.change).toMatchObject({ after: { name: 'zoe@example.com', title: 'Zoë of Testing' } });
      const by = { kind: 'user', id, name: 'zoe@example.com', ip: '203.0.113.7', userAgent: 'A browser of hers' };
      expect((await readBy(author())).findLast(({ actor }) => actor['id'] === id)?.actor).toEqual(by);
      expect((await entriesOf(world)).findLast(({ actor }) => actor['id'] === id)?.actor).toEqual({
        kind: 'user',
        id,
        ...Object.fromEntries(
          ['name', 'ip', 'userAgent'].map((part) => [part, { personal: id, sealed: expect.any(String) }]),
        ),
      });
    });

    it('forgets a person for good, also what is said later, and stays whole', async () => {
      const { id, ctx } = await person('max@example.com', 'Max of Testing');
      const other = await person('other@example.com', 'Other');
      await createEntity(ctx, { kind: 'team', input: { name: 'by-max' } });
      await changeEntity(above(), { kind: 'user', id, revision: 1, patch: { title: 'Max the Second' } });
      const before = await Array.fromAsync(exportedAudit(world.house.database));
      await erasePerson({ ...other.ctx, workspace: '' }, id);
      await createEntity(ctx, { kind: 'team', input: { name: 'by-a-ghost' } });
      const after = await Array.fromAsync(exportedAudit(world.house.database));
      const { entries, problem } = await verifyExport(after);
      expect([problem, entries]).toEqual([undefined, after.filter((line) => line.includes('"action"')).length]);
      for (const line of before.filter((each) => each.includes('"action"'))) expect(after).toContain(line);

      const all = [...(await readBy(above())), ...(await readBy(author()))];
      const told = JSON.stringify(all);
      for (const said of ['max@example.com', 'Max of Testing', 'Max the Second']) expect(told).not.toContain(said);
      expect(told).toContain('other@example.com');
      const mine = all.filter(({ entity, actor }) => entity.id === id || actor['id'] === id);
      const gone = { name: '[erased]', ip: '[erased]', userAgent: '[erased]' };
      expect(mine).toMatchObject([
        { action: 'user.create', change: { after: { name: '[erased]', title: '[erased]' } } },
        { action: 'user.update', change: { patch: [{ path: '/title', value: '[erased]' }, {}] } },
        { action: 'user.delete', change: { patch: [{ op: 'remove', path: '' }] } },
        { action: 'user.erase', actor: { id: other.id, name: 'other@example.com' } },
        { action: 'team.create', actor: gone },
        { action: 'team.create', actor: gone },
      ]);
      expect((await storedIn(world)).filter(({ parent, id: each }) => [parent, each].includes(id))).toEqual([]);
      await erasePerson({ ...other.ctx, workspace: '' }, id);
      await expect(erasePerson({ ...other.ctx, workspace: '' }, 'user_unknown')).rejects.toThrow('there is no user');
      await expect(erasePerson({ ...other.ctx, workspace: '' }, 'system')).rejects.toThrow('there is no user');
    });

    it('is not opened in another place than its own', async () => {
      const { id, ctx } = await person('moved@example.com', 'Moved');
      await createEntity(ctx, { kind: 'team', input: { name: 'by-moved' } });
      const rows = await entriesOf(world);
      const { actor } = rows.findLast((each) => each.actor['id'] === id) ?? {};
      await world.house.database.read(async (sql) => {
        const keys = new SubjectKeys(sql, world.house.cipher);
        await expect(keys.open(actor?.['ip'], 'elsewhere /actor/ip')).rejects.toThrow();
        expect(await keys.open('plain', 'anywhere')).toBe('plain');
      });
    });

    it('tells of each read, one entry a request, and comes to an end whatever the page', async () => {
      const { id, ctx } = await person('reader@example.com', 'Reader');
      const count = (await entriesOf(world)).filter(({ workspace }) => workspace === ctx.workspace).length;
      const page = await listAudit(ctx, { limit: 3 });
      expect(page.items).toHaveLength(3);
      const reads = async () =>
        (await entriesOf(world)).filter(({ action, actor }) => action === 'audit.read' && actor['id'] === id);
      expect(await reads()).toMatchObject([
        { entity: { kind: 'audit', id: ctx.workspace }, details: { after: 0, entries: 3 } },
      ]);
      const changes = (all: readonly Entry[]) => all.filter(({ action }) => action !== 'audit.read').length;
      expect(changes(await readBy(ctx, 1))).toBe(changes(await readBy(ctx)));
      expect((await reads()).length).toBeGreaterThan(changes(await readBy(ctx)));
      expect((await reads()).length).toBeLessThan(count + 10);
      const refused = { ...ctx, principal: { ...ctx.principal, refusal: () => 'no' } };
      const before = (await entriesOf(world)).length;
      await expect(listAudit(refused, { limit: 3 })).rejects.toThrow('no');
      expect((await entriesOf(world)).length).toBe(before);
    });

    it('has the workspaces of the house apart', async () => {
      const { result } = await createEntity(above(), { kind: 'workspace', input: { name: 'apart' } });
      const ctx = { ...author(), workspace: result.id };
      await createEntity(ctx, { kind: 'team', input: { name: 'first' } });
      const rows = await world.house.database.read(async (sql) =>
        sql.all('SELECT seq FROM audit_entries WHERE workspace = ?', [result.id]),
      );
      expect(rows).toEqual([{ seq: 1 }]);
      expect(
        await world.house.database.read(async (sql) =>
          listEntities(sql, { workspace: result.id, kind: 'team', limit: 2 }),
        ),
      ).toHaveLength(1);
    });
  });
}

let server: TestPostgres | undefined;
beforeAll(async () => {
  server = await startTestPostgres();
}, 60_000);
afterAll(async () => server?.stop());

trailContract('SQLite', async () => openWorld([{ kind: 'group', needs: 1 }]));
trailContract('PostgreSQL', async () => openWorld([{ kind: 'group', needs: 1 }], await server?.newDatabase()));
