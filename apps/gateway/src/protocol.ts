import type { MessagePort } from 'node:worker_threads';
import type { Rest } from '@gatehouse/ai';
import type { CacheMemory } from '@gatehouse/cache';
import type { EndpointSpec, Snapshot } from '@gatehouse/config';
import type { CounterMemory, KeptMemory } from '@gatehouse/counters';
import type { DirectoryMemory } from '@gatehouse/directory';
import type { LogLevel } from '@gatehouse/kernel';
import type { BudgetAccess } from './budget-keeper.ts';
import type { ListenAddress } from './listener.ts';

/** A snapshot with what the main thread knows of its runtime. */
export interface Publication {
  /** Endpoints that were looked up are among those of their upstreams. */
  readonly snapshot: Snapshot;
  /** Where in the shared health table each probed endpoint stands. */
  readonly healthSlots: Readonly<Record<string, number>>;
}

/** Where names of the snapshot that is enforced lead to now. */
export interface FoundEndpoints {
  /** All endpoints of each upstream that has such a name. */
  readonly endpoints: Readonly<Record<string, readonly EndpointSpec[]>>;
  readonly healthSlots: Readonly<Record<string, number>>;
}

export interface WorkerStart {
  readonly worker: number;
  readonly pseudonym: string;
  readonly listen: ListenAddress;
  readonly counters: CounterMemory;
  readonly kept: KeptMemory;
  readonly budgets: BudgetAccess;
  readonly health: SharedArrayBuffer;
  readonly cache: CacheMemory;
  readonly directory: DirectoryMemory;
  readonly ticketKeys: Uint8Array;
  /** Where callers come in by TLS; undefined: nowhere. */
  readonly listenTls: ListenAddress | undefined;
  /** See `House`. */
  readonly secret: Uint8Array;
  readonly recorder: MessagePort;
  readonly publication: Publication;
  readonly logLevel: LogLevel;
}

/** Publishing is two steps: every worker compiles and answers `loaded`, then all `switch`. */
export type ToWorker =
  | { readonly kind: 'load'; readonly publication: Publication }
  | { readonly kind: 'switch'; readonly version: string }
  | { readonly kind: 'endpoints'; readonly found: FoundEndpoints }
  | { readonly kind: 'directory'; readonly memory: DirectoryMemory }
  | { readonly kind: 'recorder'; readonly port: MessagePort }
  | { readonly kind: 'rest'; readonly rest: Rest }
  | { readonly kind: 'drain'; readonly deadlineMs: number };

export interface WorkerStats {
  readonly active: number;
  readonly connections: number;
  readonly requests: number;
}

export type FromWorker =
  | { readonly kind: 'listening'; readonly port: number; readonly tlsPort: number | undefined }
  | { readonly kind: 'loaded'; readonly version: string }
  | { readonly kind: 'refused'; readonly version: string; readonly reason: string }
  | { readonly kind: 'switched'; readonly version: string }
  | { readonly kind: 'directory-taken' }
  | { readonly kind: 'stats'; readonly stats: WorkerStats }
  /** What the other workers should know, too. */
  | { readonly kind: 'rest'; readonly rest: Rest }
  | { readonly kind: 'drained' };

/* Both ends of the channel are this program's own threads, of one version: nobody else can write to it. */
export function fromMain(message: unknown): ToWorker {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as ToWorker;
}

export function fromWorker(message: unknown): FromWorker {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as FromWorker;
}

export function workerStart(data: unknown): WorkerStart {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return data as WorkerStart;
}
