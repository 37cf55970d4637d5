import {
  changeEntity,
  createDeployment,
  createEntity,
  createSchema,
  DEPLOY,
  getEntity,
  inviteUser,
  issueCredential,
  issueToken,
  KINDS,
  listKind,
  PAGE_DEFAULT,
  PAGE_MAX,
  petition,
  removeEntity,
  requestSubscription,
  requestWaiver,
  SEAL,
  sealRevision,
  ServiceError,
  type EntityView,
  type Kind,
  type ServiceContext,
  type Written,
} from '@gatehouse/services';
import { Type, type TSchema } from 'typebox';
import type { AdminReply, AdminRequest, Route } from './route.ts';

/** Creates with rules of their own. */
const CREATES: Readonly<Record<string, (ctx: ServiceContext, input: unknown) => Promise<Written<EntityView>>>> = {
  revision: sealRevision,
  credential: issueCredential,
  subscription: requestSubscription,
  token: issueToken,
  deployment: createDeployment,
  waiver: requestWaiver,
  user: inviteUser,
  petition,
};
/** They are called by their ids; nobody has to think of a name. */
function withoutName(kind: Kind): TSchema {
  const { name: _name, ...members } = createSchema(kind).properties;
  return Type.Object(members, { additionalProperties: false });
}

/** What they take, where it is not the name and the fields. */
const BODIES: Readonly<Record<string, (kind: Kind) => TSchema>> = {
  revision: () => SEAL,
  subscription: withoutName,
  waiver: withoutName,
  petition: withoutName,
  deployment: () => DEPLOY,
};
/** Kinds that only verbs of their own change. */
const FIXED: ReadonlySet<string> = new Set([
  'revision',
  'credential',
  'subscription',
  'token',
  'deployment',
  'waiver',
  'petition',
]);
/** What comes of other things only: there is no making one. */
const READ_ONLY: ReadonlySet<string> = new Set(['approval', 'failure', 'source', 'emergency']);
const ID = /^[a-z]+_[0-9a-v]{9}[0-9a-f]{18}$/;

export function kindPath({ level, plural }: Kind): string {
  return level === 'house' ? `/${plural}` : `/workspaces/{workspace}/${plural}`;
}

/** List, create, read, change and delete, for each kind. */
export const ENTITY_ROUTES: readonly Route[] = KINDS.filter(({ kind }) => kind !== 'notification').flatMap(routesOf);

function routesOf(kind: Kind): readonly Route[] {
  const path = kindPath(kind);
  const one = `${path}/{id}`;
  const name = kind.kind.replace(/^./, (letter) => letter.toUpperCase());
  const base = { tag: kind.plural };
  const list: Route = {
    ...base,
    method: 'GET',
    path,
    operationId: `list${name}s`,
    summary: `${kind.summary} In the order in which they were made.`,
    permission: `${kind.plural}:read`,
    query: listQuery(kind),
    replies: { 200: 'A page; `next` is the cursor of the one behind it.' },
    handle: async (ctx, { query }) => ({ status: 200, body: { ...(await listKind(ctx, listInput(kind, query))) } }),
  };
  const create: Route = {
    ...base,
    method: 'POST',
    path,
    operationId: `create${name}`,
    summary: `Makes a ${kind.kind}.`,
    permission: `${kind.plural}:create`,
    body: BODIES[kind.kind]?.(kind) ?? createSchema(kind),
    replies: { 201: 'It is there.' },
    handle: async (ctx, { body }) => {
      const special = CREATES[kind.kind];
      return written(
        201,
        await (special === undefined ? createEntity(ctx, { kind: kind.kind, input: body }) : special(ctx, body)),
      );
    },
  };
  const read: Route = {
    ...base,
    method: 'GET',
    path: one,
    operationId: `get${name}`,
    summary: `One ${kind.kind}.`,
    permission: `${kind.plural}:read`,
    replies: { 200: 'It; its ETag is what `If-Match` takes.' },
    handle: async (ctx, { params }) => {
      const view = await getEntity(ctx, { kind: kind.kind, id: idOf(params) });
      return { status: 200, body: view, revision: view.revision };
    },
  };
  if (READ_ONLY.has(kind.kind)) return [list, read];
  return FIXED.has(kind.kind) ? [list, create, read] : [list, create, read, change(kind, one), remove(kind, one)];
}

