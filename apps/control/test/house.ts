import { createHash } from 'node:crypto';
import { createLogger, type Clock } from '@gatehouse/kernel';
import { Cipher, seedHouse, type Gate, type GateChange, type GateConfig, type House } from '@gatehouse/services';
import { DirectoryReader, DirectoryWriter } from '@gatehouse/directory';
import { openDatabase } from '@gatehouse/store';
import type { FastifyInstance } from 'fastify';
import { adminApi, type AdminApiOptions } from '../src/admin-api.ts';

export const ADMIN_TOKEN = 'an-administrator-for-tests';

/** Takes every configuration, and remembers the last. */
export class RememberingGate implements Gate {
  enforced: GateConfig | undefined;
  readonly directory = new DirectoryWriter();
  problems: readonly string[] = [];

  async apisOfOthers(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set());
  }

  async replaceCallers(): Promise<void> {
    return Promise.resolve();
  }

  async apisOfFile(): Promise<ReadonlySet<string>> {
    return this.apisOfOthers();
  }

  async preview(): ReturnType<Gate['preview']> {
    return Promise.resolve(this.problems.length > 0 ? { problems: this.problems } : { meaning: { changes: [] } });
  }

  async previewFile(): ReturnType<Gate['preview']> {
    return this.preview();
  }

  async prepare({ config, callers }: GateChange): ReturnType<Gate['prepare']> {
    if (this.problems.length > 0) return Promise.resolve({ problems: this.problems });
    const enforcement = { snapshot: 'test', workers: { enforcing: 2, of: 2 } };
    const enforce = async (): Promise<typeof enforcement> => {
      this.enforced = config ?? this.enforced;
      for (const change of callers) this.directory.apply(change);
      return Promise.resolve(enforcement);
    };
    return Promise.resolve({ snapshot: 'test', enforce });
  }
}

/** What gates know of a key's application. */
export function callerOf(gate: RememberingGate, key: string): unknown {
  const reader = new DirectoryReader(gate.directory.memory);
  const found = reader.find(createHash('sha256').update(key).digest());
  return found && JSON.parse(reader.applicationText(found));
}

/** What tests read of replies. */
export interface Json {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly revision: number;
  readonly key: string;
  readonly token: string;
  readonly enforcement: unknown;
  readonly items: readonly Json[];
  readonly next: string | undefined;
  readonly code: string;
  readonly detail: string;
  readonly allowed: readonly string[];
  readonly applications: Readonly<Record<string, { readonly keys: readonly unknown[] }>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says by its expectations what is there
  readonly [name: string]: any;
}

export interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface TestHouse {
  readonly house: House;
  readonly gate: RememberingGate;
  readonly app: FastifyInstance;
  clock: { nowMs: number };
  call(method: Method, path: string, options?: CallOptions): Promise<Reply>;
  close(): Promise<void>;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface CallOptions {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function openTestHouse(
  place = ':memory:',
  {
    proxies,
    ...settings
  }: Pick<House, 'importFrom' | 'publicUrl' | 'grantsTakeTwo' | 'analytics' | 'ledger' | 'prices' | 'senders'> &
    Pick<AdminApiOptions, 'proxies'> = {},
): Promise<TestHouse> {
  const time = { nowMs: Date.parse('2026-11-26T12:00:00Z') };
  const clock: Clock = { now: () => time.nowMs, monotonic: () => time.nowMs };
  const gate = new RememberingGate();
  const database = await openDatabase(place);
  const log = createLogger({ level: 'error', write: (line) => process.stderr.write(line), now: () => time.nowMs });
  const house: House = {
    database,
    clock,
    cipher: new Cipher(Buffer.alloc(32, 1)),
    gate,
    log,
    ...settings,
  };
  await seedHouse(house);
  const app = adminApi({ house, adminToken: ADMIN_TOKEN, version: 'test', proxies });
  return {
    house,
    gate,
    app,
    clock: time,
    call: async (method, path, { token = ADMIN_TOKEN, body, headers = {} } = {}) => {
      const reply = await app.inject({
        method,
        url: `/api/v1${path}`,
        headers: {
          ...(token !== '' && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: JSON.stringify(body) }),
      });
      return {
        status: reply.statusCode,
        body: bodyOf(reply),
        headers: reply.headers,
      };
    },
    close: async () => {
      await app.close();
      await database.close();
    },
  };
}

/** Of lines of JSON: all of them. */
function bodyOf({ body, headers }: { readonly body: string; readonly headers: Reply['headers'] }): Json {
  const isLines = String(headers['content-type']).startsWith('application/x-ndjson');
  if (body === '') return JSON.parse('{}');
  return JSON.parse(isLines ? `{"lines":[${body.trimEnd().replaceAll('\n', ',')}]}` : body);
}

/** For tests of something else than what standards ask of documents. */
export async function withoutStandards(test: TestHouse): Promise<TestHouse> {
  const [workspace] = (await test.call('GET', '/workspaces')).body.items;
  const headers = { 'if-match': `"${workspace?.revision}"` };
  const body = { standards: { pack: 'none' } };
  const reply = await test.call('PATCH', `/workspaces/${workspace?.id}`, { body, headers });
  if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
  return test;
}
