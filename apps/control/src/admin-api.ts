import { Readable } from 'node:stream';
import { ERRORS, GatehouseError, isRequestId, newRequestId, type ErrorCode } from '@gatehouse/kernel';
import {
  ANYBODY,
  principalOf,
  principalOfSession,
  ServiceError,
  type House,
  type Origin,
  type Principal,
  type ServiceContext,
} from '@gatehouse/services';
import { listEntities } from '@gatehouse/store';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  departureCookie,
  departureTicket,
  ownUrl,
  requireCsrf,
  requireOwnSite,
  sessionCookie,
  sessionToken,
} from './browser-session.ts';
import { openApiDocument } from './openapi-document.ts';
import { replyOnce, type KeptReply } from './reply-once.ts';
import { serveScim } from './scim-api.ts';
import type { AdminReply, AdminRequest, Route } from './routes/route.ts';
import { ROUTES } from './routes/routes.ts';

export interface AdminApiOptions {
  readonly house: House;
  /** Of the environment: whoever has it is administrator. */
  readonly adminToken: string | undefined;
  /** Of whoever may read the data folder of the gate. */
  readonly localToken?: string | undefined;
  readonly version: string;
  /** Whose `X-Forwarded-For` is believed: addresses and ranges. Left out: nobody’s. */
  readonly proxies?: readonly string[] | undefined;
}

const BASE = '/api/v1';
const BODY_BYTES_MAX = 12_000_000;
const NDJSON = 'application/x-ndjson; charset=utf-8';
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The admin API, not yet listening. */
export function adminApi(options: AdminApiOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: 60_000,
    genReqId: () => newRequestId(options.house.clock.now()),
    requestIdHeader: false,
    trustProxy: options.proxies === undefined ? false : [...options.proxies],
    frameworkErrors: (error, request, reply) => void problemOf(request, reply, unreadable(error)),
  });
  const document = JSON.stringify(openApiDocument(ROUTES, options.version));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json', 'application/scim+json'],
    { parseAs: 'string' },
    (_request, text, done) => done(null, text),
  );
  app.addHook('onSend', async (request, reply) => {
    reply
      .header('x-request-id', request.id)
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff');
    return Promise.resolve();
  });
  app.setErrorHandler(async (error, request, reply) => problemOf(request, reply, errorOf(error, options.house)));
  app.setNotFoundHandler(async (request, reply) =>
    problemOf(
      request,
      reply,
      new ServiceError('admin.not_found', `there is nothing at ${request.method} ${request.url.slice(0, 200)}`),
    ),
  );
  app.get(`${BASE}/openapi.json`, async (_request, reply) => reply.type('application/json').send(document));
  for (const route of ROUTES.filter(({ form }) => form !== true)) serve(app, route, options);
  void app.register(async (forms) => {
    forms.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) =>
      done(null, text),
    );
    for (const route of ROUTES.filter(({ form }) => form === true)) serve(forms, route, options);
    return Promise.resolve();
  });
  serveScim(app, {
    contextOf: async (request) => {
      const principal = await ofToken(request, options);
      return { ...options.house, principal, workspace: '', requestId: request.id, origin: originOf(request) };
    },
    bodyOf,
    log: options.house.log,
  });
  return app;
}

