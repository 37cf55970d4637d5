import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  ClickHouseStore,
  HttpConnection,
  linesOf,
  parseClickHouseUrl,
  sampleCalls,
  type Connection,
  KEEP_ALL,
} from '@gatehouse/analytics/testing';
import { Shipper } from '@gatehouse/analytics/store';
import { createLogger, type Clock } from '@gatehouse/kernel';
import { gapLine } from '@gatehouse/record';
import { SpoolWriter } from '@gatehouse/record/spool';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { hasEngine, startEngine, type Engine } from './engine.ts';
import { failing, type Fault } from './failing-connection.ts';

/** Has chdb; see `prepare.sh`. */
const PYTHON = process.env['GATEHOUSE_CHDB'] ?? 'python3';
const DAY_MS = 86_400_000;
const FROM_MS = Date.parse('2026-11-24T23:59:59.500Z');
/** Over midnight: each insert of records has two parts in every table. */
const SPAN = { fromMs: FROM_MS, toMs: FROM_MS + 1000 };
const ALL = { fromMs: FROM_MS - DAY_MS, toMs: FROM_MS + 2 * DAY_MS };
const FAULTS: readonly Fault[] = ['before', 'after', 'late'];

describe.skipIf(!hasEngine(PYTHON))('ClickHouseStore over a connection that fails', () => {
  let engine: Engine;
  let databases = 0;
  beforeAll(async () => {
    engine = await startEngine(PYTHON);
  });
  afterAll(async () => engine.stop());

  function connect(): Connection {
    const place = parseClickHouseUrl(`clickhouse://127.0.0.1:${engine.port}/faults_${++databases}`);
    const connection = new HttpConnection({ place });
    onTestFinished(async () => connection.close());
    return connection;
  }

  const storeOver = (connection: Connection, clock: Clock = still): ClickHouseStore =>
    new ClickHouseStore({ connection, keep: KEEP_ALL, clock });

  function house() {
    const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-faults-'));
    const writer = SpoolWriter.open(folder, { now: () => FROM_MS, owner: 'test' });
    onTestFinished(() => {
      writer.close();
      rmSync(folder, { recursive: true });
    });
    let seed = 0;
    const write = (count: number): void => {
      const lines = Buffer.from(linesOf(sampleCalls({ count, ...SPAN, seed: ++seed })));
      writer.append(lines, count);
      writer.append(Buffer.from(gapLine({ gap: true, lost: 1, from: FROM_MS, to: FROM_MS, worker: 0 })), 1);
    };
    const ship = async (store: ClickHouseStore): Promise<boolean> => {
      const log = createLogger({ level: 'error', write: () => undefined, now: () => 0 });
      const base = { spool: folder, node: 'gate', store, clock: still, log, onShipped: () => undefined };
      try {
        await new Shipper(base).drain();
        return true;
      } catch {
        return false;
      }
    };
    return { write, ship };
  }

  /** What there is of records, of their sums on each level, and of gaps. */
  async function counts(connection: Connection): Promise<readonly number[]> {
    const found = await connection.rows(
      `SELECT (SELECT count(*) FROM records) AS a, (SELECT count(DISTINCT id) FROM records) AS b, (SELECT sum(calls) FROM traffic_minutes) AS c, (SELECT sum(calls) FROM traffic_hours) AS d, (SELECT sum(calls) FROM traffic_days) AS e, (SELECT sum(calls) FROM traffic_days_spread WHERE timing = 'duration') AS f, (SELECT sum(lost) FROM gaps) AS g`,
    );
    return ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => Number(found[0]?.[name]));
  }

  const once = (records: number, gaps: number): readonly number[] => [
    ...Array.from({ length: 6 }, () => records),
    gaps,
  ];

  // Inserts of a batch: how far it goes, gaps, records, that it has come to its end.
  for (const [place, name] of ['the begin', 'the gaps', 'the records', 'the end'].entries()) {
    for (const fault of FAULTS) {
      it(`keeps each record once when ${name} of a batch fails (${fault ?? ''}), and the spool has grown since`, async () => {
        const [connection, { write, ship }] = [connect(), house()];
        write(50);
        const over = failing(connection, [...Array.from({ length: place }, () => undefined), fault]);
        expect(await ship(storeOver(over))).toBe(false);
        write(30);
        // Another process, as after the end of the first.
        expect(await ship(storeOver(over))).toBe(true);
        expect(await counts(connection)).toEqual(once(80, 2));
      });
    }
  }

  it('keeps each record once over batches that fail as chance has it', async () => {
    const [connection, { write, ship }] = [connect(), house()];
    let random = 7;
    const chance = (): number => (random = (random * 48_271) % 2_147_483_647) / 2_147_483_647;
    const faults: Fault[] = Array.from({ length: 80 }, () =>
      chance() < 0.4 ? FAULTS[Math.floor(chance() * FAULTS.length)] : undefined,
    );
    const store = storeOver(failing(connection, faults));
    let written = 0;
    while (faults.length > 0) {
      write(7);
      written++;
      await ship(store);
    }
    expect(await ship(store)).toBe(true);
    expect(await counts(connection)).toEqual(once(written * 7, written));
  });

  it('fills roll-ups that failed when the records had been kept', async () => {
    const [connection, { write, ship }] = [connect(), house()];
    await storeOver(connection).facts();
    write(40);
    await connection.run('ALTER TABLE traffic_days ADD CONSTRAINT none CHECK calls < 0');
    expect(await ship(storeOver(connection))).toBe(false);
    await connection.run('ALTER TABLE traffic_days DROP CONSTRAINT none');
    expect(await ship(storeOver(connection))).toBe(true);
    expect(await counts(connection)).toEqual(once(40, 1));
  });

  it('keeps each record once when the server has forgotten the first try', async () => {
    const [connection, { write, ship }] = [connect(), house()];
    await storeOver(connection).facts();
    write(40);
    expect(await ship(storeOver(failing(connection, [undefined, undefined, 'after'])))).toBe(false);
    // The server remembers tokens of partitions that are there: begin anew, with what it has forgotten.
    await connection.run('CREATE TABLE again AS records');
    await connection.run('INSERT INTO again SELECT * FROM records');
    await connection.run('EXCHANGE TABLES again AND records');
    const later = { ...still, now: () => FROM_MS + DAY_MS };
    expect(await ship(storeOver(connection, later))).toBe(true);
    expect(await counts(connection)).toEqual(once(40, 1));
  });

  it('keeps spools of many gates apart', async () => {
    const connection = connect();
    const houses = Array.from({ length: 3 }, (_, index) => ({ node: `gate-${index}`, seed: index + 1 }));
    await Promise.all(
      houses.map(async ({ node, seed }) => {
        const lines = linesOf(sampleCalls({ count: 20, ...SPAN, seed }));
        await storeOver(connection).append({ node, lines, next: { sequence: 1, offset: 9 }, holes: [] });
      }),
    );
    const { rows } = await storeOver(connection).aggregate({
      period: ALL,
      where: [],
      metrics: ['calls'],
      by: ['node'],
    });
    expect(rows.map(({ key, values }) => [key.node, values.calls])).toEqual(houses.map(({ node }) => [node, 20]));
  });

  it('forgets days that are too old, and what is too much', async () => {
    const connection = connect();
    const store = new ClickHouseStore({
      connection,
      keep: { ...KEEP_ALL, recordsMs: 2 * DAY_MS },
      clock: still,
    });
    const days = [0, 1, 2, 3, 4].flatMap((day) =>
      sampleCalls({ count: 10, fromMs: FROM_MS - day * DAY_MS - 1000, toMs: FROM_MS - day * DAY_MS, seed: day + 1 }),
    );
    await store.append({ node: 'gate', lines: linesOf(days), next: { sequence: 1, offset: 1 }, holes: [] });
    await store.maintain(FROM_MS);
    const facts = await store.facts();
    expect([facts.records, facts.kind]).toEqual([30, 'clickhouse']);
    expect((await store.aggregate({ period: { fromMs: 0, toMs: ALL.toMs }, where: [], metrics: ['calls'], by: [] })).rows[0]?.values).toEqual({ calls: 50 }); // prettier-ignore
    await new ClickHouseStore({ connection, keep: { ...KEEP_ALL, bytesMax: 1 }, clock: still }).maintain(FROM_MS);
    expect((await store.facts()).records).toBe(10);
  });

  it('is not stopped by whatever stands in a line', async () => {
    const connection = connect();
    const store = storeOver(connection);
    const [sample] = sampleCalls({ count: 1, ...SPAN });
    const good = JSON.stringify(sample);
    const said = (more: string): string => `${good.slice(0, -1)},${more}}`;
    const strange = [
      said('"id":"twice"'),
      said('"node":"another","batch":7,"unknown":{"deep":[1,{"a":null}]}'),
      said('"path":"\\ud800 half"'),
      said('"path":"\\u0000"'),
      said('"status":2.0e2'),
      said('"bytesIn":1.0'),
      said('"durationMs":1e-400'),
      said('"aiModel":"\\u2028\\"\\\\"'),
    ];
    const poor = [said('"status":70000'), said('"time":-5'), said('"time":1.5'), said('"durationMs":1e999'), said('"worker":"x"'), '{}', 'null', '[]', '']; // prettier-ignore
    for (const [index, line] of [...strange, ...poor].entries()) {
      const lines = Buffer.from(`${good}\n${line}\n`, 'latin1');
      const kept = await store.append({ node: 'gate', lines, next: { sequence: 1, offset: index + 1 }, holes: [] });
      const isGood = index < strange.length;
      expect([line, kept.records, kept.unreadable]).toEqual([line, isGood ? 2 : 1, isGood ? 0 : 1]);
    }
    expect((await store.facts()).records).toBe(strange.length * 2 + poor.length);
  });
});

const still: Clock = { now: () => FROM_MS, monotonic: () => 0 };
