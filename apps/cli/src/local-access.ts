import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Where the admin API of a gate on this machine is, and a token for as long as that runs. */
export interface LocalAccess {
  readonly url: string;
  readonly token: string;
}

const fileIn = (dataDir: string): string => path.join(dataDir, 'console.json');

/** Whoever may read the data folder has the store and its key, so it may as well use the admin API. */
export function offerLocalAccess(dataDir: string, access: LocalAccess): void {
  const file = fileIn(dataDir);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(access)}\n`, { mode: 0o600 });
  renameSync(fresh, file);
}

export function withdrawLocalAccess(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

/** Undefined: no gate runs there, or it has no admin API. */
export function localAccess(dataDir: string): LocalAccess | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(fileIn(dataDir), 'utf8'));
    if (typeof found !== 'object' || found === null || !('url' in found) || !('token' in found)) return undefined;
    const { url, token } = found;
    return typeof url === 'string' && typeof token === 'string' ? { url, token } : undefined;
  } catch {
    return undefined;
  }
}

/** Where something that listens on all addresses is for this machine. */
export function localUrl({ host, port }: { readonly host: string; readonly port: number }): string {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${own.includes(':') ? `[${own}]` : own}:${port}`;
}
