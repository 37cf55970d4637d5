import dgram from 'node:dgram';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resolveName } from './resolve-name.ts';

const A = 1;
const AAAA = 28;

/** A name server that knows one answer for each type; none: it says nothing at all. */
async function nameServer(answers: ReadonlyMap<number, Buffer> | undefined, onAsked = (): void => {}): Promise<string> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, from) => {
    onAsked();
    if (answers === undefined) return;
    const type = query.readUInt16BE(questionEnd(query) - 4);
    socket.send(answerTo(query, answers.get(type)), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

/** Behind the labels of the name, its type and its class (RFC 1035 §4.1.2). */
function questionEnd(query: Buffer): number {
  let at = 12;
  while (query.readUInt8(at) !== 0) at += query.readUInt8(at) + 1;
  return at + 5;
}

function answerTo(query: Buffer, address: Buffer | undefined): Buffer {
  const end = questionEnd(query);
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(address === undefined ? 0 : 1, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  if (address === undefined) return head;
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  query.copy(record, 2, end - 4, end);
  record.writeUInt32BE(60, 6);
  record.writeUInt16BE(address.length, 10);
  return Buffer.concat([head, record, address]);
}

describe('resolveName', () => {
  const { signal } = new AbortController();

  it('finds the addresses of both versions, IPv4 first', async () => {
    const six = Buffer.from('26064700000000000000000000001111', 'hex');
    const both = await nameServer(
      new Map([
        [AAAA, six],
        [A, Buffer.from([8, 8, 4, 4])],
      ]),
    );
    expect(await resolveName('a.example', signal, [both])).toEqual(['8.8.4.4', '2606:4700::1111']);
    const one = await nameServer(new Map([[AAAA, six]]));
    expect(await resolveName('a.example', signal, [one])).toEqual(['2606:4700::1111']);
  });

  it.each(['a.example', '-', '..', 'a..b', 'x'.repeat(300)])(
    'finds nothing where there is nothing: %j',
    async (name) => {
      expect(await resolveName(name, signal, [await nameServer(new Map())])).toEqual([]);
    },
  );

  it('ends when nobody waits any more', async () => {
    const leaving = new AbortController();
    const server = await nameServer(undefined, () => leaving.abort());
    expect(await resolveName('a.example', leaving.signal, [server])).toEqual([]);
  });
});
