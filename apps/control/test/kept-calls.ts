import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDbStore, KEEP_ALL, linesOf } from '@gatehouse/analytics/testing';
import type { ExchangeRecord } from '@gatehouse/record';
import { expect } from 'vitest';
import type { Json, Reply, TestHouse } from './house.ts';

export interface KeptCalls {
  readonly store: DuckDbStore;
  readonly folder: string;
  close(): Promise<void>;
}

/** These records of one gate, in a store of their own. */
export async function keptCalls(records: readonly ExchangeRecord[]): Promise<KeptCalls> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-calls-'));
  const store = await DuckDbStore.open({ folder, keep: KEEP_ALL });
  await store.append({ node: 'gate', lines: linesOf(records), next: { sequence: 1, offset: 9 }, holes: [] });
  return {
    store,
    folder,
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** People of a house, each by a token of their own, and what they ask of it. */
export class Askers {
  readonly #test: TestHouse;
  readonly #tokens = new Map<string, string>();

  constructor(test: TestHouse) {
    this.#test = test;
  }

  /** By the administrator; it has to work. */
  async make(at: string, body: unknown): Promise<Json> {
    const reply = await this.post(at, body);
    expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
    return reply.body;
  }

  async give(name: string, grants: readonly object[]): Promise<void> {
    const user = await this.make('/users', { name: `${name}@example.com`, grants });
    this.#tokens.set(name, (await this.make('/tokens', { name, user: user.id })).token);
  }

  async get(at: string, as?: string): Promise<Reply> {
    return this.#test.call('GET', at, this.#tokenOf(as));
  }

  async post(at: string, body: unknown, as?: string): Promise<Reply> {
    return this.#test.call('POST', at, { body, ...this.#tokenOf(as) });
  }

  #tokenOf(as: string | undefined): { readonly token?: string | undefined } {
    return as === undefined ? {} : { token: this.#tokens.get(as) };
  }
}
