import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { launch, type SpawnedProgram } from './spawned-program.ts';

const TOKEN = 'an-administrator-for-tests';

/** What tests read of replies of the admin API. */
export interface Json {
  readonly id: string;
  readonly state: string;
  readonly key: string;
  readonly token: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says by its expectations what is there
  readonly [name: string]: any;
}

export interface AdminReply {
  readonly status: number;
  readonly body: Json;
}

export interface Asking {
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A gate that runs with its admin API. */
export interface GovernedGate {
  readonly program: SpawnedProgram;
  readonly gateway: string;
  /** `http://…/api/v1` */
  readonly admin: string;
  ask(path: string, asking?: Asking): Promise<AdminReply>;
  /** Fails unless it is done. A body makes it a POST. */
  done(path: string, body?: unknown, token?: string): Promise<Json>;
}

export interface GovernedGateOptions {
  readonly folder: string;
  /** Text of a gatehouse.yaml. */
  readonly config?: string;
  readonly database?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Under which people would reach the console; requests of tests go to where it listens. */
  readonly publicUrl?: string;
}

const PLACES = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--console', '127.0.0.1:0', '--workers', '2'];
const EMPTY = 'gatehouse: 1\n';

/** Serves the folder's `gatehouse.yaml` beside what is stored in its `data`. */
export async function governedGate({
  folder,
  config,
  database,
  env = {},
  publicUrl,
}: GovernedGateOptions): Promise<GovernedGate> {
  const file = path.join(folder, 'gatehouse.yaml');
  writeFileSync(file, config ?? EMPTY);
  const args = ['start', '--config', file, '--data', path.join(folder, 'data'), ...PLACES];
  const stored = database === undefined ? [] : ['--database', database];
  const known = publicUrl === undefined ? [] : ['--public-url', publicUrl];
  const program = launch([...args, ...stored, ...known], { env: { GATEHOUSE_ADMIN_TOKEN: TOKEN, ...env } });
  const { gateway } = await program.ready();
  await program.prints(/admin {4}\S+/);
  const { url }: { readonly url: string } = JSON.parse(readFileSync(path.join(folder, 'data', 'console.json'), 'utf8'));
  const admin = `${url}/api/v1`;
  const ask = async (to: string, { body, token = TOKEN, method, headers }: Asking = {}): Promise<AdminReply> => {
    const reply = await fetch(`${admin}${to}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, body: text === '' ? {} : JSON.parse(text) };
  };
  return {
    program,
    gateway,
    admin,
    ask,
    done: async (to, body, token) => {
      const reply = await ask(to, { body, token });
      expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
      return reply.body;
    },
  };
}

/** For tests of something else than what standards ask of documents. */
export async function withoutStandards(gate: GovernedGate): Promise<GovernedGate> {
  const { items } = await gate.done('/workspaces');
  const headers = { 'if-match': `"${items[0].revision}"` };
  const body = { standards: { pack: 'none' } };
  expect((await gate.ask(`/workspaces/${items[0].id}`, { method: 'PATCH', body, headers })).status).toBe(200);
  return gate;
}
