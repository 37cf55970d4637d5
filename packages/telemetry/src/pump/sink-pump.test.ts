import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ListeningSink } from '../__fixtures__/listening-sink.ts';
import { gapText, lineOf, numbered, plainRecord } from '../__fixtures__/records.ts';
import { TestSpool } from '../__fixtures__/test-spool.ts';
import { until } from '../__fixtures__/until.ts';
import { logFilter, sampledFilter } from './item-filter.ts';
import { SinkPump, type PumpOptions } from './sink-pump.ts';

const EVERYTHING = logFilter({ status: undefined, api: undefined, application: undefined, code: undefined, sample: 1 });
const BATCH = { records: 10, bytes: 1024 ** 2, waitMs: 20 };
const TIMINGS = { attemptMsMax: 5000, firstRetryMs: 1, retryMsMax: 5, retryAfterMsMax: 5 };

function setUp(options: Partial<PumpOptions> = {}, spool = new TestSpool()) {
  const sink = new ListeningSink();
  const logged: string[] = [];
  const begin = (more: Partial<PumpOptions> = {}): SinkPump => {
    const pump = new SinkPump({
      name: 'test',
      kind: 'test',
      sink,
      spoolDir: spool.dir,
      placePath: path.join(spool.stateDir, 'test.json'),
      filter: EVERYTHING,
      batch: BATCH,
      clock: systemClock,
      log: createLogger({ level: 'info', now: Date.now, write: (line) => logged.push(line) }),
      random: () => 0.5,
      timings: TIMINGS,
      ...options,
      ...more,
    });
    onTestFinished(async () => pump.stop(0));
    pump.start();
    return pump;
  };
  return { spool, sink, logged, begin };
}

const ids = (prefix: string, count: number): string[] => numbered(prefix, count).map(({ id }) => id);