function change(kind: Kind, path: string): Route {
  const name = kind.kind.replace(/^./, (letter) => letter.toUpperCase());
  return {
    tag: kind.plural,
    method: 'PATCH',
    path,
    operationId: `update${name}`,
    summary: `Changes a ${kind.kind}, by a JSON Merge Patch of its name and fields.`,
    permission: `${kind.plural}:update`,
    body: Type.Record(Type.String(), Type.Unknown()),
    conditional: true,
    replies: { 200: 'As it is now.' },
    handle: async (ctx, { params, body, revision }) => {
      const input = { kind: kind.kind, id: idOf(params), patch: body, revision: seen(revision) };
      return written(200, await changeEntity(ctx, input));
    },
  };
}

function remove(kind: Kind, path: string): Route {
  const name = kind.kind.replace(/^./, (letter) => letter.toUpperCase());
  return {
    tag: kind.plural,
    method: 'DELETE',
    path,
    operationId: `delete${name}`,
    summary: `Deletes a ${kind.kind} that nothing belongs to.`,
    permission: `${kind.plural}:delete`,
    conditional: true,
    replies: { 204: 'It is gone.' },
    handle: async (ctx, { params, revision }) => {
      const { enforcement } = await removeEntity(ctx, { kind: kind.kind, id: idOf(params), revision: seen(revision) });
      return { status: 204, enforcement };
    },
  };
}

export function written(status: number, { result, enforcement }: Written<EntityView>): AdminReply {
  return { status, body: result, revision: result.revision, enforcement };
}

/** What cannot be an id is nobody's. */
export function idOf({ id = '' }: AdminRequest['params']): string {
  if (!ID.test(id)) throw new ServiceError('admin.not_found', 'this is no id of ours');
  return id;
}

function seen(revision: number | undefined): number {
  if (revision !== undefined) return revision;
  throw new ServiceError('admin.unconditional', 'say by If-Match which revision you have seen: the ETag of a read');
}

function listQuery(kind: Kind): Readonly<Record<string, TSchema>> {
  return {
    limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT, description: 'Of a page.' }),
    cursor: Type.String({ description: '`next` of the page before.' }),
    name: Type.String({ description: 'Only the one of this name.' }),
    ...(kind.initial !== '' && { state: Type.String({ description: 'Only those in this state.' }) }),
    ...(kind.parent !== undefined && {
      [kind.parent.field]: Type.String({ description: `Only those of this ${kind.parent.kind}.` }),
    }),
  };
}

function listInput(kind: Kind, query: AdminRequest['query']): Parameters<typeof listKind>[1] {
  const known = Object.keys(listQuery(kind));
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ServiceError('admin.invalid', `there is no filter ${unknown}, those that there are: ${known.join(', ')}`);
  }
  const { cursor, name, state } = query;
  const parent = kind.parent === undefined ? undefined : query[kind.parent.field];
  const filters = Object.fromEntries(
    Object.entries({ name, state, parent }).filter(([, value]) => value !== undefined),
  );
  return { kind: kind.kind, filters, after: cursor, limit: limitOf(query) };
}

export function limitOf({ limit = String(PAGE_DEFAULT) }: AdminRequest['query']): number {
  const count = Number(limit);
  if (Number.isInteger(count) && count >= 1 && count <= PAGE_MAX) return count;
  throw new ServiceError('admin.invalid', `limit is a whole number from 1 to ${PAGE_MAX}`);
}
