import type { FastifyInstance } from 'fastify';
import { buildApp } from '../app.ts';
import { Contract } from '../contract.ts';
import { type Fields, fields, text } from '../fields.ts';
import { type LogLevel, createLog } from '../logger.ts';
import { readOpenApiDocument } from '../openapi-document.ts';
import { type Store, openStore } from '../store.ts';
import type { Random } from '../user-id.ts';
import { DocumentedClient, type TestReply } from './documented-client.ts';

export const document = readOpenApiDocument();
/** Compiled once for all tests, since compiling takes longer than most of them. */
export const contract = new Contract(document.content);

export interface TestClock {
  nowMs: number;
}

export interface TestServiceOptions {
  readonly file?: string;
  readonly clock?: TestClock;
  readonly store?: Store;
  readonly logLevel?: LogLevel;
}

export interface TestService {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly clock: TestClock;
  readonly client: DocumentedClient;
  /** The log so far, one parsed line each. */
  readonly lines: readonly Fields[];
  readonly drain: () => void;
  readonly createUser: (mailbox: string) => Promise<TestReply>;
}

export const START_MS = Date.UTC(2026, 0, 5, 9, 30);

/** The whole service in memory, with a clock that stands still and bytes that repeat from run to run. */
export function createTestService(options: TestServiceOptions = {}): TestService {
  const clock = options.clock ?? { nowMs: START_MS };
  const now = (): number => clock.nowMs;
  const random = countingRandom();
  const store = options.store ?? openStore({ file: options.file ?? ':memory:', now, random });
  const lines: Fields[] = [];
  const write = (line: string): void => void lines.push(fields(JSON.parse(line)));
  const log = createLog({ level: options.logLevel ?? 'debug', instance: 'test', now, write });
  let isDraining = false;
  const app = buildApp({ store, document, contract, log, random, instance: 'test', isDraining: () => isDraining });
  const client = new DocumentedClient({ app, contract, document: document.content });
  return {
    app,
    store,
    clock,
    client,
    lines,
    drain: () => void (isDraining = true),
    createUser: (mailbox) =>
      client.send({ method: 'POST', url: '/users', body: { email: `${mailbox}@people.example`, name: mailbox } }),
  };
}

/** Bytes that never repeat within a test and are the same in every run. */
export function countingRandom(): Random {
  let state = 1;
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

export function idOf(reply: TestReply): string {
  return text(reply.body, 'id');
}

export function itemsOf(reply: TestReply): readonly Fields[] {
  const { items } = reply.body;
  return Array.isArray(items) ? items.map(fields) : [];
}
