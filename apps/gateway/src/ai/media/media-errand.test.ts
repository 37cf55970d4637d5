import type { FetchedMedium, MissingMedium } from '@gatehouse/ai';
import type { MediaSpec } from '@gatehouse/config';
import { TimerWheel } from '@gatehouse/http';
import http from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MediaErrand } from './media-errand.ts';

const BYTES = Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1');
const PNG = { 'content-type': 'image/png' };

async function server(handle: http.RequestListener): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const running = http.createServer((request, response) => {
    seen.push(request.url ?? '');
    handle(request, response);
  });
  await new Promise<void>((resolve) => running.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    running.closeAllConnections();
    running.close();
  });
  const address = running.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return { port: address.port, seen };
}

function errandTo(port: number, spec: Partial<MediaSpec> = {}) {
  let nowMs = 0;
  const wheel = new TimerWheel({ tickMs: 50, monotonic: () => nowMs });
  const hosts = [{ scheme: 'http', host: '*', port }] as const;
  const errand = new MediaErrand(
    { bytesMax: 1000, timeoutMs: 10_000, hosts, addresses: ['127.0.0.1'], ...spec },
    { wheel, resolve: async () => ['127.0.0.1'] },
  );
  onTestFinished(() => {
    errand.close();
    wheel.close();
  });
  const supplied = new Map<string, FetchedMedium>();
  const to = {
    supply: (url: string, medium: FetchedMedium): void => void supplied.set(url, medium),
    onFault: (error: unknown): void => {
      throw error;
    },
  };
  const advance = (ms: number): void => {
    nowMs += ms;
    wheel.tick();
  };
  const bring = async (...urls: readonly string[]): Promise<string | undefined> =>
    errand.bring(
      urls.map((path): MissingMedium => ({ url: `http://a.example:${port}${path}`, kind: 'image', mime: undefined })),
      to,
    );
  return { errand, supplied, advance, bring };
}

describe('MediaErrand', () => {
  it('supplies what it has fetched, as base64 and with its type', async () => {
    const { port } = await server((_request, response) => response.writeHead(200, PNG).end(BYTES));
    const { bring, supplied } = errandTo(port);
    expect(await bring('/a')).toBeUndefined();
    expect([...supplied]).toEqual([
      [`http://a.example:${port}/a`, { mime: 'image/png', base64: BYTES.toString('base64') }],
    ]);
  });

  it('asks for all at once, and for each only once', async () => {
    const waiting: http.ServerResponse[] = [];
    const { port, seen } = await server((_request, response) => {
      waiting.push(response);
      if (waiting.length === 3) for (const one of waiting) one.writeHead(200, PNG).end(BYTES);
    });
    const { bring, supplied } = errandTo(port);
    const both = await Promise.all([bring('/a', '/b'), bring('/b', '/c')]);
    expect([both, await bring('/a', '/c')]).toEqual([[undefined, undefined], undefined]);
    expect([seen.toSorted(), supplied.size]).toEqual([['/a', '/b', '/c'], 3]);
  });

  it('remembers what cannot be had, and names no more of it than its host', async () => {
    const { port, seen } = await server((_request, response) => response.writeHead(403).end());
    const { bring, supplied } = errandTo(port);
    const problem = `the image at \`a.example:${port}\` answers with 403`;
    expect([await bring('/secret?token=t'), await bring('/secret?token=t')]).toEqual([problem, problem]);
    expect([seen, supplied.size]).toEqual([['/secret?token=t'], 0]);
  });

  it('does not pass on what is no image', async () => {
    const { port } = await server((_request, response) => response.writeHead(200, PNG).end('<html>'));
    expect(await errandTo(port).bring('/a')).toBe(`the image at \`a.example:${port}\` is no image of a known type`);
  });

  it('keeps all media of a call together within its bound of bytes', async () => {
    const { port } = await server((_request, response) =>
      response.writeHead(200, PNG).end(Buffer.concat([BYTES, Buffer.alloc(400)])),
    );
    expect(await errandTo(port).bring('/a', '/b')).toBeUndefined();
    expect(await errandTo(port).bring('/a', '/b', '/c')).toMatch(/ is too large$/);
  });

  it('fetches twenty, and none of more', async () => {
    const { port, seen } = await server((_request, response) => response.writeHead(200, PNG).end(BYTES));
    const paths = Array.from({ length: 21 }, (_, at) => `/${at}`);
    expect(await errandTo(port).bring(...paths)).toBe('more than 20 media have to be fetched');
    expect(seen).toEqual([]);
    const { bring } = errandTo(port);
    expect(await bring(...paths.slice(1))).toBeUndefined();
    expect(await bring(...paths.slice(1))).toBeUndefined();
    expect(await bring('/0')).toBe('more than 20 media have to be fetched');
    expect(seen).toHaveLength(20);
  });

  it('gives up after its time', async () => {
    let ask = (): void => {};
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const { port } = await server((request, response) => {
      if (request.url === '/a') response.writeHead(200, PNG).end(BYTES);
      else ask();
    });
    const { bring, advance, supplied } = errandTo(port);
    const brought = bring('/a', '/slow');
    await asked;
    await expect.poll(() => supplied.size).toBe(1);
    advance(10_100);
    expect(await brought).toBe(`the image at \`a.example:${port}\` takes too long`);
  });

  it('lets go of servers when the call is over', async () => {
    let left = (): void => {};
    const gone = new Promise<void>((resolve) => (left = resolve));
    let ask = (): void => {};
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const { port } = await server((_request, response) => {
      response.on('close', left);
      ask();
    });
    const { bring, errand } = errandTo(port);
    const brought = bring('/a');
    await asked;
    errand.close();
    await gone;
    expect(await brought).toMatch(/ takes too long$/);
  });

  it.each(['not a url', 'http://', 'http://user:secret@a.example/x'])('repeats nothing of %j', async (url) => {
    const { errand } = errandTo(9);
    const to = { supply: (): void => {}, onFault: (): void => {} };
    const problem = await errand.bring([{ url, kind: 'image', mime: undefined }], to);
    expect(problem).toMatch(/^the image at (?:`a\.example`|an unreadable address) has an address /);
    expect(problem).not.toMatch(/secret/);
  });
});
