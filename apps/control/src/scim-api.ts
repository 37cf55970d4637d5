import { ERRORS, GatehouseError, type Logger } from '@gatehouse/kernel';
import {
  createScimGroup,
  createScimUser,
  getScimGroup,
  getScimUser,
  listScimGroups,
  listScimUsers,
  patchScimGroup,
  patchScimUser,
  removeScimGroup,
  removeScimUser,
  replaceScimGroup,
  replaceScimUser,
  ScimError,
  type ServiceContext,
} from '@gatehouse/services';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RESOURCE_TYPES, SCHEMAS, SERVICE_PROVIDER, scimList } from './scim-documents.ts';

export interface ScimOptions {
  readonly contextOf: (request: FastifyRequest) => Promise<ServiceContext>;
  readonly log: Logger;
  readonly bodyOf: (request: FastifyRequest) => unknown;
}

const TYPE = 'application/scim+json; charset=utf-8';
const BASE = '/scim/v2';

const RESOURCES = [
  {
    path: '/Users',
    list: listScimUsers,
    get: getScimUser,
    create: createScimUser,
    replace: replaceScimUser,
    patch: patchScimUser,
    remove: removeScimUser,
  },
  {
    path: '/Groups',
    list: listScimGroups,
    get: getScimGroup,
    create: createScimGroup,
    replace: replaceScimGroup,
    patch: patchScimGroup,
    remove: removeScimGroup,
  },
] as const;

/** SCIM 2.0 (RFC 7644), by which a directory says who is there. Its tokens have the scope `scim:provision`. */
export function serveScim(app: FastifyInstance, { contextOf, bodyOf, log }: ScimOptions): void {
  void app.register(async (scope) => {
    scope.setErrorHandler(async (error, _request, reply) => problemOf(reply, error, log));
    for (const { path, list, get, create, replace, patch, remove } of RESOURCES) {
      const one = `${BASE}${path}/:id`;
      scope.get(`${BASE}${path}`, async (request, reply) => {
        const { query } = request;
        const text = (name: string): string | undefined => queryText(query, name);
        const wanted = { filter: text('filter'), startIndex: text('startIndex'), count: text('count') };
        return shown(reply, { ...(await list(await contextOf(request), wanted)) });
      });
      scope.post(`${BASE}${path}`, async (request, reply) =>
        shown(reply.status(201), await create(await contextOf(request), bodyOf(request))),
      );
      scope.get(one, async (request, reply) => shown(reply, await get(await contextOf(request), idOf(request))));
      for (const [method, verb] of [['PUT', replace] as const, ['PATCH', patch] as const]) {
        scope.route({
          method,
          url: one,
          handler: async (request, reply) => {
            const ctx = await contextOf(request);
            return shown(reply, await verb(ctx, { ...seen(request), body: bodyOf(request) }));
          },
        });
      }
      scope.delete(one, async (request, reply) => {
        await remove(await contextOf(request), seen(request));
        return reply.status(204).send();
      });
    }
    serveDocuments(scope);
    return Promise.resolve();
  });
}

/** What RFC 7644 §4 has for everybody to read. */
function serveDocuments(scope: FastifyInstance): void {
  scope.get(`${BASE}/ServiceProviderConfig`, async (_, reply) => shown(reply, SERVICE_PROVIDER));
  for (const [path, documents] of [['/Schemas', SCHEMAS] as const, ['/ResourceTypes', RESOURCE_TYPES] as const]) {
    scope.get(`${BASE}${path}`, async (_, reply) => shown(reply, scimList(documents)));
    scope.get(`${BASE}${path}/:id`, async (request, reply) => {
      const found = documents.find(({ id }) => id === idOf(request));
      if (found === undefined) throw new ScimError(404, 'there is no such document');
      return shown(reply, found);
    });
  }
}

function shown(reply: FastifyReply, body: Readonly<Record<string, unknown>>): FastifyReply {
  const { meta } = body;
  if (typeof meta === 'object' && meta !== null) {
    if ('version' in meta) void reply.header('etag', String(meta.version));
    if (reply.statusCode === 201 && 'location' in meta) void reply.header('location', String(meta.location));
  }
  return reply.type(TYPE).send(JSON.stringify(body));
}

function seen(request: FastifyRequest): { readonly id: string; readonly version: string | undefined } {
  return { id: idOf(request), version: request.headers['if-match'] };
}

function idOf({ params }: FastifyRequest): string {
  return typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : '';
}

function queryText(query: unknown, name: string): string | undefined {
  const value: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, name) : undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new ScimError(400, `${name} is there more than once`, 'invalidValue');
}

function problemOf(reply: FastifyReply, error: unknown, log: Logger): FastifyReply {
  const { status, detail, scimType } = factsOf(error);
  if (status >= 500) log.error('SCIM failed', { error: error instanceof Error ? (error.stack ?? '') : String(error) });
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  const problem = { schemas, status: String(status), ...(scimType !== undefined && { scimType }), detail };
  return reply.status(status).type(TYPE).send(JSON.stringify(problem));
}

interface Facts {
  readonly status: number;
  readonly detail: string;
  readonly scimType?: string | undefined;
}

function factsOf(error: unknown): Facts {
  if (error instanceof ScimError) return { status: error.status, detail: error.message, scimType: error.scimType };
  if (error instanceof GatehouseError) {
    const { status } = ERRORS[error.code];
    // Of RFC 7644 §3.12; there is no 422 among them.
    return status === 422
      ? { status: 400, detail: error.detail, scimType: 'invalidValue' }
      : { status, detail: error.detail };
  }
  const isCallers =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500;
  if (isCallers)
    return { status: Number(error.statusCode), detail: 'the request cannot be read', scimType: 'invalidSyntax' };
  return { status: 500, detail: 'this could not be done, the log says why' };
}
