import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { FolderChanges } from './folder-changes.ts';

const NEVER_MS = 600_000;

function watching(dir: string, pollMs = NEVER_MS): FolderChanges {
  const changes = new FolderChanges(dir, pollMs);
  onTestFinished(() => changes.close());
  return changes;
}

describe('FolderChanges', () => {
  it('tells of a change at once', async () => {
    const dir = temporaryFolder();
    mkdirSync(dir);
    const changed = watching(dir).next();
    writeFileSync(join(dir, 'x'), 'x');
    await changed;
  });

  it('tells of a change that came before it was asked', async () => {
    const dir = temporaryFolder();
    mkdirSync(dir);
    const changes = watching(dir);
    const first = changes.next();
    writeFileSync(join(dir, 'x'), 'x');
    await first;
    writeFileSync(join(dir, 'y'), 'y');
    await changes.next();
  });

  it('looks again after a while in any case', async () => {
    const dir = temporaryFolder();
    mkdirSync(dir);
    await watching(dir, 1).next();
  });

  it('looks for a folder that is not there until it is, and watches it from then on', async () => {
    const dir = temporaryFolder();
    const changes = watching(dir, 1);
    await changes.next();
    mkdirSync(dir);
    await changes.next();
    await changes.next();
    writeFileSync(join(dir, 'x'), 'x');
    await changes.next();
  });

  it('stops waiting when its signal aborts', async () => {
    const stop = new AbortController();
    const waited = watching(temporaryFolder()).next(stop.signal);
    stop.abort();
    await waited;
  });

  it('does not wait when its signal has aborted', async () => {
    await watching(temporaryFolder()).next(AbortSignal.abort());
  });

  it('stops waiting when it is closed', async () => {
    const changes = watching(temporaryFolder());
    const waited = changes.next();
    changes.close();
    await waited;
    expect(() => changes.close()).not.toThrow();
  });
});
