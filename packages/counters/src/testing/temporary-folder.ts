import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A path in a fresh folder that goes when the test ends; the last part is left to be made. */
export function temporaryFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-counters-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return join(root, 'budgets');
}
