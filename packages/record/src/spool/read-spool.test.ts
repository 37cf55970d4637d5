import { mkdirSync, rmSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { frameOf, payloadOf, segmentOf, writeSegment } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { readSpool } from './read-spool.ts';
import type { ReadOptions } from './read-spool.ts';
import { segmentPath } from './segments.ts';
import type { Position } from './spool-cursor.ts';
import { SpoolWriter } from './spool-writer.ts';

const [a, b] = [frameOf('{"a":1}'), frameOf('{"b":1}', '{"b":2}')];

function writerOn(dir: string): SpoolWriter {
  const writer = SpoolWriter.open(dir, {
    now: () => 0,
    owner: 'test',
    segmentBytesMax: 2000,
    totalBytesMax: 1_000_000,
  });
  onTestFinished(() => writer.close());
  return writer;
}

/** Follows until it has seen so many lines. */
async function collect(dir: string, count: number, options: ReadOptions & { readonly from?: Position } = {}) {
  const lines: string[] = [];
  for await (const batch of readSpool(dir, options.from, { follow: true, pollMs: 20, ...options })) {
    lines.push(...batch.lines);
    if (lines.length >= count) break;
  }
  return lines;
}

const numbered = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, i) => `{"i":${from + i}}`);

/** Gives everything that waits for the file system, a timer or a message its turn. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('readSpool', () => {
  it('ends at the end when it does not follow', async () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a, b));
    const batches = await Array.fromAsync(readSpool(dir));
    expect(batches.flatMap(({ lines }) => lines)).toEqual(['{"a":1}', '{"b":1}', '{"b":2}']);
  });

  it('ends at once when there is no folder', async () => {
    expect(await Array.fromAsync(readSpool(temporaryFolder()))).toEqual([]);
  });

  it('goes on from a position that an earlier reader kept', async () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a, b));
    const [first] = await Array.fromAsync(readSpool(dir));
    const rest = await Array.fromAsync(readSpool(dir, first?.next));
    expect(rest.flatMap(({ lines }) => lines)).toEqual(['{"b":1}', '{"b":2}']);
  });

  it('ends when its signal aborts before it begins', async () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a));
    expect(await Array.fromAsync(readSpool(dir, undefined, { signal: AbortSignal.abort() }))).toEqual([]);
  });
});

describe('readSpool following', () => {
  it('yields what is there and then what comes', async () => {
    const dir = temporaryFolder();
    const writer = writerOn(dir);
    writer.append(payloadOf('{"i":0}'), 1);
    const all = collect(dir, 3);
    await turn();
    writer.append(payloadOf('{"i":1}', '{"i":2}'), 2);
    expect(await all).toEqual(numbered(3));
  });

  it('waits for a folder that is yet to be made', async () => {
    const dir = temporaryFolder();
    const all = collect(dir, 1);
    await turn();
    mkdirSync(dir);
    await turn();
    writerOn(dir).append(payloadOf('{"i":0}'), 1);
    expect(await all).toEqual(['{"i":0}']);
  });

  it('ends without an error when its signal aborts while it waits', async () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(a));
    const stop = new AbortController();
    const lines: string[] = [];
    const ended = (async () => {
      for await (const batch of readSpool(dir, undefined, { follow: true, signal: stop.signal, pollMs: 600_000 })) {
        lines.push(...batch.lines);
        setImmediate(() => stop.abort());
      }
    })();
    await ended;
    expect(lines).toEqual(['{"a":1}']);
  });

  it('is woken by the system and need not wait for the next look', async () => {
    const dir = temporaryFolder();
    const writer = writerOn(dir);
    const all = collect(dir, 1, { pollMs: 600_000 });
    await turn();
    writer.append(payloadOf('{"i":0}'), 1);
    expect(await all).toEqual(['{"i":0}']);
  });

  it('reads on through rotation and deletion', async () => {
    const dir = temporaryFolder();
    const writer = SpoolWriter.open(dir, { now: () => 0, owner: 'test', segmentBytesMax: 500, totalBytesMax: 5000 });
    onTestFinished(() => writer.close());
    const all = collect(dir, 2000);
    for (const line of numbered(2000)) {
      writer.append(payloadOf(line), 1);
      await turn();
      await turn();
    }
    expect(await all).toEqual(numbered(2000));
    expect(writer.stats().deletedSegments).toBeGreaterThan(20);
  });

  it('goes on when the file that it reads is deleted', async () => {
    const dir = temporaryFolder();
    const writer = writerOn(dir);
    writer.append(payloadOf('{"i":0}'), 1);
    const all = collect(dir, 2);
    await turn();
    rmSync(segmentPath(dir, 1));
    writer.maintain();
    writer.append(payloadOf('{"i":1}'), 1);
    expect(await all).toEqual(numbered(2));
  });

  it('gives two readers the same while it is being written', async () => {
    const dir = temporaryFolder();
    const writer = writerOn(dir);
    const early = collect(dir, 3000);
    for (const line of numbered(1500)) writer.append(payloadOf(line), 1);
    await turn();
    const late = collect(dir, 3000);
    for (let i = 1500; i < 3000; i += 3) {
      writer.append(payloadOf(...numbered(3, i)), 3);
      if (i % 10 === 0) await turn();
    }
    expect(await early).toEqual(numbered(3000));
    expect(await late).toEqual(numbered(3000));
  });

  it('lets others have the thread during a long reading', async () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(...Array.from({ length: 100 }, () => frameOf(`{"x":"${'x'.repeat(50_000)}"}`))));
    let turns = 0;
    let done = false;
    const others = (): void => {
      turns++;
      if (!done) setImmediate(others);
    };
    others();
    const batches = await Array.fromAsync(readSpool(dir));
    done = true;
    expect(batches).toHaveLength(100);
    expect(turns).toBeGreaterThan(10);
  });
});
