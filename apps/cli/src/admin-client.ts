import { CommandFailure } from './failure.ts';

/** What the admin API answered. */
export interface AdminReply {
  readonly status: number;
  /** What `ifMatch` of a change takes. */
  readonly etag: string | undefined;
  readonly body: unknown;
}

/** What it refused. The message is one line for people. */
export class AdminError extends CommandFailure {
  readonly status: number;
  /** `admin.stale` */
  readonly code: string;
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Readonly<Record<string, unknown>>, message: string) {
    super(message);
    this.name = 'AdminError';
    this.status = status;
    this.code = typeof problem['code'] === 'string' ? problem['code'] : '';
    this.problem = problem;
  }
}

export interface AdminClientOptions {
  /** `http://127.0.0.1:8090` */
  readonly server: string;
  readonly token: string | undefined;
  readonly fetch?: typeof fetch;
}

export interface WriteOptions {
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
}

export interface ReadOptions {
  /** How long the answer may take; left out: two minutes. */
  readonly timeoutMs?: number;
}

/** The admin API of a gate that runs, for commands. Paths are below `/api/v1`. */
export interface AdminClient {
  readonly server: string;
  get(path: string, options?: ReadOptions): Promise<AdminReply>;
  /** A file, as it comes; it may take an hour. */
  pieces(path: string): AsyncIterable<Uint8Array>;
  post(path: string, body: unknown, options?: WriteOptions): Promise<AdminReply>;
  patch(path: string, body: unknown, options?: WriteOptions): Promise<AdminReply>;
  delete(path: string, options?: WriteOptions): Promise<AdminReply>;
}

/** A publish of a large house takes seconds. */
const TIMEOUT_MS = 120_000;
const FILE_TIMEOUT_MS = 3_600_000;

export function adminClient({ server, token, fetch: send = fetch }: AdminClientOptions): AdminClient {
  const base = `${server.replace(/\/+$/, '')}/api/v1`;
  const ask = async (method: string, path: string, sent: Sent): Promise<Response> => {
    const reply = await send(`${base}${path}`, requestOf(method, token, sent)).catch((error: unknown) => {
      throw new CommandFailure(unreachable(server, error));
    });
    if (reply.ok) return reply;
    throw refusal(reply.status, await bodyOf(reply, server), { server, hasToken: token !== undefined });
  };
  const call = async (method: string, path: string, sent: Sent): Promise<AdminReply> => {
    const reply = await ask(method, path, sent);
    const body = await bodyOf(reply, server);
    return { status: reply.status, etag: reply.headers.get('etag') ?? undefined, body };
  };
  return {
    server,
    pieces: async function* pieces(path) {
      const { body } = await ask('GET', path, { timeoutMs: FILE_TIMEOUT_MS });
      try {
        if (body !== null) for await (const piece of body) yield piece;
      } catch {
        throw new CommandFailure(`${server}: its answer broke off`);
      }
    },
    get: async (path, options = {}) => call('GET', path, options),
    post: async (path, body, options = {}) => call('POST', path, { ...options, body }),
    patch: async (path, body, options = {}) => call('PATCH', path, { ...options, body }),
    delete: async (path, options = {}) => call('DELETE', path, options),
  };
}

type Sent = WriteOptions & ReadOptions & { readonly body?: unknown };

function requestOf(method: string, token: string | undefined, sent: Sent): RequestInit {
  return {
    method,
    redirect: 'error',
    signal: AbortSignal.timeout(sent.timeoutMs ?? TIMEOUT_MS),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(sent.body !== undefined && {
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      }),
      ...(sent.idempotencyKey !== undefined && { 'idempotency-key': sent.idempotencyKey }),
      ...(sent.ifMatch !== undefined && { 'if-match': sent.ifMatch }),
    },
    ...(sent.body !== undefined && { body: JSON.stringify(sent.body) }),
  };
}

async function bodyOf(reply: Response, server: string): Promise<unknown> {
  const text = await reply.text().catch(() => {
    throw new CommandFailure(`${server}: its answer broke off; whether it was done, a read says`);
  });
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandFailure(`${server}: this is no admin API (its answer is not JSON), check --server`);
  }
}

function unreachable(server: string, error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `${server}: no answer in time; whether it was done, a read says`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  const code = cause !== undefined && 'code' in cause ? String(cause.code) : (cause?.message ?? String(error));
  if (code === 'ECONNREFUSED')
    return `${server}: no gate answers there; start one with gatehouse start, or name it with --server`;
  return `${server}: cannot be reached (${code}), check --server`;
}

interface Asked {
  readonly server: string;
  readonly hasToken: boolean;
}

function refusal(status: number, body: unknown, { server, hasToken }: Asked): AdminError {
  const problem: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? { ...body } : {};
  const detail = typeof problem['detail'] === 'string' ? problem['detail'] : `answered ${status}`;
  if (status === 401 && !hasToken) {
    const how = 'name the data folder of a gate on this machine with --data, or a token with --token';
    return new AdminError(status, problem, `${server}: who are you? ${how}`);
  }
  return new AdminError(status, problem, `${server}: ${detail}`);
}
