import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExchangeRecord } from '@gatehouse/record';
import { SpoolWriter } from '@gatehouse/record/spool';
import { onTestFinished } from 'vitest';
import { lineOf } from './records.ts';

export function temporaryFolder(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-telemetry-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A folder of records with its writer, until the test ends. */
export class TestSpool {
  readonly root = temporaryFolder();
  readonly dir = path.join(this.root, 'records');
  readonly stateDir = path.join(this.root, 'sinks');
  readonly #writer: SpoolWriter;

  constructor(options: { readonly segmentBytesMax?: number; readonly totalBytesMax?: number } = {}) {
    this.#writer = SpoolWriter.open(this.dir, { now: Date.now, owner: 'test', ...options });
    onTestFinished(() => this.#writer.close());
  }

  /** As one frame. */
  write(...records: readonly ExchangeRecord[]): void {
    this.lines(...records.map(lineOf));
  }

  lines(...lines: readonly string[]): void {
    if (!this.#writer.append(Buffer.from(lines.map((line) => `${line}\n`).join('')), lines.length)) {
      throw new Error('the spool does not take it');
    }
  }
}
