import { existsSync, mkdirSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DOOR, launch, run } from './spawned-program.ts';
import { stubUpstream } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PLACES = ['--listen', '127.0.0.1:0', '--status', '127.0.0.1:0', '--workers', '1'];

/** The bound for records, and the time that processes take to end. */
const BROKEN_OFF_WITHIN_MS = 4000;

/** A start of the demo: the program, two services and, behind the door, a parent. */
const demo = (dataDir: string): string[] => ['start', '--data', dataDir, ...PLACES];

async function refused(url: string): Promise<void> {
  await expect(fetch(url)).rejects.toThrow('fetch failed');
}

/** Resolves when the folder has the file. */
async function appears(folder: string, file: string): Promise<void> {
  const changes = Promise.withResolvers<void>();
  const look = (): void => {
    if (existsSync(path.join(folder, file))) changes.resolve();
  };
  const watcher = watch(folder, look);
  onTestFinished(() => watcher.close());
  look();
  await changes.promise;
}

/*
 * Every process holds our pipes, so `closed` means that all of them are gone.
 */
describe('nothing is left behind', () => {
  it('when the program is told to end', async () => {
    const program = launch(demo(temporaryFolder()));
    const { gateway, status } = await program.ready();
    expect(await program.stop('SIGTERM')).toMatchObject({ code: 0, signal: null, err: '' });
    await refused(gateway);
    await refused(status);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('when its parent is told to end by %s', async (signal) => {
    const program = launch(demo(temporaryFolder()), { entry: DOOR });
    const { gateway } = await program.ready();
    expect(await program.stop(signal)).toMatchObject({ code: 0, signal: null, err: '' });
    await refused(gateway);
  });

  it('when its parent is killed', async () => {
    const program = launch(demo(temporaryFolder()), { entry: DOOR });
    const { gateway, status } = await program.ready();
    expect(await program.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL', err: '' });
    await refused(gateway);
    await refused(status);
  });

  it('when its parent is killed while it starts', async () => {
    const dataDir = path.join(temporaryFolder(), 'data');
    mkdirSync(dataDir);
    const program = launch(demo(dataDir), { entry: DOOR });
    await Promise.race([appears(dataDir, 'demo-key'), program.closed]);
    expect(await program.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL', out: '' });
  });

  it('when the program itself is killed', async () => {
    const program = launch(demo(temporaryFolder()));
    const { gateway } = await program.ready();
    expect(await program.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    await refused(gateway);
  });

  it('when it is told to end while it starts', async () => {
    const dataDir = path.join(temporaryFolder(), 'data');
    mkdirSync(dataDir);
    const program = launch(demo(dataDir));
    await Promise.race([appears(dataDir, 'demo-key'), program.closed]);
    expect(await program.stop('SIGTERM')).toMatchObject({ code: 0, signal: null });
  });
});

describe('a Ctrl-C', () => {
  /** Through the door, with a call under way that ends when `response` does. */
  async function busy() {
    const folder = temporaryFolder();
    const file = path.join(folder, 'gatehouse.yaml');
    const upstream = await stubUpstream();
    writeFileSync(file, `gatehouse: 1\napis: { all: { access: open, upstream: "${upstream.url}" } }\n`);
    const dataDir = path.join(folder, 'data');
    const args = ['start', '--config', file, '--data', dataDir, ...PLACES];
    const program = launch(args, { entry: DOOR, group: true });
    const { gateway, status } = await program.ready();
    const held = upstream.held('/slow');
    const slow = fetch(`${gateway}/slow`).then((reply) => reply.text());
    // As a terminal does: to everybody in the group, and the parent hands it on besides.
    const press = (): boolean => {
      try {
        return process.kill(-program.pid, 'SIGINT');
      } catch {
        return false; // nobody is left
      }
    };
    return { program, dataDir, status, slow, response: await held, press };
  }

  it('that reaches parent and program lets what is under way end well', async () => {
    const { program, status, slow, response, press } = await busy();
    press();
    for (let ready = 200; ready === 200;) ready = (await fetch(`${status}/readyz`)).status;
    response.end('at last');
    expect(await slow).toBe('at last');
    expect(await program.closed).toMatchObject({ code: 0, signal: null, err: '' });
  });

  it('that is pressed again and again breaks off even that, soon, and records it', async () => {
    const { program, dataDir, slow, press } = await busy();
    const end = slow.catch(() => 'broken off');
    press();
    await program.prints(/^Ending: 1 call is under way and has up to 30 s; Ctrl-C again breaks off at once$/m);
    const pressedMs = performance.now();
    while (press()) await Promise.race([sleep(100), program.closed]);
    expect(await program.closed).toMatchObject({ code: 130, err: '' });
    expect(performance.now() - pressedMs).toBeLessThan(BROKEN_OFF_WITHIN_MS);
    expect(await end).toBe('broken off');
    const { out } = await run(['logs', '--json', '--data', dataDir]);
    expect(JSON.parse(out)).toMatchObject({ path: '/slow', code: expect.stringMatching(/./) });
  });
});
