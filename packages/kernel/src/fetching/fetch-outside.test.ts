import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchOutside } from './fetch-outside.ts';
import { FetchRules, type Resolve } from './fetch-rules.ts';

const PEM = readFileSync(path.join(import.meta.dirname, '../../../http/test/__fixtures__/self-signed.pem'), 'utf8');
const BYTES = Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1');
const PNG = { 'content-type': 'image/png' };

async function listening(server: net.Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    if (server instanceof http.Server) server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

async function plain(handle: http.RequestListener): Promise<number> {
  return listening(http.createServer(handle));
}

const image: http.RequestListener = (_request, response) => response.writeHead(200, PNG).end(BYTES);

interface Options {
  readonly ports: readonly number[];
  readonly resolve?: Resolve;
  readonly bytesLeft?: number;
  readonly signal?: AbortSignal;
  readonly addresses?: readonly string[];
}

/** By either scheme at these ports, where every name leads to this machine, which it may reach. */
async function fetched(url: string, options: Options): Promise<string | Buffer> {
  const { ports, bytesLeft = 1000, addresses = ['127.0.0.1'] } = options;
  const { resolve = async () => ['127.0.0.1'], signal = new AbortController().signal } = options;
  const hosts = ports.flatMap((port) => (['https', 'http'] as const).map((scheme) => ({ scheme, host: '*', port })));
  const rules = new FetchRules({ hosts, addresses }, resolve);
  const found = await fetchOutside(url, {
    rules,
    allowance: { bytesLeft },
    signal,
    ca: PEM,
    userAgent: 'gatehouse-test',
  });
  return 'problem' in found ? found.problem : found.bytes;
}

describe('what is fetched', () => {
  it('comes whole, with what the server calls it, for a request that says nothing of anybody', async () => {
    const heads: http.IncomingHttpHeaders[] = [];
    const port = await plain((request, response) => {
      heads.push(request.headers);
      image(request, response);
    });
    expect(await fetched(`http://a.example:${port}/b?c=d`, { ports: [port] })).toEqual(BYTES);
    expect(heads).toEqual([
      {
        host: `a.example:${port}`,
        accept: '*/*',
        'accept-encoding': 'identity',
        'user-agent': 'gatehouse-test',
        connection: 'close',
      },
    ]);
  });

  it('comes over TLS by the name that was written, whose certificate must be right', async () => {
    const names: unknown[] = [];
    const server = https.createServer({ key: PEM, cert: PEM }, image);
    server.on('secureConnection', ({ servername }) => names.push(servername));
    const port = await listening(server);
    expect(await fetched(`https://localhost:${port}/`, { ports: [port] })).toEqual(BYTES);
    expect(await fetched(`https://a.example:${port}/`, { ports: [port] })).toBe('cannot be reached');
    expect(names).toContain('localhost');
  });

  it('comes from the address that was looked up once, whatever the name leads to a moment later', async () => {
    const seen: (string | undefined)[] = [];
    const port = await plain((request, response) => {
      seen.push(request.socket.localAddress);
      image(request, response);
    });
    const answers = [['127.0.0.1'], ['169.254.169.254'], ['169.254.169.254']];
    const asked: string[] = [];
    const resolve: Resolve = async (name) => {
      asked.push(name);
      return answers[asked.length - 1] ?? [];
    };
    expect(await fetched(`http://a.example:${port}/`, { ports: [port], resolve })).toEqual(BYTES);
    expect([asked, seen]).toEqual([['a.example'], ['127.0.0.1']]);
  });

  it('is never looked for inside', async () => {
    const seen: string[] = [];
    const port = await plain((request, response) => {
      seen.push(request.url ?? '');
      image(request, response);
    });
    const options = { ports: [port], addresses: [] };
    for (const host of ['a.example', 'localhost', '127.0.0.1']) {
      expect(await fetched(`http://${host}:${port}/`, options)).toBe('is not on the public internet');
    }
    expect(seen).toEqual([]);
  });
});

describe('a redirect', () => {
  const to =
    (location: (port: number) => string): http.RequestListener =>
    (request, response) => {
      const left = Number(request.url?.slice(1));
      const { localPort = 0 } = request.socket;
      if (left === 0) image(request, response);
      else response.writeHead(302, { location: location(localPort).replace('LEFT', String(left - 1)) }).end();
    };

  it.each([
    ['relative', '/3', () => '/LEFT'],
    ['to another host', '/1', (port: number) => `http://b.example:${port}/LEFT`],
    ['without a scheme', '/1', (port: number) => `//b.example:${port}/LEFT`],
  ])('is followed when it is %s', async (_name, start, location) => {
    const port = await plain(to(location));
    expect(await fetched(`http://a.example:${port}${start}`, { ports: [port] })).toEqual(BYTES);
  });

  const inside: Resolve = async (name) => (name === 'inside.example' ? ['127.0.0.2'] : ['127.0.0.1']);
  const closed = 'redirects to what is not among the hosts to fetch from';
  it.each([
    ['often', '/4', () => '/LEFT', 'redirects too often'],
    ['round and round', '/1', () => '/1', 'redirects too often'],
    [
      'inside',
      '/1',
      (port: number) => `http://inside.example:${port}/`,
      'redirects to what is not on the public internet',
    ],
    [
      'to an address inside',
      '/1',
      (port: number) => `http://10.0.0.1:${port}/`,
      'redirects to what is not on the public internet',
    ],
    [
      'to an odd address',
      '/1',
      (port: number) => `http://2130706433:${port}/`,
      'redirects to what has an address that is written oddly',
    ],
    ['to another port', '/1', () => 'http://a.example:22/', closed],
    ['to a file', '/1', () => 'file:///etc/passwd', closed],
    [
      'to a host with a password',
      '/1',
      (port: number) => `http://u:p@a.example:${port}/`,
      'redirects to what has an address with a user name',
    ],
    ['to nowhere', '/1', () => '', 'redirects too often'],
    ['to no URL', '/1', () => 'http://', 'redirects to what has an address that is no URL'],
  ])('is not followed when it leads %s', async (_name, start, location, problem) => {
    const port = await plain(to(location));
    expect(await fetched(`http://a.example:${port}${start}`, { ports: [port], resolve: inside })).toBe(problem);
  });

  it('needs a place to lead to', async () => {
    const port = await plain((_request, response) => response.writeHead(301).end());
    expect(await fetched(`http://a.example:${port}/`, { ports: [port] })).toBe('redirects to nowhere');
  });
});

describe('a server that', () => {
  const cases: readonly (readonly [what: string, handle: http.RequestListener, problem: string])[] = [
    ['has nothing', (_, response) => response.writeHead(404, PNG).end(BYTES), 'answers with 404'],
    ['has a part', (_, response) => response.writeHead(206, PNG).end(BYTES), 'answers with 206'],
    [
      'packs a bomb',
      (_, response) => response.writeHead(200, { ...PNG, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1e6))),
      'is compressed',
    ],
    [
      'says that it is too large',
      (_, response) => response.writeHead(200, { 'content-length': 1001 }).flushHeaders(),
      'is too large',
    ],
    [
      'does not say that it is too large',
      (_, response) => response.writeHead(200, PNG).end(Buffer.alloc(1001)),
      'is too large',
    ],
    [
      'sends less than it says',
      (_, response) => void response.writeHead(200, { 'content-length': 100 }).write(BYTES, () => response.destroy()),
      'breaks off',
    ],
    [
      'breaks off in a chunk',
      (_, response) => void response.writeHead(200, PNG).write(BYTES, () => response.destroy()),
      'breaks off',
    ],
    ['closes at once', (request) => request.socket.destroy(), 'cannot be reached'],
    [
      'has a head without end',
      (_, response) => response.writeHead(200, { 'x-a': 'a'.repeat(20_000) }).end(),
      'cannot be reached',
    ],
  ];
  it.each(cases)('%s', async (_name, handle, problem) => {
    const port = await plain(handle);
    expect(await fetched(`http://a.example:${port}/`, { ports: [port] })).toBe(problem);
  });

  it('never ends is left as soon as it is too large', async () => {
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    const port = await plain((_request, response) => {
      response.on('close', leave);
      response.writeHead(200, PNG);
      const flood = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', flood);
      flood();
    });
    expect(await fetched(`http://a.example:${port}/`, { ports: [port], bytesLeft: 1e6 })).toBe('is too large');
    await left;
  });

  it('wants to speak something else is left', async () => {
    const words = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nx';
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    const server = net.createServer((socket) => socket.on('data', () => socket.write(words)).on('close', leave));
    const port = await listening(server);
    expect(await fetched(`http://a.example:${port}/`, { ports: [port] })).toBe('answers with 101');
    await left;
  });

  it('does not speak HTTP', async () => {
    const port = await listening(net.createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-x\r\n')));
    expect(await fetched(`http://a.example:${port}/`, { ports: [port] })).toBe('cannot be reached');
    expect(await fetched(`https://a.example:${port}/`, { ports: [port] })).toBe('cannot be reached');
  });

  it('is not there', async () => {
    const server = http.createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await fetched(`http://a.example:${port}/`, { ports: [port] })).toBe('cannot be reached');
  });
});

