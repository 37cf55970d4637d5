import { createHash } from 'node:crypto';
import { createCacheMemory, HttpCache } from '@gatehouse/cache';
import type { CredentialSpec } from '@gatehouse/config';
import { createKeptMemory, openKeptReplies, type KeptReplies } from '@gatehouse/counters';
import { createLogger, type Clock } from '@gatehouse/kernel';
import { CredentialBook } from '../credential-book.ts';
import type { Answer, Ask, KeptBody, PolicyRuntime, Spotter, UpstreamAsk } from '../policy.ts';

export interface FakeRuntimeOptions {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly credentials?: readonly CredentialSpec[];
  readonly later?: PolicyRuntime['later'];
  readonly ask?: (request: Ask) => Promise<Answer>;
  readonly askUpstream?: (request: UpstreamAsk) => Promise<Answer>;
  readonly cache?: HttpCache;
  /** What an earlier snapshot left, to show that it is kept. */
  readonly states?: Map<string, unknown>;
  readonly kept?: KeptReplies;
  readonly observed?: PolicyRuntime['observed'];
  /** Left out: it finds nothing. */
  readonly spotter?: (kinds: readonly string[]) => Spotter;
  /** Left out: none is kept. */
  readonly keepBody?: (body: KeptBody) => boolean;
}

/** A runtime that reaches nothing but what a test gives it. */
export function fakeRuntime(options: FakeRuntimeOptions = {}): PolicyRuntime {
  const states = options.states ?? new Map<string, unknown>();
  const nobody = async (): Promise<Answer> => Promise.reject(new Error('this test reaches nobody'));
  return {
    clock: options.clock ?? { now: () => 0, monotonic: () => 0 },
    log: createLogger({ level: 'error', write: () => {}, now: () => 0 }),
    random: options.random ?? (() => 0.5),
    later: options.later ?? (() => () => {}),
    state: <T>(name: string, make: () => T): T => {
      if (!states.has(name)) states.set(name, make());
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was made under this name
      return states.get(name) as T;
    },
    ask: options.ask ?? nobody,
    askUpstream: options.askUpstream ?? nobody,
    secret: (purpose) => createHash('sha256').update(purpose).digest(),
    credentials: new CredentialBook(options.credentials ?? []),
    spotter: options.spotter ?? (() => (text) => ({ spots: [], decided: text.length })),
    keepBody: options.keepBody ?? (() => false),
    cache: options.cache ?? new HttpCache(createCacheMemory({ bytes: 1024 ** 2, entries: 256 }), 0),
    observed: options.observed ?? (() => {}),
    kept: options.kept ?? openKeptReplies(createKeptMemory({ entries: 64, bytes: 16_384 }), 1),
  };
}
