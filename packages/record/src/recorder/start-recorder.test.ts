import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { createLogger } from '@gatehouse/kernel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { linesOf, readAll } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { readSpool } from '../spool/read-spool.ts';
import { SpoolWriter } from '../spool/spool-writer.ts';
import { connectRecorder } from './connect-recorder.ts';
import type { RecorderLink } from './connect-recorder.ts';
import type { RecorderSettings } from './protocol.ts';
import { startRecorder } from './start-recorder.ts';
import type { RecorderHandle, RecorderOptions } from './start-recorder.ts';

interface House {
  readonly dir: string;
  readonly handle: RecorderHandle;
  /** Every recorder thread that was started. */
  readonly threads: readonly Worker[];
  readonly log: string[];
  /** A worker on this thread; it follows to a new recorder by itself. */
  readonly link: (worker: number) => RecorderLink;
  /** Resolves at the next port that a worker is given. */
  readonly moved: () => Promise<void>;
}

const THREAD = new URL('./recorder-thread.ts', import.meta.url);

function start(options: Partial<RecorderOptions> = {}): House {
  const dir = options.dir ?? temporaryFolder();
  const threads: Worker[] = [];
  const log: string[] = [];
  const links = new Map<number, RecorderLink>();
  let moved = Promise.withResolvers<void>();
  const handle = startRecorder({
    dir,
    now: () => Date.now(),
    logger: createLogger({ level: 'info', now: () => 0, write: (line) => void log.push(line) }),
    restartMs: 1,
    spawn: (settings: RecorderSettings) => {
      const thread = new Worker(THREAD, { workerData: settings });
      threads.push(thread);
      return thread;
    },
    onPort: (worker: number, port: MessagePort) => {
      links.get(worker)?.reconnect(port);
      moved.resolve();
      moved = Promise.withResolvers<void>();
    },
    ...options,
  });
  onTestFinished(async () => void (await handle.close()));
  const link = (worker: number): RecorderLink => {
    const made = connectRecorder(handle.port(worker), { worker, now: () => Date.now() });
    links.set(worker, made);
    return made;
  };
  return { dir, handle, threads, log, link, moved: () => moved.promise };
}

const kill = async (house: House): Promise<void> => void (await house.threads.at(-1)?.terminate());
const read = (dir: string): readonly string[] => linesOf(readAll(dir));

/** Follows the folder until it holds so many lines. */
async function written(dir: string, count: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const batch of readSpool(dir, undefined, { follow: true, pollMs: 20 })) {
    lines.push(...batch.lines);
    if (lines.length >= count) break;
  }
  return lines;
}

describe('startRecorder', () => {
  it('writes what a worker sends, and closes with all of it on the disk', async () => {
    const { dir, handle, link } = start();
    expect(await handle.ready).toEqual({ sequence: undefined, truncatedBytes: 0, damagedBytes: 0 });
    const { batcher } = link(0);
    for (let i = 0; i < 1000; i++) batcher.add(`{"i":${i}}\n`);
    batcher.tick();
    expect(await handle.close()).toMatchObject({ lines: 1000, lost: 0, refusedBatches: 0 });
    expect(read(dir)).toEqual(Array.from({ length: 1000 }, (_, i) => `{"i":${i}}`));
  });

  it('lets a reader follow while it runs', async () => {
    const { dir, link } = start();
    const { batcher } = link(0);
    batcher.add('{"i":0}\n');
    batcher.tick();
    expect(await written(dir, 1)).toEqual(['{"i":0}']);
  });

  it('takes workers from the first moment on, before its thread runs', async () => {
    const { dir, handle, link } = start();
    const links = [0, 1, 2].map(link);
    for (const [i, { batcher }] of links.entries()) {
      batcher.add(`{"i":${i}}\n`);
      batcher.tick();
    }
    await handle.close();
    expect(read(dir).toSorted()).toEqual(['{"i":0}', '{"i":1}', '{"i":2}']);
  });

  it('writes what a worker sent that is gone', async () => {
    const { dir, handle } = start();
    const port = handle.port(0);
    const script = new URL('../__fixtures__/worker-that-records.ts', import.meta.url);
    const worker = new Worker(script, { workerData: { port, count: 20_000 }, transferList: [port] });
    expect(await once(worker, 'exit')).toEqual([0]);
    await handle.close();
    expect(read(dir)).toHaveLength(20_000);
  });

  it('closes without ever having been used, and twice', async () => {
    const { handle } = start();
    const stats = await handle.close();
    expect(stats).toMatchObject({ frames: 0, lost: 0 });
    expect(await handle.close()).toEqual(stats);
  });

  it('goes on with the folder of the run before', async () => {
    const first = start();
    const link = first.link(0);
    link.batcher.add('{"i":0}\n');
    link.close();
    await first.handle.close();
    const second = start({ dir: first.dir });
    expect(await second.handle.ready).toMatchObject({ sequence: 1, truncatedBytes: 0 });
  });

  it('refuses a folder that another gatehouse writes to', async () => {
    const dir = temporaryFolder();
    const other = SpoolWriter.open(dir, { now: () => 0, owner: 'other' });
    onTestFinished(() => other.close());
    const { handle, threads, log } = start({ dir });
    await expect(handle.ready).rejects.toThrow('in use by another gatehouse');
    expect(await handle.close()).toBeUndefined();
    expect(threads).toHaveLength(1);
    expect(log.join('')).toContain('cannot open its folder');
  });

  it('refuses limits that make no sense', async () => {
    const { handle } = start({ spool: { segmentBytesMax: 1000, totalBytesMax: 1000 } });
    await expect(handle.ready).rejects.toThrow('two segments');
  });

  it('tells what it has done about once in syncMs', async () => {
    const { handle, link, dir, threads } = start({ syncMs: 5 });
    const { batcher } = link(0);
    batcher.add('{"i":0}\n');
    batcher.tick();
    await written(dir, 1);
    while (handle.stats()?.frames !== 1) await once(threads[0] ?? expect.fail('no thread'), 'message');
    expect(handle.stats()).toMatchObject({ frames: 1, lines: 1, batches: 1, waitingBytes: 0 });
  });

  it('holds segments back', async () => {
    const { handle, link, dir } = start({
      spool: { segmentBytesMax: 2000, totalBytesMax: 6000, protectedBytesMax: 1e6 },
    });
    handle.protect(1);
    const { batcher } = link(0);
    for (let i = 0; i < 300; i++) {
      batcher.add(`{"i":${i},"x":"${'x'.repeat(100)}"}\n`);
      batcher.tick();
    }
    expect(await handle.close()).toMatchObject({ deletedSegments: 0 });
    expect(read(dir)).toHaveLength(300);
  });

  it('ends a thread by force that does not end', async () => {
    const deaf = (): Worker => new Worker('setInterval(() => {}, 1000)', { eval: true });
    const { handle, log } = start({ spawn: deaf, closeTimeoutMs: 1 });
    expect(await handle.close()).toBeUndefined();
    expect(log.join('')).toContain('did not end in time');
  });
});