describe('time', () => {
  const limited = (): { signal: AbortSignal; end: () => void } => {
    const controller = new AbortController();
    return { signal: controller.signal, end: () => controller.abort() };
  };

  it.each([
    ['a server that says nothing', (_response: http.ServerResponse) => {}],
    ['a body that does not begin', (response: http.ServerResponse) => response.writeHead(200, PNG).flushHeaders()],
    ['a body that trickles', (response: http.ServerResponse) => void response.writeHead(200, PNG).write('\x89')],
  ])('ends %s', async (_name, say) => {
    const { signal, end } = limited();
    const port = await plain((_request, response) => {
      say(response);
      setImmediate(end);
    });
    expect(await fetched(`http://a.example:${port}/`, { ports: [port], signal })).toBe('takes too long');
  });

  it('ends a look-up that nobody answers', async () => {
    const { signal, end } = limited();
    const resolve: Resolve = async () => {
      setImmediate(end);
      return new Promise(() => {});
    };
    expect(await fetched('http://a.example:9/', { ports: [9], signal, resolve })).toBe('takes too long');
  });

  it('that is over already asks nobody', async () => {
    let calls = 0;
    const port = await plain(() => calls++);
    const { signal, end } = limited();
    end();
    expect(await fetched(`http://a.example:${port}/`, { ports: [port], signal })).toBe('takes too long');
    expect(calls).toBe(0);
  });
});
