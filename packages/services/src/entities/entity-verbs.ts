import { Type, type TSchema } from 'typebox';
import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { requireUnmanaged } from '../config-as-code/managed.ts';
import { nameSchema, type Kind } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { entityView, type EntityView } from './entity-view.ts';
import { mergePatch } from './merge-patch.ts';
import { belongsToTeams } from './owners.ts';
import { reaches, reachesAll, requirePermissionOn, requireSomewhere } from './permission-on.ts';
import { readInput } from './read-input.ts';
import { sealed, unsealed } from './sealed.ts';
import { write, type Write, type Written } from './write.ts';

export interface EntityReference {
  readonly kind: string;
  readonly id: string;
}

/** What a caller wants to see at most, and what it gets without saying. */
export const PAGE_MAX = 200;
export const PAGE_DEFAULT = 50;

export interface EntityPage {
  readonly items: readonly EntityView[];
  /** Where the next page begins; absent behind the last. */
  readonly next?: string;
}

export interface ListInput {
  readonly kind: string;
  readonly filters: Readonly<Partial<Record<'parent' | 'name' | 'state', string>>>;
  readonly after?: string | undefined;
  readonly limit: number;
}

const HOUSE = '';

/** Where entities of a kind stand: in the workspace of the request, or above all of them. */
export function placeOf(ctx: ServiceContext, kind: Kind): string {
  return kind.level === 'house' ? HOUSE : ctx.workspace;
}

export function requirePermission(ctx: ServiceContext, kind: Kind, verb: string): void {
  const permission = `${kind.plural}:${verb}`;
  const refusal = ctx.principal.refusal(permission, ctx.workspace);
  if (refusal !== undefined) throw new ServiceError('admin.forbidden', refusal, { permission });
}

/** An entity of the request's workspace; those of others are not there. */
export async function requireEntity(
  sql: Statements,
  ctx: ServiceContext,
  { kind, id }: EntityReference,
): Promise<Entity> {
  const found = await findEntity(sql, { workspace: placeOf(ctx, kindOf(kind)), kind, id });
  if (found === undefined) throw new ServiceError('admin.not_found', `there is no ${kind} ${id} here`);
  return found;
}

export async function listKind(ctx: ServiceContext, input: ListInput): Promise<EntityPage> {
  const kind = kindOf(input.kind);
  requireSomewhere(ctx, kind, 'read');
  const { limit } = input;
  const entities = await ctx.database.read(async (sql) => readable(ctx, sql, { ...input, limit: limit + 1 }));
  const shown = entities.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((entity) => entityView(kind, entity)),
    ...(entities.length > limit && last !== undefined && { next: last.id }),
  };
}

/** So many are looked at for a page of those that whoever asks may read. */
const LOOKED_AT_MAX = 20_000;

async function readable(ctx: ServiceContext, sql: Statements, input: ListInput): Promise<readonly Entity[]> {
  const kind = kindOf(input.kind);
  const query = { workspace: placeOf(ctx, kind), kind: kind.kind, ...input.filters };
  if (reachesAll(ctx, kind, 'read')) return listEntities(sql, { ...query, after: input.after, limit: input.limit });
  const found: Entity[] = [];
  let { after } = input;
  for (let seen = 0; seen < LOOKED_AT_MAX; seen += PAGE_MAX) {
    const piece = await listEntities(sql, { ...query, after, limit: PAGE_MAX });
    for (const entity of piece) {
      if (await reaches(ctx, sql, { entity, verb: 'read' })) found.push(entity);
      if (found.length === input.limit) return found;
    }
    after = piece.at(-1)?.id;
    if (piece.length < PAGE_MAX) return found;
  }
  return found;
}

export async function getEntity(ctx: ServiceContext, reference: EntityReference): Promise<EntityView> {
  const kind = kindOf(reference.kind);
  requireSomewhere(ctx, kind, 'read');
  return ctx.database.read(async (sql) => {
    const entity = await requireEntity(sql, ctx, reference);
    await requirePermissionOn(ctx, sql, { entity, verb: 'read' });
    return entityView(kind, entity);
  });
}

