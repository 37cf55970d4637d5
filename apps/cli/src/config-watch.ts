import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';

export interface ConfigWatch {
  close(): void;
}

/** What is watched: see `ConfigFile`. */
export interface Watched {
  readonly file: string;
  /** What is being served, or was refused. */
  readonly loaded: string;
  /** What is there now, and nothing where it cannot be read at the moment. */
  current(): string | undefined;
}

const SETTLE_MS = 80;
const POLL_MS = 300;

/**
 * Calls back within a second after a change, and never while the call before has not ended; the callback loads the file.
 * Watches the folder, because editors and Kubernetes replace files instead of writing them, and looks by itself too,
 * because not every file system tells and documents may lie elsewhere. Waits until two looks in a row see the same, so
 * that a file which is half written is not taken for a new one.
 */
export function watchConfig(watched: Watched, onChange: () => Promise<void>): ConfigWatch {
  let seen: string | undefined;
  let busy = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(() => void look(), SETTLE_MS);
  };
  const look = async (): Promise<void> => {
    if (busy || closed) return;
    const before = seen;
    seen = watched.current();
    if (seen === undefined || seen === watched.loaded) return;
    if (seen !== before) return soon();
    busy = true;
    await onChange().finally(() => {
      busy = false;
    });
    soon();
  };
  const watcher = watchFolder(path.dirname(watched.file), soon);
  const poll = setInterval(() => void look(), POLL_MS);
  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
      clearInterval(poll);
      watcher?.close();
    },
  };
}

/** Nothing where the system has no watches left or none for this file system: the polling does. */
function watchFolder(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, onEvent);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
