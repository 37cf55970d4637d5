import { describe, expect, it, onTestFinished } from 'vitest';
import { frameOf, payloadOf, segmentOf, writeSegment } from '../__fixtures__/spool-files.ts';
import { leastRecord } from '../__fixtures__/sample-records.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { bodyLine } from '../bodies/body-line.ts';
import type { ExchangeRecord } from '../exchange-record.ts';
import { gapLine, recordLine } from '../record-line.ts';
import { encodeHeader } from '../spool/segment-format.ts';
import { SpoolWriter } from '../spool/spool-writer.ts';
import { bodiesOf } from './bodies-of.ts';
import { parseFilter } from './record-filter.ts';
import type { FilterOptions, RecordFilter } from './record-filter.ts';
import { tailRecords } from './tail-records.ts';
import type { TailItem, TailOptions } from './tail-records.ts';

const NOW = 1_000_000;

function filterOf(options: FilterOptions): RecordFilter {
  const result = parseFilter(options, NOW);
  return 'filter' in result ? result.filter : expect.fail(result.problem);
}

const record = (n: number, change: Partial<ExchangeRecord> = {}): string =>
  recordLine({ ...leastRecord, id: `r${n}`, time: n, durationMs: 0, ...change }).trimEnd();
const gap = (to: number): string => gapLine({ gap: true, lost: 5, from: 0, to, worker: 0 }).trimEnd();

/** Twelve records in six frames of three segments, every third of them refused; segment n begins at 100 n. */
function sample(): string {
  const dir = temporaryFolder();
  for (const sequence of [1, 2, 3]) {
    const frames = [0, 2].map((i) => {
      const n = sequence * 100 + i;
      return frameOf(
        record(n, { status: n % 3 === 0 ? 429 : 200 }),
        record(n + 1, { status: (n + 1) % 3 === 0 ? 429 : 200 }),
      );
    });
    writeSegment(dir, sequence, Buffer.concat([encodeHeader({ createdAt: sequence * 100 }), ...frames]));
  }
  return dir;
}

function name(item: TailItem): string {
  if (item.kind === 'record') return item.record.id;
  return item.kind === 'gap' ? `${item.gap.lost} lost` : item.corruption.reason;
}

async function tail(dir: string, options: TailOptions = {}): Promise<readonly string[]> {
  return (await Array.fromAsync(tailRecords(dir, options))).map(name);
}

const BODY = {
  body: true,
  time: 0,
  worker: 0,
  side: 'request',
  type: '',
  bytes: 0,
  cut: false,
  key: 'k',
  sealed: 'AAAA',
} as const;

const ALL = ['r100', 'r101', 'r102', 'r103', 'r200', 'r201', 'r202', 'r203', 'r300', 'r301', 'r302', 'r303'];

describe('tailRecords', () => {
  it('yields all records, oldest first', async () => {
    expect(await tail(sample())).toEqual(ALL);
  });

  it('yields nothing where there is nothing', async () => {
    expect(await tail(temporaryFolder())).toEqual([]);
    expect(await tail(temporaryFolder(), { last: 5 })).toEqual([]);
  });

  it('yields each line as it was written', async () => {
    const [first] = await Array.fromAsync(tailRecords(sample()));
    expect(first).toMatchObject({ kind: 'record', line: record(100) });
  });

  it('leaves bodies out, and counts them as none of the last', async () => {
    const dir = temporaryFolder();
    const body = (id: string): string => bodyLine({ ...BODY, id }).trimEnd();
    writeSegment(
      dir,
      1,
      segmentOf(frameOf(body('r1'), record(1), body('r2'), body('r2')), frameOf(record(2), body('r1'))),
    );
    expect(await tail(dir)).toEqual(['r1', 'r2']);
    expect(await tail(dir, { last: 2 })).toEqual(['r1', 'r2']);
    expect(await tail(dir, { filter: filterOf({ id: 'r1' }) })).toEqual(['r1']);
    expect((await bodiesOf(dir, 'r1')).map(({ id }) => id)).toEqual(['r1', 'r1']);
    expect(await bodiesOf(dir, 'r3')).toEqual([]);
  });

  it('yields what passes the filter', async () => {
    expect(await tail(sample(), { filter: filterOf({ status: '429' }) })).toEqual(['r102', 'r201', 'r300', 'r303']);
    expect(await tail(sample(), { filter: filterOf({ id: 'r202' }) })).toEqual(['r202']);
    expect(await tail(sample(), { filter: filterOf({ api: 'none' }) })).toEqual([]);
  });

  it('yields no more than the limit', async () => {
    expect(await tail(sample(), { filter: filterOf({ limit: 3 }) })).toEqual(ALL.slice(0, 3));
    expect(await tail(sample(), { filter: filterOf({ limit: 3 }), last: 5 })).toEqual(['r203', 'r300', 'r301']);
  });

  it('yields what there was since a time', async () => {
    const since = (ms: number): FilterOptions => ({ since: `${NOW - ms}ms` });
    expect(await tail(sample(), { filter: filterOf(since(302)) })).toEqual(['r302', 'r303']);
    expect(await tail(sample(), { filter: filterOf(since(203)) })).toEqual(ALL.slice(7));
    expect(await tail(sample(), { filter: filterOf(since(203)), last: 100 })).toEqual(ALL.slice(7));
    expect(await tail(sample(), { filter: filterOf(since(0)) })).toEqual(ALL);
  });

  it('skips lines that it does not know', async () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(frameOf(record(1), '{"later":true}', 'no json', record(2))));
    expect(await tail(dir)).toEqual(['r1', 'r2']);
  });
});