/** Names that others have given. */
const NAMES: Readonly<Record<string, TSchema>> = {
  user: Type.String({ format: 'email', maxLength: 254 }),
  group: Type.String({ minLength: 1, maxLength: 200 }),
  setting: Type.Enum(['ai'], { description: 'What it is about.' }),
  model: Type.String({ pattern: String.raw`^[^\p{Cc}]{1,256}$`, description: 'As callers ask for it.' }),
};

/** The body of a create: the name, the parent where there is one, and the fields of the kind. */
export function createSchema(kind: Kind) {
  const { parent } = kind;
  return Type.Object(
    {
      name: NAMES[kind.kind] ?? nameSchema,
      ...(parent !== undefined && { [parent.field]: Type.String({ maxLength: 64 }) }),
      ...kind.fields.properties,
    },
    { additionalProperties: false },
  );
}

const createSchemas = new Map<string, ReturnType<typeof createSchema>>();

export async function createEntity(
  ctx: ServiceContext,
  { kind: called, input }: { readonly kind: string; readonly input: unknown },
): Promise<Written<EntityView>> {
  const kind = kindOf(called);
  requireSomewhere(ctx, kind, 'create');
  return write(ctx, async (own) => entityView(kind, await own.insert(await newEntity(ctx, own, { kind, input }))));
}

/** An entity as `input` wants it, not yet kept, if whoever asks may make it where it belongs. */
export async function newEntity(
  ctx: ServiceContext,
  own: Write,
  { kind, input, facts = {} }: { readonly kind: Kind; readonly input: unknown; readonly facts?: Entity['data'] },
): Promise<Entity> {
  const schema = createSchemas.get(kind.kind) ?? createSchema(kind);
  createSchemas.set(kind.kind, schema);
  const read: Readonly<Record<string, unknown>> = readInput(schema, input);
  const { name, [kind.parent?.field ?? '']: parent = '', ...data } = read;
  if (kind.parent !== undefined) {
    await requireEntity(own.sql, ctx, { kind: kind.parent.kind, id: String(parent) });
  }
  kind.check?.(data);
  const id = own.newId(kind.kind);
  const author =
    kind.facts?.includes('author') === true ? { author: ctx.principal.id, editors: [ctx.principal.id] } : {};
  const written = { ...data, ...author, ...facts };
  const entity: Entity = {
    workspace: placeOf(ctx, kind),
    kind: kind.kind,
    id,
    parent: String(parent),
    name: String(name),
    state: kind.initial,
    lookup: undefined,
    revision: 1,
    data:
      kind.secret === undefined
        ? unsealed(written)
        : sealed(written, { cipher: ctx.cipher, place: id, before: undefined }),
    createdMs: own.nowMs,
    updatedMs: own.nowMs,
  };
  if (belongsToTeams(kind.kind)) await requirePermissionOn(ctx, own.sql, { entity, verb: 'create' });
  return entity;
}

export interface ChangeInput extends EntityReference {
  /** A JSON Merge Patch (RFC 7396) of name and fields. */
  readonly patch: unknown;
  /** The revision that the caller has seen. */
  readonly revision: number;
}

/** What a change may do besides: kinds with rules of their own have a row here. */
export type ChangeRule = (ctx: ServiceContext, before: Entity) => Entity;

export async function changeEntity(
  ctx: ServiceContext,
  input: ChangeInput,
  rule: ChangeRule = (_, before) => before,
): Promise<Written<EntityView>> {
  const kind = kindOf(input.kind);
  requireSomewhere(ctx, kind, 'update');
  return write(ctx, async (own) => {
    const before = await requireEntity(own.sql, ctx, input);
    await requirePermissionOn(ctx, own.sql, { entity: before, verb: 'update' });
    requireSeen(before, input.revision);
    requireUnmanaged(before, 'update');
    const after = patched(ctx, rule(ctx, before), { kind, patch: input.patch });
    // Nobody hands over to a team, or takes from all, what they could not change there.
    await requirePermissionOn(ctx, own.sql, { entity: after, verb: 'update' });
    return entityView(kind, await own.update(before, after));
  });
}

