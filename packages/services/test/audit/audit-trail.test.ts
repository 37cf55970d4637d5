import fc from 'fast-check';
import { eachEntity, listEntities, type Entity } from '@gatehouse/store';
import { startTestPostgres, type TestPostgres } from '@gatehouse/store/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/audit/canonical-json.ts';
import { replayed } from '../../src/audit/__fixtures__/replay.ts';
import type { AuditedChange } from '../../src/audit/audited-change.ts';
import { entityView } from '../../src/entities/entity-view.ts';
import { changeEntity, createEntity, getEntity, KINDS, kindOf, removeEntity } from '../../src/index.ts';
import { openWorld, type World } from '../invariants/world.ts';

interface Entry {
  readonly action: string;
  readonly entity: { readonly kind: string; readonly id: string };
  readonly change: AuditedChange;
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
    const text = fc.constantFrom('', 'a', 'Zoë \u2028', '"\\', '~/', 'x'.repeat(200));
    const change = fc.oneof(
      fc.record({
        kind: fc.constant('api'),
        patch: fc.record({ title: text, description: text }, { requiredKeys: [] }),
      }),
      fc.record({
        kind: fc.constant('version'),
        patch: fc.record({ spec: fc.record({ basePath: fc.constant('/x'), upstream: fc.constant('up'), routes }) }),
      }),
      fc.record({
        kind: fc.constant('provider'),
        patch: fc.record({
          spec: fc.record({ kind: fc.constant('openai'), apiKey: fc.constantFrom('***', 'sk-another'), note: text }),
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
      const states = statesOf(await entriesOf(world));
      const known = (await storedIn(world)).filter(({ id }) => states.has(id));
      expect(known.length).toBeGreaterThan(20);
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
