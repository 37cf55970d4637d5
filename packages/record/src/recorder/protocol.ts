import type { MessagePort } from 'node:worker_threads';
import { MessagePort as Port } from 'node:worker_threads';
import type { OpenReport, SpoolStats } from '../spool/spool-writer.ts';

/** Gateway worker → recorder: lines of ASCII; the memory goes with the message. */
export interface BatchMessage {
  readonly batch: ArrayBuffer;
  /** Number of lines. */
  readonly count: number;
  /** It was sent before, to a recorder that died and may have written it. */
  readonly again: boolean;
}

/** Recorder → gateway worker: so many bytes of its batches, in their order, need not be kept any longer. */
export interface AckMessage {
  readonly bytes: number;
}

/** Main thread → recorder. */
export type ToRecorder =
  | { readonly kind: 'port'; readonly port: MessagePort }
  | { readonly kind: 'protect'; readonly sequence: number | undefined }
  | ({ readonly kind: 'recover' } & Recovery)
  | { readonly kind: 'close' };

/** Records that may be in the folder, and are to be in it. */
export interface Recovery {
  /** With their newlines. */
  readonly lines: readonly string[];
  /** Those that are there already were written after this, ms since the epoch. */
  readonly sinceMs: number;
}

/** Recorder → main thread. */
export type FromRecorder =
  /** Answers come in the order of what was asked; undefined: not all of them can be written now. */
  | { readonly kind: 'recovered'; readonly count: number | undefined }
  | { readonly kind: 'open'; readonly report: OpenReport }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'stats'; readonly stats: RecorderStats };

export interface RecorderStats extends SpoolStats {
  /** Batches that came from workers, and those among them that were no batches and were thrown away. */
  readonly batches: number;
  readonly refusedBatches: number;
  /** Bytes that wait because they cannot be written now. */
  readonly waitingBytes: number;
  /** Records that could not be written before the end. */
  readonly lost: number;
}

/** What a recorder thread is started with. */
export interface RecorderSettings {
  readonly dir: string;
  readonly owner: string;
  readonly spool: SpoolLimits;
  /** How often a write that failed is tried again, and how often data is brought to the disk. */
  readonly retryMs: number;
  readonly syncMs: number;
}

/** As in `SpoolOptions`. A segment must hold the largest batch, which is a full one and the longest line. */
export interface SpoolLimits {
  readonly segmentBytesMax?: number;
  readonly segmentAgeMs?: number;
  readonly totalBytesMax?: number;
  readonly protectedBytesMax?: number;
}

export function isBatch(message: unknown): message is BatchMessage {
  if (!isObject(message) || typeof message['again'] !== 'boolean') return false;
  return message['batch'] instanceof ArrayBuffer && Number.isSafeInteger(message['count']);
}

export function isAck(message: unknown): message is AckMessage {
  return isObject(message) && Number.isSafeInteger(message['bytes']);
}

/** The kind is enough: both ends are this folder's code of one version, only the compiler cannot know. */
export function isToRecorder(message: unknown): message is ToRecorder {
  if (!isObject(message)) return false;
  const { kind } = message;
  return (
    kind === 'close' || kind === 'protect' || kind === 'recover' || (kind === 'port' && message['port'] instanceof Port)
  );
}

export function isFromRecorder(message: unknown): message is FromRecorder {
  return isObject(message) && ['open', 'refused', 'recovered', 'stats'].some((kind) => kind === message['kind']);
}

export function isSettings(value: unknown): value is RecorderSettings {
  if (!isObject(value) || !isObject(value['spool'])) return false;
  return typeof value['dir'] === 'string' && typeof value['owner'] === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