function patched(ctx: ServiceContext, entity: Entity, { kind, patch }: { kind: Kind; patch: unknown }): Entity {
  const { cipher } = ctx;
  const written = Object.keys(kind.fields.properties);
  const shown = entityView(kind, entity);
  const current = Object.fromEntries(
    ['name', ...written].flatMap((name) => (name in shown ? [[name, shown[name]]] : [])),
  );
  const schema = Type.Object(
    { name: NAMES[kind.kind] ?? nameSchema, ...kind.fields.properties },
    { additionalProperties: false },
  );
  const { name, ...fields }: Readonly<Record<string, unknown>> = readInput(schema, mergePatch(current, patch));
  kind.check?.(fields);
  const facts = Object.fromEntries(Object.entries(entity.data).filter(([member]) => !written.includes(member)));
  const data = { ...facts, ...fields, ...(kind.facts?.includes('editors') === true && edited(facts, ctx)) };
  return {
    ...entity,
    name: String(name),
    data: kind.secret === undefined ? unsealed(data) : sealed(data, { cipher, place: entity.id, before: entity.data }),
  };
}

/** Whoever has changed it has a hand in it, and approves nothing of it. */
function edited({ editors }: Entity['data'], { principal }: ServiceContext): { readonly editors: readonly unknown[] } {
  const known: readonly unknown[] = Array.isArray(editors) ? editors : [];
  return { editors: known.includes(principal.id) ? known : [...known, principal.id] };
}

export async function removeEntity(
  ctx: ServiceContext,
  input: EntityReference & { readonly revision: number },
): Promise<Written<undefined>> {
  const kind = kindOf(input.kind);
  requireSomewhere(ctx, kind, 'delete');
  return write(ctx, async (own) => {
    const entity = await requireEntity(own.sql, ctx, input);
    await requirePermissionOn(ctx, own.sql, { entity, verb: 'delete' });
    requireSeen(entity, input.revision);
    requireUnmanaged(entity, 'delete');
    await requireNobodyNeeds(own.sql, entity);
    await requireNobodyNames(own.sql, entity);
    await own.remove(entity);
    return undefined;
  });
}

export function requireSeen({ revision }: Entity, seen: number): void {
  if (revision === seen) return;
  throw new ServiceError('admin.stale', `it has changed since you have read it (now ${revision}), read it again`, {
    revision,
  });
}

/** Nothing loses what it belongs to. */
async function requireNobodyNeeds(sql: Statements, entity: Entity): Promise<void> {
  for (const child of CHILDREN.get(entity.kind) ?? []) {
    const query = { workspace: entity.workspace, kind: child, parent: entity.id, limit: 1 };
    const [found] = await listEntities(sql, query);
    if (found !== undefined) {
      throw new ServiceError('admin.conflict', `the ${child} ${found.name} belongs to it, move or delete that first`);
    }
  }
}

/** Nothing is left that names what is gone. */
async function requireNobodyNames(sql: Statements, { workspace, kind, id, name }: Entity): Promise<void> {
  for (const { of, field, by } of NAMED.get(kind) ?? []) {
    const all = await listEntities(sql, { workspace, kind: of, limit: NAMED_MAX });
    const found = all.find(({ data }) => data[field] === (by === 'id' ? id : name));
    if (found !== undefined)
      throw new ServiceError('admin.conflict', `the ${of} ${found.name} needs it, change or delete that first`);
  }
}

const NAMED_MAX = 1_000_000;
const NAMED: ReadonlyMap<
  string,
  readonly { readonly of: string; readonly field: string; readonly by: 'id' | 'name' }[]
> = new Map([
  [
    'team',
    [
      { of: 'api', field: 'team', by: 'id' },
      { of: 'application', field: 'team', by: 'id' },
      { of: 'contact', field: 'team', by: 'id' },
    ],
  ],
  ['plan', [{ of: 'subscription', field: 'plan', by: 'name' }]],
  ['api', [{ of: 'subscription', field: 'api', by: 'name' }]],
]);

const CHILDREN: ReadonlyMap<string, readonly string[]> = new Map([
  ['api', ['version']],
  ['version', ['revision', 'waiver']],
  ['application', ['credential', 'subscription']],
  ['user', ['token']],
]);
