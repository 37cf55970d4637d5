import type { Row, SqlValue, Statements } from '../database.ts';

/** One governed thing. `data` is a JSON document, whose shape is its kind's affair. */
export interface Entity {
  /** '' for what stands above workspaces. */
  readonly workspace: string;
  readonly kind: string;
  readonly id: string;
  readonly parent: string;
  readonly name: string;
  readonly state: string;
  readonly lookup: string | undefined;
  readonly revision: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdMs: number;
  readonly updatedMs: number;
}

export interface EntityKey {
  readonly workspace: string;
  readonly kind: string;
  readonly id: string;
}

export interface EntityQuery {
  readonly workspace: string;
  readonly kind: string;
  readonly parent?: string | undefined;
  readonly name?: string | undefined;
  readonly state?: string | undefined;
  /** Those with a greater id; ids grow with time. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export async function insertEntity(statements: Statements, entity: Entity): Promise<void> {
  await statements.run(
    `INSERT INTO entities (workspace, kind, id, parent, name, state, lookup, revision, data, created_ms, updated_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      entity.workspace,
      entity.kind,
      entity.id,
      entity.parent,
      entity.name,
      entity.state,
      entity.lookup ?? null,
      entity.revision,
      JSON.stringify(entity.data),
      entity.createdMs,
      entity.updatedMs,
    ],
  );
}

/** False when it is not the one that was read: somebody else has changed or deleted it. */
export async function updateEntity(statements: Statements, entity: Entity): Promise<boolean> {
  const changed = await statements.run(
    `UPDATE entities SET parent = ?, name = ?, state = ?, lookup = ?, revision = ?, data = ?, updated_ms = ?
     WHERE workspace = ? AND kind = ? AND id = ? AND revision = ?`,
    [
      entity.parent,
      entity.name,
      entity.state,
      entity.lookup ?? null,
      entity.revision,
      JSON.stringify(entity.data),
      entity.updatedMs,
      entity.workspace,
      entity.kind,
      entity.id,
      entity.revision - 1,
    ],
  );
  return changed === 1;
}

/** Changes what it says without counting as a change: when something was last used, how often it failed. */
export async function touchEntity(statements: Statements, { workspace, kind, id, data }: Entity): Promise<void> {
  const where = 'workspace = ? AND kind = ? AND id = ?';
  await statements.run(`UPDATE entities SET data = ? WHERE ${where}`, [JSON.stringify(data), workspace, kind, id]);
}

export async function deleteEntity(statements: Statements, { workspace, kind, id }: EntityKey): Promise<boolean> {
  const where = 'workspace = ? AND kind = ? AND id = ?';
  return (await statements.run(`DELETE FROM entities WHERE ${where}`, [workspace, kind, id])) === 1;
}

export async function findEntity(
  statements: Statements,
  { workspace, kind, id }: EntityKey,
): Promise<Entity | undefined> {
  return one(statements, 'workspace = ? AND kind = ? AND id = ?', [workspace, kind, id]);
}

/** By what is unique over all workspaces. */
export async function lookUpEntity(statements: Statements, kind: string, lookup: string): Promise<Entity | undefined> {
  return one(statements, 'kind = ? AND lookup = ?', [kind, lookup]);
}

/** In the order of their ids. */
export async function listEntities(statements: Statements, query: EntityQuery): Promise<readonly Entity[]> {
  const { workspace, kind, parent, name, state, after, limit } = query;
  const filters = Object.entries({ parent, name, state }).flatMap(([column, value]) =>
    value === undefined ? [] : [[column, value] as const],
  );
  const where = ['workspace = ?', 'kind = ?', ...filters.map(([column]) => `${column} = ?`)];
  const values: SqlValue[] = [workspace, kind, ...filters.map(([, value]) => value)];
  if (after !== undefined) {
    where.push('id > ?');
    values.push(after);
  }
  if (values.some(isNowhere)) return [];
  const rows = await statements.all(`SELECT * FROM entities WHERE ${where.join(' AND ')} ORDER BY id LIMIT ?`, [
    ...values,
    limit,
  ]);
  return rows.map(entityOf);
}

/** All of a kind, over all workspaces, in pieces, so that a million do not stand in memory at once. */
export async function* eachEntity(statements: Statements, kind: string, limit = 1000): AsyncGenerator<Entity> {
  // One workspace after the other: that is the order of the primary key, where each piece is found at once.
  for (
    let workspace: string | undefined = '';
    workspace !== undefined;
    workspace = await workspaceAfter(statements, workspace)
  ) {
    yield* entitiesIn(statements, { workspace, kind, limit });
  }
}

/** All of a kind in one workspace, a piece at a time. */
export async function* entitiesIn(
  statements: Statements,
  { workspace, kind, limit = 1000 }: { readonly workspace: string; readonly kind: string; readonly limit?: number },
): AsyncGenerator<Entity> {
  let after: string | undefined;
  do {
    const entities: readonly Entity[] = await listEntities(statements, { workspace, kind, after, limit });
    yield* entities;
    after = entities.length < limit ? undefined : entities.at(-1)?.id;
  } while (after !== undefined);
}

async function workspaceAfter(statements: Statements, workspace: string): Promise<string | undefined> {
  const [row] = await statements.all('SELECT MIN(workspace) AS next FROM entities WHERE workspace > ?', [workspace]);
  const next = row?.['next'] ?? undefined;
  return next === undefined ? undefined : String(next);
}

async function one(statements: Statements, where: string, values: readonly SqlValue[]): Promise<Entity | undefined> {
  if (values.some(isNowhere)) return undefined;
  const [row] = await statements.all(`SELECT * FROM entities WHERE ${where}`, values);
  return row && entityOf(row);
}

/** PostgreSQL has no texts with U+0000, and takes the whole transaction down for whoever asks for one. */
function isNowhere(value: SqlValue): boolean {
  return typeof value === 'string' && value.includes('\0');
}

function entityOf(row: Row): Entity {
  const text = (column: string): string => String(row[column] ?? '');
  return {
    workspace: text('workspace'),
    kind: text('kind'),
    id: text('id'),
    parent: text('parent'),
    name: text('name'),
    state: text('state'),
    lookup: row['lookup'] === null ? undefined : text('lookup'),
    revision: Number(row['revision']),
    data: dataOf(text('data')),
    createdMs: Number(row['created_ms']),
    updatedMs: Number(row['updated_ms']),
  };
}

function dataOf(text: string): Entity['data'] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `insertEntity` and `updateEntity` wrote an object
  return JSON.parse(text) as Entity['data'];
}
