import { mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gapItem, itemOf, lineOf, numbered, plainRecord } from '../__fixtures__/records.ts';
import { temporaryFolder } from '../__fixtures__/test-spool.ts';
import { FileSink } from './file-sink.ts';
import { lineText } from './line-text.ts';

const LINE = lineOf({ ...plainRecord, id: 'call-0' }).length + 1;

function setUp(options: { bytesMax?: number; keep?: number } = {}) {
  const dir = temporaryFolder();
  const file = path.join(dir, 'access.log');
  const begin = (): FileSink => {
    const sink = new FileSink({ path: file, bytesMax: 1e6, keep: 2, ...options }, lineText(undefined));
    onTestFinished(async () => sink.close());
    return sink;
  };
  const ids = (name = 'access.log'): string[] =>
    [...readFileSync(path.join(dir, name), 'utf8').matchAll(/^\{"id":"([^"]+)".*\}$/gm)].map(([, id = '']) => id);
  return { dir, file, begin, ids };
}

const send = async (sink: FileSink, prefix: string, count = 1): Promise<undefined> =>
  sink.send(numbered(prefix, count).map(itemOf));

describe('FileSink', () => {
  it('appends lines, also to what is there already', async () => {
    const { file, begin } = setUp();
    const first = begin();
    await first.send([itemOf(plainRecord), gapItem]);
    await first.close();
    await begin().send([itemOf(plainRecord)]);
    expect(readFileSync(file, 'utf8')).toBe(
      [plainRecord, undefined, plainRecord]
        .map((one) => `${one === undefined ? gapItem.line : lineOf(one)}\n`)
        .join(''),
    );
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('begins a new file before one is too large, and keeps so many old ones', async () => {
    const { dir, begin, ids } = setUp({ bytesMax: 2 * LINE });
    const sink = begin();
    for (const prefix of ['a', 'b', 'c', 'd']) await send(sink, prefix, 2);
    expect(readdirSync(dir).toSorted()).toEqual(['access.log', 'access.log.1', 'access.log.2']);
    expect([ids(), ids('access.log.1'), ids('access.log.2')]).toEqual([
      ['d-0', 'd-1'],
      ['c-0', 'c-1'],
      ['b-0', 'b-1'],
    ]);
  });

  it('goes on with a file of an earlier process until it is full', async () => {
    const { begin, ids } = setUp({ bytesMax: 2 * LINE });
    await send(begin(), 'a');
    const next = begin();
    await send(next, 'b');
    await send(next, 'c');
    expect([ids(), ids('access.log.1')]).toEqual([['c-0'], ['a-0', 'b-0']]);
  });

  it('keeps none where none are to be kept', async () => {
    const { dir, begin, ids } = setUp({ bytesMax: LINE, keep: 0 });
    const sink = begin();
    await send(sink, 'a');
    await send(sink, 'b');
    expect(readdirSync(dir)).toEqual(['access.log']);
    expect(ids()).toEqual(['b-0']);
  });

  it('takes a batch that is larger than a file may be whole', async () => {
    const { begin, ids } = setUp({ bytesMax: LINE });
    await send(begin(), 'a', 5);
    expect(ids()).toHaveLength(5);
  });

  it('begins a new file where somebody has moved the old one away', async () => {
    const { dir, file, begin, ids } = setUp();
    const sink = begin();
    await send(sink, 'a');
    renameSync(file, path.join(dir, 'moved'));
    await send(sink, 'b');
    expect([ids('moved'), ids()]).toEqual([['a-0'], ['b-0']]);
  });

  it('fails where it cannot write, and goes on when it can', async () => {
    const { dir } = setUp();
    const file = path.join(dir, 'missing', 'access.log');
    const sink = new FileSink({ path: file, bytesMax: 1e6, keep: 1 }, lineText(undefined));
    await expect(send(sink, 'a')).rejects.toThrow('ENOENT');
    mkdirSync(path.dirname(file));
    await send(sink, 'a');
    expect(readFileSync(file, 'utf8')).toContain('"id":"a-0"');
    await sink.close();
  });

  it('fails on a full disk with nothing of the batch', async () => {
    // The kernel's own full disk takes no byte at all; where there is none, there is nothing to see.
    const sink = new FileSink({ path: '/dev/full', bytesMax: 1e6, keep: 1 }, lineText(undefined));
    onTestFinished(async () => sink.close());
    await expect(send(sink, 'a')).rejects.toThrow(/ENOSPC|EINVAL|ENOENT|EPERM|EACCES/);
  });
});
