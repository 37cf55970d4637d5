import http from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseClickHouseUrl } from './clickhouse-url.ts';
import { Refused } from './connection.ts';
import { HttpConnection } from './http-connection.ts';
import { Parameters } from './parameters.ts';

interface Heard {
  readonly query: URLSearchParams;
  readonly body: string;
  readonly authorization: string | undefined;
}

type Reply = (heard: Heard, reply: http.ServerResponse) => void;

const said =
  (status: number, body: string, code?: number): Reply =>
  (_heard, reply) => {
    reply.writeHead(status, code === undefined ? {} : { 'x-clickhouse-exception-code': `${code}` }).end(body);
  };

/** Replies one after the other; the last one to all that follow. */
async function served(...replies: readonly Reply[]) {
  const heard: Heard[] = [];
  const server = http.createServer((request, reply) => {
    const take = async (): Promise<void> => {
      const body = await text(request);
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const each = { query, body, authorization: request.headers.authorization };
      heard.push(each);
      (replies[heard.length - 1] ?? replies.at(-1))?.(each, reply);
    };
    void take();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const place = parseClickHouseUrl(`clickhouse://gate:s%3Acret@127.0.0.1:${port}/logs`);
  const connection = new HttpConnection({ place, statementMsMax: 300, questionMsMax: 200 });
  onTestFinished(async () => {
    await connection.close();
    server.closeAllConnections();
    server.close();
  });
  return { connection, heard, port };
}

const insert = { table: 'records', columns: ['"id"'], lines: '{"id":"a"}\n', token: 'gate 7' };

describe('HttpConnection', () => {
  it('inserts lines as they are, under a name, in one block', async () => {
    const { connection, heard } = await served(said(200, ''));
    await connection.insert(insert);
    expect(heard.map(({ body }) => body)).toEqual([insert.lines]);
    expect(Object.fromEntries(heard[0]?.query ?? [])).toMatchObject({
      query: 'INSERT INTO records ("id") FORMAT JSONEachRow',
      database: 'logs',
      insert_deduplication_token: 'gate 7',
      deduplicate_blocks_in_dependent_materialized_views: '1',
      async_insert: '0',
      input_format_parallel_parsing: '0',
    });
  });

  it('says who it is in a header, and in no URL', async () => {
    const { connection, heard } = await served(said(200, ''));
    await connection.run('SELECT 1');
    expect(heard[0]?.authorization).toBe(`Basic ${Buffer.from('gate:s:cret').toString('base64')}`);
    expect(heard[0]?.query.toString()).not.toContain('cret');
  });

  it('asks with parameters beside the statement, and reads rows', async () => {
    const { connection, heard } = await served(said(200, '{"a":1,"b":null}\n{"a":2,"b":"x"}\n'));
    const parameters = new Parameters();
    const sql = `SELECT ${parameters.add("it's\ta\\")} AS a`;
    expect(await connection.rows(sql, parameters)).toEqual([
      { a: 1, b: null },
      { a: 2, b: 'x' },
    ]);
    expect(heard[0]?.body).toContain('SELECT {p1:String} AS a');
    expect(heard[0]?.query.get('param_p1')).toBe(String.raw`it\'s\ta\\`);
  });

  it('makes a database that is not there, once', async () => {
    const { connection, heard } = await served(
      said(404, 'Code: 81. DB::Exception: Database logs does not exist. (UNKNOWN_DATABASE)', 81),
      said(200, ''),
    );
    await connection.run('CREATE TABLE x');
    expect(heard.map(({ query, body }) => [query.get('database'), body.trim()])).toEqual([
      ['logs', 'CREATE TABLE x'],
      [null, 'CREATE DATABASE IF NOT EXISTS logs'],
      ['logs', 'CREATE TABLE x'],
    ]);
  });

  it('tells what the server refuses, with its number', async () => {
    const { connection } = await served(
      said(403, 'Code: 497. DB::Exception: gate: Not enough privileges. (ACCESS_DENIED)', 497),
    );
    const refused = await connection.run('CREATE TABLE x').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    expect(refused).toMatchObject({ code: 497, message: expect.stringContaining('Not enough privileges') });
  });

  const failures: Readonly<Record<string, Reply>> = {
    'says nothing': () => undefined,
    'hangs up': (_heard, reply) => reply.destroy(),
    'stops in the middle': (_heard, reply) => {
      reply.writeHead(200, { 'content-length': '100' }).write('{"a":');
      setImmediate(() => reply.destroy());
    },
    'is a proxy without a server': said(502, '<html>Bad Gateway</html>'),
    'answers with what is no JSON': said(200, 'no json\n'),
  };
  for (const [name, reply] of Object.entries(failures)) {
    it(`fails, naming the server, when it ${name}`, async () => {
      const { connection, port } = await served(reply);
      await expect(connection.rows('SELECT 1')).rejects.toThrow(`ClickHouse at http://127.0.0.1:${port}: `);
      if (!name.startsWith('answers')) await expect(connection.insert(insert)).rejects.toThrow(/^ClickHouse at /);
    });
  }

  it('fails, saying why, when nobody is there', async () => {
    const place = parseClickHouseUrl('clickhouse://gate:secret@127.0.0.1:1');
    const connection = new HttpConnection({ place });
    await expect(connection.run('SELECT 1')).rejects.toThrow('ClickHouse at http://127.0.0.1:1: connect ECONNREFUSED');
    await connection.close();
  });

  it('writes what is asked to a file that nobody else may read', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-download-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'records.csv');
    const { connection } = await served(said(200, 'a,b\n1,2\n'));
    await connection.download('SELECT 1 FORMAT CSV', { parameters: new Parameters(), file });
    expect(readFileSync(file, 'utf8')).toBe('a,b\n1,2\n');
  });
});
