import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import type { Fields } from './fields.ts';
import { registerOperations } from './operation-routes.ts';
import { contract } from './testkit/test-service.ts';
import { type Handler, type Reply } from './users-api.ts';

const IDS = contract.operations.map(({ id }) => id);

function handlers(ids: readonly string[], reply: Reply = { status: 204, headers: {} }): ReadonlyMap<string, Handler> {
  return new Map(ids.map((id) => [id, () => reply]));
}

function register(ids: readonly string[]): void {
  registerOperations(Fastify(), { contract, handlers: handlers(ids), log: () => undefined });
}

describe('registerOperations', () => {
  it('refuses a document with an operation that nobody handles', () => {
    expect(() => register(IDS.slice(1))).toThrow('operation listUsers has no handler');
  });

  it('refuses a handler that the document does not know', () => {
    expect(() => register([...IDS, 'mergeUsers'])).toThrow('not in the openapi document: mergeUsers');
  });

  it('logs a reply that breaks the document, and sends it', async () => {
    const app = Fastify();
    const lines: unknown[] = [];
    const reply = { status: 200, headers: {}, body: { items: [], next_cursor: 1 } };
    const log = (level: string, message: string, details: Fields = {}) =>
      void lines.push({ level, message, ...details });
    registerOperations(app, { contract, handlers: handlers(IDS, reply), log });
    expect((await app.inject('/users')).json()).toEqual(reply.body);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        message: 'reply differs from the document',
        operation: 'listUsers',
        differences: ['body /next_cursor must be string,null'],
      }),
    ]);
  });
});