describe('startRecorder when its thread dies', () => {
  it('starts another one and loses nothing', async () => {
    const house = start();
    await house.handle.ready;
    const { batcher } = house.link(0);
    batcher.add('{"i":0}\n');
    batcher.tick();
    await written(house.dir, 1);
    const moved = house.moved();
    await kill(house);
    batcher.add('{"i":1}\n');
    batcher.tick();
    await moved;
    batcher.add('{"i":2}\n');
    batcher.tick();
    await house.handle.close();
    expect(read(house.dir)).toEqual(['{"i":0}', '{"i":1}', '{"i":2}']);
    expect(batcher.stats()).toMatchObject({ lost: 0 });
    expect(house.threads).toHaveLength(2);
    expect(house.log.join('')).toContain('recorder died and is replaced');
  });

  it('writes every record once, however often it dies', async () => {
    const house = start();
    await house.handle.ready;
    const links = [house.link(0), house.link(1)];
    let next = 0;
    for (let death = 0; death < 6; death++) {
      for (let i = 0; i < 200; i++) {
        for (const { batcher } of links) batcher.add(`{"i":${next++},"x":"${'x'.repeat(900)}"}\n`);
      }
      const moved = house.moved();
      await kill(house);
      await moved;
      await written(house.dir, 1);
      for (const { batcher } of links) batcher.tick();
      await settled(links);
    }
    await house.handle.close();
    const numbers = read(house.dir).map((line) => Number(/"i":(\d+)/.exec(line)?.[1]));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: next }, (_, i) => i));
    for (const { batcher } of links) expect(batcher.stats()).toMatchObject({ lost: 0, pendingBytes: 0 });
  });

  it('gives a port at once also while no thread runs', async () => {
    const house = start({ restartMs: 20 });
    await house.handle.ready;
    await kill(house);
    const { batcher } = house.link(5);
    batcher.add('{"i":0}\n');
    batcher.tick();
    expect(await written(house.dir, 1)).toEqual(['{"i":0}']);
  });

  it('does not give a new port to a worker that is gone', async () => {
    const given: number[] = [];
    const house = start({ onPort: (worker) => void given.push(worker) });
    await house.handle.ready;
    for (const worker of [0, 1, 2]) house.handle.port(worker);
    house.handle.release(1);
    await kill(house);
    while (house.threads.length < 2) await new Promise((resolve) => void setImmediate(resolve));
    expect(given).toEqual([0, 2]);
  });

  it('can be closed while no thread runs', async () => {
    const house = start({ restartMs: 600_000 });
    await house.handle.ready;
    await kill(house);
    await house.handle.close();
    expect(house.threads).toHaveLength(1);
  });

  it('keeps holding segments back', async () => {
    const house = start({ spool: { segmentBytesMax: 2000, totalBytesMax: 6000, protectedBytesMax: 1e6 } });
    await house.handle.ready;
    house.handle.protect(1);
    const { batcher } = house.link(0);
    const moved = house.moved();
    await kill(house);
    await moved;
    for (let i = 0; i < 200; i++) {
      batcher.add(`{"i":${i},"x":"${'x'.repeat(100)}"}\n`);
      batcher.tick();
    }
    expect(await house.handle.close()).toMatchObject({ deletedSegments: 0 });
    expect(read(house.dir)).toHaveLength(200);
  });
});

/** Resolves when the recorder has acknowledged all that these workers have sent. */
async function settled(links: readonly RecorderLink[]): Promise<void> {
  while (links.some(({ batcher }) => batcher.stats().pendingBytes > 0)) {
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

describe('what is recovered', () => {
  const lost = { lines: ['{"l":1}\n'], sinceMs: 0 };

  it('is in the file when it is answered, and not there twice', async () => {
    const { handle, dir } = start();
    expect(await Promise.all([handle.recover(lost), handle.recover(lost)])).toEqual([1, 0]);
    expect(read(dir)).toEqual(['{"l":1}']);
  });

  it('has no answer when the recorder dies or is closed, and one from the next', async () => {
    const house = start();
    await house.handle.ready;
    house.link(0);
    const [asked, moved] = [house.handle.recover({ lines: [], sinceMs: 0 }), house.moved()];
    await kill(house);
    expect([undefined, 0]).toContain(await asked);
    await moved;
    expect(await house.handle.recover(lost)).toBe(1);
    await house.handle.close();
    expect(await house.handle.recover(lost)).toBeUndefined();
  });
});