describe('the last records', () => {
  it('are yielded oldest first, from as many segments as it takes', async () => {
    for (let last = 1; last <= 14; last++) expect(await tail(sample(), { last })).toEqual(ALL.slice(-last));
  });

  it('are counted after the filter', async () => {
    const filter = filterOf({ status: '429' });
    expect(await tail(sample(), { filter, last: 3 })).toEqual(['r201', 'r300', 'r303']);
    expect(await tail(sample(), { filter, last: 9 })).toEqual(['r102', 'r201', 'r300', 'r303']);
  });

  it('may be none', async () => expect(await tail(sample(), { last: 0 })).toEqual([]));

  it('are found through many batches', async () => {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(...Array.from({ length: 500 }, (_, i) => frameOf(record(i)))));
    expect(await tail(dir, { filter: filterOf({ id: 'r3' }), last: 1 })).toEqual(['r3']);
  });
});

describe('holes', () => {
  function holed(): string {
    const dir = temporaryFolder();
    writeSegment(dir, 1, segmentOf(frameOf(record(1), gap(50)), Buffer.from('damage'), frameOf(record(2))));
    return dir;
  }

  it('are told in their place', async () => {
    expect(await tail(holed())).toEqual(['r1', '5 lost', 'damaged', 'r2']);
    expect(await tail(holed(), { last: 2 })).toEqual(['r1', '5 lost', 'damaged', 'r2']);
  });

  it('are told whatever is looked for', async () => {
    expect(await tail(holed(), { filter: filterOf({ id: 'r2' }) })).toEqual(['5 lost', 'damaged', 'r2']);
  });

  it('are not told when they are older than what is looked for', async () => {
    const since = (ms: number): RecordFilter => filterOf({ since: `${NOW - ms}ms` });
    expect(await tail(holed(), { filter: since(50) })).toContain('5 lost');
    expect(await tail(holed(), { filter: since(51) })).not.toContain('5 lost');
  });

  it('do not count as records', async () => {
    expect(await tail(holed(), { filter: filterOf({ limit: 2 }) })).toEqual(['r1', '5 lost', 'damaged', 'r2']);
  });
});

describe('tailRecords following', () => {
  function follow(dir: string, options: TailOptions, until: number): Promise<readonly string[]> {
    const stop = new AbortController();
    const names: string[] = [];
    return (async () => {
      for await (const item of tailRecords(dir, { follow: true, signal: stop.signal, pollMs: 20, ...options })) {
        names.push(name(item));
        if (names.length === until) stop.abort();
      }
      return names;
    })();
  }

  function writerOn(dir: string): SpoolWriter {
    const writer = SpoolWriter.open(dir, { now: () => 0, owner: 'test' });
    onTestFinished(() => writer.close());
    return writer;
  }

  const put = (writer: SpoolWriter, ...lines: readonly string[]): boolean =>
    writer.append(payloadOf(...lines), lines.length);
  const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

  it('yields the last ones, then the new ones, and ends when its signal aborts', async () => {
    const dir = sample();
    const names = follow(dir, { last: 2 }, 4);
    await turn();
    put(writerOn(dir), record(900), record(901));
    expect(await names).toEqual(['r302', 'r303', 'r900', 'r901']);
  });

  it('may begin with none', async () => {
    const dir = sample();
    const names = follow(dir, { last: 0 }, 1);
    await turn();
    put(writerOn(dir), record(900));
    expect(await names).toEqual(['r900']);
  });

  it('begins before there is anything', async () => {
    const dir = temporaryFolder();
    const names = follow(dir, { last: 10 }, 1);
    await turn();
    put(writerOn(dir), record(1));
    expect(await names).toEqual(['r1']);
  });

  it('yields of the new ones what passes', async () => {
    const dir = sample();
    const names = follow(dir, { last: 1, filter: filterOf({ status: '429' }) }, 2);
    await turn();
    put(writerOn(dir), record(900), record(901, { status: 429 }));
    expect(await names).toEqual(['r303', 'r901']);
  });

  it('ends at the limit', async () => {
    const dir = sample();
    const names = follow(dir, { last: 1, filter: filterOf({ limit: 2 }) }, 99);
    await turn();
    put(writerOn(dir), record(900), record(901));
    expect(await names).toEqual(['r303', 'r900']);
  });
});