describe('SinkPump', () => {
  it('tells a new receiver of what comes, and of nothing before', async () => {
    const { spool, sink, begin } = setUp();
    spool.write(...numbered('old', 3));
    begin();
    spool.write(...numbered('new', 2));
    spool.lines(gapText);
    await until(() => sink.ids.length === 3);
    expect(sink.ids).toEqual([...ids('new', 2), 'gap']);
  });

  it('begins where it had ended', async () => {
    const { spool, sink, begin } = setUp();
    const first = begin();
    spool.write(...numbered('a', 3));
    await until(() => sink.ids.length === 3);
    await first.stop(1000);
    spool.write(...numbered('b', 3));
    begin();
    await until(() => sink.ids.length === 6);
    expect(sink.ids).toEqual([...ids('a', 3), ...ids('b', 3)]);
  });

  it('counts from its first start on, also when it died before anything came', async () => {
    const { spool, sink, begin } = setUp();
    await begin().stop(0);
    spool.write(...numbered('a', 2));
    begin();
    await until(() => sink.ids.length === 2);
  });

  it('sends batches of at most so many, from one frame or several', async () => {
    const { spool, sink, begin } = setUp();
    begin();
    spool.write(...numbered('a', 25));
    spool.write(...numbered('b', 7));
    await until(() => sink.ids.length === 32);
    expect(sink.ids).toEqual([...ids('a', 25), ...ids('b', 7)]);
    expect(Math.max(...sink.batches.map(({ length }) => length))).toBe(10);
    expect(sink.batches.length).toBeLessThanOrEqual(6);
  });

  it('sends a batch when it is large enough', async () => {
    const bytes = 2 * lineOf(plainRecord).length;
    const { spool, sink, begin } = setUp({ batch: { records: 1000, bytes, waitMs: 20 } });
    begin();
    spool.write(...numbered('a', 9));
    await until(() => sink.ids.length === 9);
    expect(Math.max(...sink.batches.map(({ length }) => length))).toBeLessThanOrEqual(3);
  });

  it('does not keep a record for longer than it may wait, though more and more come', async () => {
    const { spool, sink, begin } = setUp({ batch: { records: 1_000_000, bytes: 1e9, waitMs: 30 } });
    begin();
    const writing = setInterval(() => spool.write(plainRecord), 1);
    onTestFinished(() => clearInterval(writing));
    await until(() => sink.batches.length > 2);
    clearInterval(writing);
  });

  it('sends again from the middle of a frame what was not taken when it ended', async () => {
    const { spool, sink, begin } = setUp();
    const first = begin();
    sink.answer = () => {
      if (sink.batches.length === 1) throw new Error('down');
      return undefined;
    };
    spool.write(...numbered('a', 25));
    await until(() => first.facts().failed > 1);
    await first.stop(0);
    expect(sink.ids).toEqual(ids('a', 10));
    sink.answer = () => undefined;
    begin();
    await until(() => sink.ids.length === 25);
    expect(sink.ids).toEqual(ids('a', 25));
  });

  it('sends twice and leaves out nothing where its place was not noted', async () => {
    const { spool, sink, begin } = setUp();
    const first = begin();
    const place = path.join(spool.stateDir, 'test.json');
    await until(() => existsSync(place));
    const before = readFileSync(place);
    spool.write(...numbered('a', 5));
    await until(() => sink.ids.length === 5);
    await first.stop(1000);
    writeFileSync(place, before);
    begin();
    await until(() => sink.ids.length === 10);
    expect(sink.ids).toEqual([...ids('a', 5), ...ids('a', 5)]);
  });

  it('sends on what is there when it is stopped', async () => {
    const { spool, sink, begin } = setUp({ batch: { ...BATCH, waitMs: 60_000 } });
    const pump = begin();
    spool.write(...numbered('a', 15));
    await pump.stop(5000);
    expect(sink.ids).toEqual(ids('a', 15));
    expect(sink.closed).toBe(1);
    expect(pump.facts()).toMatchObject({ sent: 15, lagBytes: 0 });
  });

  it('is stopped in time by no receiver', async () => {
    const { spool, sink, begin } = setUp();
    const pump = begin();
    sink.answer = () => new Promise(() => {});
    spool.write(...numbered('a', 15));
    await until(() => sink.offered === 1);
    const begunMs = performance.now();
    await pump.stop(50);
    expect(performance.now() - begunMs).toBeLessThan(2000);
  });

  it('reads no further ahead than one batch', async () => {
    const { spool, sink, begin } = setUp();
    const pump = begin();
    sink.answer = () => new Promise(() => {});
    for (let i = 0; i < 50; i++) spool.write(...numbered(`a${i}`, 10));
    await until(() => sink.offered === 1);
    expect(pump.facts().position.offset).toBeLessThan(lineOf(plainRecord).length * 20);
    expect(pump.facts().lagBytes).toBeGreaterThan(lineOf(plainRecord).length * 450);
  });

  it('passes over holes and what it cannot read, and counts them', async () => {
    const { spool, sink, logged, begin } = setUp();
    const first = begin();
    spool.write(plainRecord);
    await until(() => sink.ids.length === 1);
    await first.stop(1000);
    // As if the spool had been cut and written on: what had been read is not there any more.
    const segment = path.join(spool.dir, 'spool-0000000000000001.ghs');
    truncateSync(segment, 24);
    const second = begin();
    await until(() => second.facts().holes === 1);
    expect(logged.join('')).toContain(
      '"message":"records are missing for a receiver","receiver":"test","reason":"shrunk"',
    );
    expect(second.facts().unreadable).toBe(0);
  });

  it('counts lines that are no records', async () => {
    const { spool, sink, begin } = setUp();
    const pump = begin();
    spool.lines('{"id":7}', lineOf(plainRecord));
    await until(() => sink.ids.length === 1);
    expect(pump.facts()).toMatchObject({ unreadable: 1, sent: 1 });
  });

  it('notes its place behind records that are not for it', async () => {
    const { spool, sink, begin } = setUp({ filter: sampledFilter });
    const pump = begin();
    const { traceSampled: _sampled, ...unsampled } = plainRecord;
    spool.write(...Array.from({ length: 100 }, () => unsampled));
    await until(() => pump.facts().lagBytes === 0);
    await pump.stop(1000);
    const place: unknown = JSON.parse(readFileSync(path.join(spool.stateDir, 'test.json'), 'utf8'));
    expect(place).toMatchObject(pump.facts().position);
    expect(sink.offered).toBe(0);
  });

  it('goes on when its place cannot be noted, and says so', async () => {
    const { spool, sink, logged, begin } = setUp();
    mkdirSync(path.join(spool.stateDir, 'test.json.new'), { recursive: true });
    const pump = begin();
    spool.write(...numbered('a', 3));
    await until(() => sink.ids.length === 3);
    expect(pump.facts().lastError).toContain('EISDIR');
    expect(logged.join('')).toContain('EISDIR');
  });

  it('waits for a spool that is not there yet', async () => {
    const spool = new TestSpool();
    const elsewhere = path.join(spool.root, 'later');
    const { sink, begin } = setUp({ spoolDir: elsewhere }, spool);
    const pump = begin();
    expect(pump.facts()).toMatchObject({ position: { sequence: 0, offset: 0 }, lagBytes: 0, failed: 0 });
    await pump.stop(100);
    expect(sink.offered).toBe(0);
  });

  it('says what went wrong, and when it is over', async () => {
    const { spool, sink, logged, begin } = setUp();
    const pump = begin();
    sink.answer = () => {
      throw new Error('connection refused');
    };
    spool.write(plainRecord);
    await until(() => pump.facts().failed > 3);
    expect(pump.facts()).toMatchObject({ sent: 0, failing: true, lastError: 'connection refused' });
    sink.answer = () => undefined;
    await until(() => pump.facts().sent === 1);
    expect(pump.facts()).toMatchObject({ failing: false });
    expect(logged.filter((line) => line.includes('connection refused'))).toHaveLength(1);
    expect(logged.join('')).toContain('"message":"a receiver of records takes them again"');
  });

  it('is a new one after it was forgotten', async () => {
    const { spool, sink, begin } = setUp();
    const first = begin();
    await first.stop(0);
    await first.forget();
    spool.write(...numbered('between', 2));
    begin();
    spool.write(...numbered('after', 1));
    await until(() => sink.ids.length > 0);
    expect(sink.ids).toEqual(['after-0']);
  });

  it('keeps a slow receiver from nobody else', async () => {
    const slow = setUp();
    slow.sink.answer = () => new Promise(() => {});
    slow.begin();
    const quick = setUp({ placePath: path.join(slow.spool.stateDir, 'quick.json') }, slow.spool);
    quick.begin();
    slow.spool.write(...numbered('a', 30));
    await until(() => quick.sink.ids.length === 30);
    expect(slow.sink.ids).toEqual([]);
  });
});
