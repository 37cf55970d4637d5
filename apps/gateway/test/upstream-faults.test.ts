import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startGate, type Running } from './harness.ts';

/** What an upstream does to a request for `/fault/<n>`; to all others it answers properly, with their own path. */
interface Fault {
  readonly name: string;
  readonly act: (socket: net.Socket, path: string) => void;
  /** What the record may say of it; undefined: the reply is whole, whatever came behind it. */
  readonly codes: readonly (string | undefined)[];
  /** What comes later meets no other request: over HTTP/1.1 nobody could tell it from that one's answer. */
  readonly laterMs?: number;
}

const whole = (path: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${path.length}\r\n\r\n${path}`;
const BROKEN = ['upstream.broken'];
const LATE = ['upstream.timeout'];

const FAULTS: readonly Fault[] = [
  {
    name: 'cuts a body of a known length',
    act: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of it'),
    codes: BROKEN,
  },
  {
    name: 'cuts a chunked body between chunks',
    act: (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
    codes: BROKEN,
  },
  {
    name: 'cuts a chunked body inside a chunk',
    act: (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf'),
    codes: BROKEN,
  },
  {
    name: 'resets in the middle of a body',
    act: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      );
    },
    codes: BROKEN,
  },
  {
    name: 'resets a body that only its end would end',
    act: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nhalf', () => setTimeout(() => socket.resetAndDestroy(), 20));
    },
    codes: BROKEN,
  },
  { name: 'resets before it answers', act: (socket) => socket.resetAndDestroy(), codes: BROKEN },
  { name: 'closes before it answers', act: (socket) => socket.end(), codes: BROKEN },
  { name: 'closes inside a head', act: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le'), codes: BROKEN },
  { name: 'says nothing', act: () => {}, codes: LATE },
  {
    name: 'stalls in a head',
    act: (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-le'),
    codes: LATE,
  },
  {
    name: 'stalls in a body',
    act: (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
    codes: LATE,
  },
  { name: 'speaks something else', act: (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'), codes: BROKEN },
  {
    name: 'contradicts itself on the length',
    act: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\nhello'),
    codes: BROKEN,
  },
  {
    name: 'sends chunks that are none',
    act: (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello\r\n0\r\n\r\n'),
    codes: BROKEN,
  },
  {
    name: 'answers twice',
    act: (socket, path) => void socket.write(whole(path) + whole('somebody else')),
    codes: [undefined],
  },
  {
    name: 'answers twice, the second time later',
    act: (socket, path) => {
      socket.write(whole(path));
      setTimeout(() => socket.write(whole('somebody else')), 5);
    },
    codes: [undefined],
    laterMs: 50,
  },
  {
    name: 'says more than its length',
    act: (socket, path) => void socket.write(`${whole(path)}more`),
    codes: [undefined],
  },
  {
    name: 'repeats that it goes on',
    act: (socket) => void socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(200)),
    codes: BROKEN,
  },
];

/** What else the gate does with the call. */
const WAYS: Readonly<Record<string, string>> = {
  plainly: '',
  'through a cache': '{ cache: { ttl: 1m } }',
  'through a cache that has old replies for bad times': '{ cache: { ttl: 1s, staleIfError: 1h } }',
  compressed: '{ compress: { types: ["text/*"], minBytes: 0B } }',
  'with its body asked for': '{ idempotency: {} }, { json-limits: { anyType: true } }',
  'with its reply taken by others':
    '{ headers: { response: { set: { x-a: b } } } }, { transform: { response: { remove: [/a] } } }',
  'counted, shed and copied':
    '{ concurrency: { limit: 50, by: ip } }, { load-shed: {} }, { mirror: { upstream: faulty } }',
};

let upstream: net.Server;
beforeAll(async () => {
  upstream = net.createServer((socket) => {
    let pending = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      pending += bytes.toString('latin1');
      for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
        const path = /^\S+ (\S+)/.exec(pending)?.[1] ?? '';
        const length = Number(/content-length: (\d+)/i.exec(pending.slice(0, end))?.[1] ?? 0);
        if (path.startsWith('/early')) socket.write(whole(path));
        if (pending.length < end + 4 + length) return;
        pending = pending.slice(end + 4 + length);
        const fault = FAULTS[Number(/^\/fault\/(\d+)/.exec(path)?.[1] ?? -1)];
        if (fault !== undefined) fault.act(socket, path);
        else if (!path.startsWith('/early')) socket.write(whole(path));
      }
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterAll(() => upstream.close());

let gate: Running | undefined;
afterEach(async () => gate?.stop());

async function started(policies: string): Promise<Running> {
  const address = upstream.address();
  const port = typeof address === 'object' ? address?.port : 0;
  gate = await startGate(`
upstreams:
  faulty:
    targets: [ "http://127.0.0.1:${port}" ]
    timeouts: { firstByte: 300ms, idle: 300ms }
    retries: { attempts: 0 }
apis: { a: { access: open, upstream: faulty, policies: [ ${policies} ] } }
`);
  return gate;
}

/** The status and the whole body, or undefined where the reply never ended. */
async function asked(url: string, init?: RequestInit): Promise<{ status: number; body: string } | undefined> {
  try {
    const reply = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) });
    return { status: reply.status, body: await reply.text() };
  } catch {
    return undefined;
  }
}

describe.each(Object.entries(WAYS))('a call that the gate forwards %s', (_, policies) => {
  it('is never a success that was cut, never another call’s answer, and always one record', async () => {
    const { url, records } = await started(policies);
    for (const index of FAULTS.keys()) {
      const path = `/fault/${index}`;
      const seen = await asked(url + path);
      await sleep(FAULTS[index]?.laterMs ?? 0);
      // Either the whole of it, or an end that no caller takes for one.
      if (seen !== undefined && seen.status === 200)
        expect([FAULTS[index]?.name, seen.body]).toEqual([FAULTS[index]?.name, path]);
      else if (seen !== undefined) expect(seen.status).toBeGreaterThanOrEqual(500);
      for (const next of [`/next/${index}`, `/next-but-one/${index}`]) {
        expect(await asked(url + next)).toEqual({ status: 200, body: next });
      }
    }
    const all = await records();
    for (const [index, { name, codes }] of FAULTS.entries()) {
      const found = all.filter(({ path }) => path === `/fault/${index}`).map(({ code }) => code);
      expect([name, found.length]).toEqual([name, 1]);
      expect([name, codes.includes(found[0])]).toEqual([name, true]);
    }
  }, 60_000);

  it('that is answered before it was sent whole keeps its own answer', async () => {
    const { url, records } = await started(policies);
    for (let index = 0; index < 5; index++) {
      const path = `/early/${index}`;
      const seen = await asked(url + path, { method: 'POST', body: 'x'.repeat(500_000) });
      if (seen !== undefined && seen.status === 200) expect(seen.body).toBe(path);
      expect(await asked(`${url}/next/${index}`)).toEqual({ status: 200, body: `/next/${index}` });
    }
    expect((await records()).filter(({ path }) => path.startsWith('/early'))).toHaveLength(5);
  });
});
