import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is there until the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** As editors save: a new file in place of the old one. */
export function replaceFile(file: string, text: string | Uint8Array): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
