import { watch } from 'node:fs';
import path from 'node:path';

export interface ConfigWatch {
  close(): void;
}

export interface ConfigWatchOptions {
  readonly file: string;
  /** The file's text now, and nothing where it cannot be read at the moment. */
  readonly read: () => string | undefined;
  /** One at a time; a change during one is seen after it. */
  readonly onChange: (text: string) => Promise<void>;
}

const SETTLE_MS = 100;
const POLL_MS = 500;

/**
 * Tells of a changed text within a second. Watches the folder, because editors and Kubernetes replace files instead of
 * writing them, and looks by itself twice a second, because not every file system tells.
 */
export function watchConfig({ file, read, onChange }: ConfigWatchOptions): ConfigWatch {
  let known = read();
  let busy = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      for (let text = read(); text !== undefined && text !== known; text = read()) {
        known = text;
        await onChange(text);
      }
    } finally {
      busy = false;
    }
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), SETTLE_MS);
  };
  const watcher = watch(path.dirname(file), soon);
  watcher.on('error', () => watcher.close());
  const poll = setInterval(() => void look(), POLL_MS);
  return {
    close: () => {
      clearTimeout(timer);
      clearInterval(poll);
      watcher.close();
    },
  };
}