function serve(app: FastifyInstance, route: Route, options: AdminApiOptions): void {
  app.route({
    method: route.method,
    url: `${BASE}${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    handler: async (request, reply) => {
      const ctx = await contextOf(request, route, options);
      const answer = await answerTo(ctx, route, { request, options });
      const { session, departure, location, lines, file } = answer;
      if (session !== undefined) reply.header('set-cookie', sessionCookie(session, isSecure(options)));
      if (departure !== undefined) reply.header('set-cookie', departureCookie(departure, isSecure(options)));
      if (location !== undefined) reply.header('location', location);
      if (lines !== undefined) return reply.type(NDJSON).send(Readable.from(ended(lines)));
      if (file !== undefined) return sendFile(reply, file);
      return send(reply, answer);
    },
  });
}

/** Cookies are for TLS alone where people come by TLS. */
function isSecure({ house }: AdminApiOptions): boolean {
  return house.publicUrl?.startsWith('https:') === true;
}

async function contextOf(request: FastifyRequest, route: Route, options: AdminApiOptions): Promise<ServiceContext> {
  const { house } = options;
  if (route.permission === 'none') requireOwnSite(request, house.publicUrl);
  const principal = await whoAsks(request, route, options);
  const { workspace: asked } = paramsOf(request);
  const workspace = asked === undefined ? '' : await workspaceId(house, asked);
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && isRequestId(given) ? given : request.id;
  return { ...house, principal, workspace, requestId, origin: originOf(request) };
}

/** The address is that of the socket, or what a proxy says that is trusted. */
function originOf({ ip: address, headers }: FastifyRequest): Origin {
  return { address, userAgent: headers['user-agent'] ?? '' };
}

async function whoAsks(request: FastifyRequest, route: Route, options: AdminApiOptions): Promise<Principal> {
  if (route.signed === true) return SIGNER;
  return route.permission === 'none' ? ANYBODY : authenticated(request, options);
}

/** May do nothing but what a verb lets its signature do. */
const SIGNER: Principal = {
  kind: 'system',
  id: 'webhook',
  name: 'a webhook',
  refusal: () => 'a signature is no token',
};

async function authenticated(request: FastifyRequest, options: AdminApiOptions): Promise<Principal> {
  if (request.headers.authorization === undefined) return ofBrowser(request, options);
  return ofToken(request, options);
}

async function ofToken(
  request: FastifyRequest,
  { house, adminToken, localToken }: AdminApiOptions,
): Promise<Principal> {
  const [, token] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '') ?? [];
  const principal = token === undefined ? undefined : await principalOf(token, { house, adminToken, localToken });
  if (principal !== undefined) return principal;
  const why = token === undefined ? 'send a token as Authorization: Bearer' : 'the token is not known, or has ended';
  throw new ServiceError('admin.unauthenticated', why);
}

async function ofBrowser(request: FastifyRequest, options: AdminApiOptions): Promise<Principal> {
  const token = sessionToken(request.headers, isSecure(options));
  const principal = token === undefined ? undefined : await principalOfSession(options.house, token);
  if (token === undefined || principal === undefined) {
    const why = token === undefined ? 'send a token as Authorization: Bearer, or sign in' : 'the session has ended';
    throw new ServiceError('admin.unauthenticated', why);
  }
  requireOwnSite(request, options.house.publicUrl);
  requireCsrf(request, token);
  return principal;
}

/** By its name or its id. */
async function workspaceId(house: House, asked: string): Promise<string> {
  const base = { workspace: '', kind: 'workspace', limit: 1 };
  const found = await house.database.read(async (sql) => {
    const [named] = await listEntities(sql, { ...base, parent: '', name: asked });
    return named;
  });
  if (found !== undefined) return found.id;
  const byId = await house.database.read(async (sql) => listEntities(sql, { ...base, limit: 10_000 }));
  const known = byId.find(({ id }) => id === asked);
  if (known === undefined) throw new ServiceError('admin.not_found', 'there is no such workspace');
  return known.id;
}

type Opened = Partial<Record<'session' | 'departure' | 'location', string | undefined>> &
  Pick<AdminReply, 'lines' | 'file'>;

interface Arrived {
  readonly request: FastifyRequest;
  readonly options: AdminApiOptions;
}

async function answerTo(ctx: ServiceContext, route: Route, arrived: Arrived): Promise<KeptReply & Opened> {
  const { request } = arrived;
  const key = request.headers['idempotency-key'];
  if (route.method !== 'POST' || typeof key !== 'string' || route.once === true) {
    const reply = await route.handle(ctx, inputOf(arrived, route));
    const { session, departure, location, lines, file } = reply;
    return {
      ...plain(reply),
      session,
      departure,
      location,
      ...(lines !== undefined && { lines }),
      ...(file !== undefined && { file }),
    };
  }
  const text = typeof request.body === 'string' ? request.body : '';
  const asked = { key, request: `${route.operationId}\n${request.url}\n${text}` };
  return replyOnce(ctx, asked, async () => plain(await route.handle(ctx, inputOf(arrived, route))));
}

function plain({ status, body, revision, enforcement }: AdminReply): KeptReply {
  const shown = enforcement === undefined ? body : { ...body, enforcement };
  return {
    status: status === 204 && enforcement !== undefined ? 200 : status,
    body: shown === undefined ? '' : JSON.stringify(shown),
    revision,
  };
}

function sendFile(reply: FastifyReply, { name, mediaType, content }: NonNullable<AdminReply['file']>): FastifyReply {
  return reply
    .type(mediaType)
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(Readable.from(content, { objectMode: false }));
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

function send(reply: FastifyReply, { status, body, revision }: KeptReply): FastifyReply {
  reply.status(status);
  if (revision !== undefined) reply.header('etag', `"${revision}"`);
  return body === '' ? reply.send() : reply.type('application/json; charset=utf-8').send(body);
}

function inputOf({ request, options }: Arrived, { form }: Route): AdminRequest {
  const { headers } = request;
  return {
    params: paramsOf(request),
    query: queryOf(request),
    body: form === true ? formOf(request) : bodyOf(request),
    text: typeof request.body === 'string' ? request.body : '',
    headers: headersOf(request),
    revision: revisionOf(request),
    caller: {
      ...originOf(request),
      session: sessionToken(headers, isSecure(options)),
      departure: departureTicket(headers, isSecure(options)),
      ownUrl: ownUrl(headers, options.house.publicUrl),
    },
  };
}

function headersOf({ headers }: FastifyRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

function formOf({ body, headers }: FastifyRequest): unknown {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm && typeof body === 'string' ? Object.fromEntries(new URLSearchParams(body)) : undefined;
}

function bodyOf({ body }: FastifyRequest): unknown {
  if (typeof body !== 'string' || body === '') return undefined;
  try {
    return JSON.parse(body, (name, value: unknown) => {
      if (name === '__proto__') throw new SyntaxError('a member is called __proto__');
      return value;
    });
  } catch {
    throw new ServiceError('admin.invalid', 'the body is no JSON');
  }
}

function revisionOf({ headers }: FastifyRequest): number | undefined {
  const given = headers['if-match'];
  if (given === undefined) return undefined;
  const [, digits] = /^"(\d{1,15})"$/.exec(given) ?? [];
  if (digits === undefined) throw new ServiceError('admin.invalid', 'If-Match is the ETag of a read, such as "3"');
  return Number(digits);
}

function paramsOf({ params }: FastifyRequest): Readonly<Record<string, string>> {
  return textsIn(params);
}

function queryOf({ query }: FastifyRequest): Readonly<Record<string, string>> {
  return textsIn(query);
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => {
      if (typeof item !== 'string') throw new ServiceError('admin.invalid', `${name} is there more than once`);
      return [name, item];
    }),
  );
}

/** What of a request Fastify could not read. */
function unreadable(error: { readonly statusCode?: number | undefined; readonly message: string }): GatehouseError {
  if (error.statusCode === 413) return new GatehouseError('request.body_too_large', 'the body is larger than 12 MB');
  if (error.statusCode === 415) return new ServiceError('admin.unsupported', 'send application/json');
  return new ServiceError('admin.invalid', 'the request cannot be read');
}

function errorOf(error: unknown, { log }: House): GatehouseError {
  if (error instanceof GatehouseError) return error;
  if (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode < 500
  ) {
    return unreadable({ statusCode: error.statusCode, message: error.message });
  }
  log.error('the admin API failed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return new GatehouseError('gateway.internal', 'this could not be done, the log says why');
}

function problemOf(request: FastifyRequest, reply: FastifyReply, error: GatehouseError): FastifyReply {
  const { status, title } = ERRORS[error.code];
  const facts: ServiceError['facts'] = error instanceof ServiceError ? error.facts : {};
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="gatehouse"');
  if (typeof facts['retryAfterS'] === 'number') reply.header('retry-after', String(facts['retryAfterS']));
  const problem = {
    type: typeOf(error.code),
    title,
    status,
    detail: error.detail,
    code: error.code,
    ...facts,
    requestId: request.id,
  };
  return reply.status(status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

function typeOf(code: ErrorCode): string {
  return `urn:gatehouse:error:${code}`;
}
