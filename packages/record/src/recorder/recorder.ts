import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { SpoolWriter } from '../spool/spool-writer.ts';
import { missingLines } from '../spool/missing-lines.ts';
import { isBatch } from './protocol.ts';
import type { AckMessage, RecorderStats, Recovery } from './protocol.ts';

interface Waiting {
  readonly port: MessagePort;
  readonly payload: Uint8Array;
  readonly count: number;
}

/** Of the lines that are recovered, in one frame. */
const RECOVERED_BYTES_MAX = 1024 ** 2;

/**
 * Writes what the workers send. A batch is acknowledged once it is in the file and not before: what cannot be written
 * waits here, its worker keeps count of it, and past its bound the worker drops and reports.
 */
export class Recorder {
  readonly #writer: SpoolWriter;
  readonly #ports = new Set<MessagePort>();
  #waiting: Waiting[] = [];
  #batches = 0;
  #refusedBatches = 0;
  #lost = 0;

  constructor(writer: SpoolWriter) {
    this.#writer = writer;
  }

  connect(port: MessagePort): void {
    this.#ports.add(port);
    port.on('message', (message: unknown) => this.#take(port, message));
    port.on('close', () => this.#ports.delete(port));
  }

  /** Tries again what could not be written. */
  pump(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#write(next)) return;
      this.#waiting.shift();
    }
  }

  /**
   * Writes those of the lines that are not in the folder yet, and says how many; undefined when the disk does not take
   * them now. Nobody may send them any more: what was sent is taken first.
   */
  recover({ lines, sinceMs }: Recovery): number | undefined {
    this.#drain();
    if (this.#waiting.length > 0) return undefined;
    const missing = missingLines(this.#writer.dir, lines, sinceMs);
    for (const batch of batchesOf(missing, RECOVERED_BYTES_MAX))
      if (!this.#writer.append(Buffer.from(batch.join(''), 'latin1'), batch.length)) return undefined;
    return missing.length;
  }

  /** Takes what workers have sent up to now, also those that are gone, brings it to the disk and gives the folder back. */
  close(): void {
    this.#drain();
    for (const { count } of this.#waiting) this.#lost += count;
    this.#waiting = [];
    this.#writer.close();
    for (const port of this.#ports) port.close();
  }

  #drain(): void {
    for (const port of this.#ports) {
      for (let sent = receiveMessageOnPort(port); sent !== undefined; sent = receiveMessageOnPort(port)) {
        this.#take(port, sent.message);
      }
    }
    this.pump();
  }

  stats(): RecorderStats {
    return {
      ...this.#writer.stats(),
      batches: this.#batches,
      refusedBatches: this.#refusedBatches,
      waitingBytes: this.#waiting.reduce((sum, { payload }) => sum + payload.length, 0),
      lost: this.#lost,
    };
  }

  /** Nothing in a message may bring the thread down: its sender would send it again. */
  #take(port: MessagePort, message: unknown): void {
    this.#batches++;
    if (!isBatch(message)) {
      this.#refusedBatches++;
      return;
    }
    const batch = { port, payload: new Uint8Array(message.batch), count: message.count };
    if (!this.#writer.takes(batch.payload, batch.count)) {
      this.#refusedBatches++;
      this.#lost += batch.count;
      return acknowledge(batch);
    }
    if (message.again && this.#writer.wasLast(batch.payload, batch.count)) return acknowledge(batch);
    if (this.#waiting.length > 0 || !this.#write(batch)) this.#waiting.push(batch);
  }

  #write(batch: Waiting): boolean {
    if (!this.#writer.append(batch.payload, batch.count)) return false;
    acknowledge(batch);
    return true;
  }
}

function acknowledge({ port, payload }: Waiting): void {
  port.postMessage({ bytes: payload.length } satisfies AckMessage);
}

function batchesOf(lines: readonly string[], bytesMax: number): string[][] {
  const batches: string[][] = [];
  let bytes = Infinity;
  for (const line of lines) {
    if (bytes + line.length > bytesMax) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(line);
    bytes += line.length;
  }
  return batches;
}
