import net from 'node:net';
import type { PolicyDefinition, PolicyHooks, ReplySink } from '@gatehouse/policies';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockedGate, type ClockedGate } from './clocked-gate.ts';
import { startUpstream, type Upstream } from './harness.ts';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (request.url === '/broken') {
        response.writeHead(200, { 'content-length': '100' });
        response.write('only this');
        response.socket?.end();
        return;
      }
      if (request.url === '/trailers') {
        response.writeHead(200, { trailer: 'x-sum' });
        response.write('with ');
        response.addTrailers({ 'x-sum': '7' });
        response.end('trailers');
        return;
      }
      response.setHeader('x-length', request.headers['content-length'] ?? 'none');
      response.setHeader('etag', '"1"');
      response.end(`${request.method} ${Buffer.concat(pieces).toString()}`);
    });
  });
});
afterAll(async () => upstream.close());

function policy(name: string, stage: PolicyDefinition['stage'], hooks: PolicyHooks): PolicyDefinition {
  return { name, stage, build: () => hooks };
}

const gate = async (...own: readonly PolicyDefinition[]): Promise<ClockedGate> =>
  clockedGate(`apis: { a: { access: open, upstream: "http://127.0.0.1:${upstream.port}" } }\n`, own);

describe('a policy that asks for the body of a request', () => {
  const asking = policy('asking', 'admit', {
    onRequest: async (exchange) => {
      const body = await exchange.requestBody(1000);
      if (body.includes('bad')) return { code: 'request.body_invalid', detail: 'it is bad' };
      if (body.includes('change')) exchange.replaceRequestBody(Buffer.from('changed it'));
      return undefined;
    },
  });

  it.each([
    ['with a length', 'hello', 'POST hello', '5'],
    ['and puts another in its place', 'change me', 'POST changed it', '10'],
    ['of nothing', '', 'POST ', '0'],
  ])('%s lets it go on', async (_, body, seen, length) => {
    const { url } = await gate(asking);
    const reply = await fetch(url, { method: 'POST', body });
    expect([reply.headers.get('x-length'), await reply.text()]).toEqual([length, seen]);
  });

  it('in pieces sends it on as one', async () => {
    const { url } = await gate(asking);
    const body = new ReadableStream({
      start(controller) {
        for (const piece of ['in ', 'many ', 'pieces']) controller.enqueue(Buffer.from(piece));
        controller.close();
      },
    });
    const reply = await fetch(url, { method: 'POST', body, duplex: 'half' });
    expect([reply.headers.get('x-length'), await reply.text()]).toEqual(['14', 'POST in many pieces']);
  });

  it('may refuse it, and the connection goes on', async () => {
    const { url, records } = await gate(asking);
    const refused = await fetch(url, { method: 'POST', body: 'bad' });
    expect([refused.status, (await fetch(url)).status]).toEqual([400, 200]);
    expect(records).toMatchObject([{ code: 'request.body_invalid' }, { status: 200 }]);
  });

  it.each([
    ['says that it is too large', { body: 'x'.repeat(1001) }],
    ['turns out to be too large', { body: new Blob(['x'.repeat(1001)]).stream(), duplex: 'half' as const }],
  ])('refuses one that %s', async (_, init) => {
    const { url, records } = await gate(asking);
    expect((await fetch(url, { method: 'POST', ...init })).status).toBe(413);
    expect(records).toMatchObject([{ code: 'request.body_too_large' }]);
  });

  it('ends with a caller that breaks off, with one record', async () => {
    const { port, records } = await gate(asking);
    const socket = net.connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf');
    await new Promise((resolve) => socket.once('connect', () => setTimeout(resolve, 50)));
    socket.destroy();
    await expect.poll(() => records).toMatchObject([{ code: 'request.cancelled' }]);
  });
});

describe('a policy that takes replies', () => {
  const upper = policy('upper', 'shape', {
    onReply: (_exchange, reply, sink) => {
      reply.set('x-upper', 'yes');
      return { data: (bytes) => sink.data(Buffer.from(bytes.toString().toUpperCase())), end: () => sink.end() };
    },
  });
  const whole = (stage: PolicyDefinition['stage']): PolicyDefinition =>
    policy('whole', stage, {
      onReply: (_exchange, reply, sink) => {
        const pieces: Buffer[] = [];
        return {
          head: () => {},
          data: (bytes) => pieces.push(Buffer.from(bytes)),
          end: () => {
            const text = `[${Buffer.concat(pieces).toString()}]`;
            reply.length = text.length;
            reply.status = 203;
            setTimeout(() => {
              sink.data(Buffer.from(text));
              sink.end();
            }, 1);
          },
        };
      },
    });

  it('changes the head and what comes as it comes', async () => {
    const { url } = await gate(upper);
    const reply = await fetch(url, { method: 'POST', body: 'abc' });
    expect([reply.headers.get('x-upper'), await reply.text()]).toEqual(['yes', 'POST ABC']);
    expect(reply.headers.get('etag')).toBe('"1"');
  });

  it('may wait for the whole, and answer later', async () => {
    const { url } = await gate(whole('shape'), upper);
    const reply = await fetch(url);
    expect([reply.status, reply.headers.get('content-length'), await reply.text()]).toEqual([203, '6', '[GET ]']);
  });

  it('comes after what is nearer to the upstream', async () => {
    const { url } = await gate(upper, whole('cache'));
    expect(await (await fetch(url)).text()).toBe('[GET ]');
    const other = await gate(
      whole('admit'),
      policy('x', 'shape', {
        onReply: (_e, reply) => {
          reply.set('x-n', '1');
          return undefined;
        },
      }),
    );
    expect((await fetch(other.url)).headers.get('x-n')).toBe('1');
  });

  it('keeps trailers', async () => {
    const { port } = await gate(upper);
    expect(await raw(port, 'GET /trailers HTTP/1.1\r\nhost: a\r\nte: trailers\r\nconnection: close\r\n\r\n')).toMatch(
      /TRAILERS\r\n0\r\nx-sum: 7\r\n\r\n$/,
    );
  });

  it('hears that a reply broke off, and the caller never sees an end', async () => {
    const broken: string[] = [];
    const hearing = policy('hearing', 'shape', {
      onReply: (_exchange, _reply, sink) => ({
        data: (bytes) => sink.data(bytes),
        end: () => broken.push('end'),
        broken: () => broken.push('broken'),
      }),
    });
    const { url, records } = await gate(hearing);
    await expect(fetch(`${url}/broken`).then(async (reply) => reply.text())).rejects.toThrow();
    expect(broken).toEqual(['broken']);
    expect(records).toMatchObject([{ status: 200, code: 'upstream.broken' }]);
  });

  it('that waits for the whole of a broken one lets the caller have a 502', async () => {
    const { url, records } = await gate(whole('shape'));
    expect((await fetch(`${url}/broken`)).status).toBe(502);
    expect(records).toMatchObject([{ status: 502, code: 'upstream.broken' }]);
  });

  it.each([
    ['before the head', true, 502],
    ['behind the head', false, 'cut'],
  ])('may fail %s', async (_, early, outcome) => {
    const failing = policy('failing', 'shape', {
      onReply: (_exchange, _reply, sink) => ({
        ...(early && { head: () => {} }),
        data: () => sink.fail('upstream.broken', 'no good'),
        end: () => {},
      }),
    });
    const { url, records } = await gate(failing);
    const seen = await fetch(url)
      .then(async (reply) => [reply.status, await reply.text()])
      .catch(() => ['cut']);
    expect(seen[0]).toBe(outcome);
    expect(records).toMatchObject([{ code: 'upstream.broken' }]);
  });

  it('that throws costs one exchange', async () => {
    let sink: ReplySink | undefined;
    const throwing = policy('throwing', 'shape', {
      onReply: (exchange, _reply, to) => {
        sink = to;
        if (exchange.request.method === 'PUT') throw new Error('in the hook');
        return {
          data: () => {
            if (exchange.request.method === 'POST') throw new Error('in a filter');
          },
          end: () => to.end(),
        };
      },
    });
    const { url, records } = await gate(throwing);
    expect((await fetch(url, { method: 'PUT' })).status).toBe(500);
    await expect(fetch(url, { method: 'POST', body: 'a' }).then(async (reply) => reply.text())).rejects.toThrow();
    expect((await fetch(url)).status).toBe(200);
    expect(records).toHaveLength(3);
    expect(() => sink?.data(Buffer.from('late'))).not.toThrow();
  });

  it('sees replies that policies nearer to the upstream give themselves', async () => {
    const mock = policy('mock', 'cache', {
      onRequest: () => ({ status: 200, headers: [['content-type', 'text/plain']], body: Buffer.from('from a mock') }),
    });
    const { url } = await gate(upper, mock);
    const reply = await fetch(url);
    expect([await reply.text(), reply.headers.get('x-upper'), reply.headers.get('content-type')]).toEqual([
      'FROM A MOCK',
      'yes',
      'text/plain',
    ]);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['11', '']);
    const nearer = await gate(whole('observe'), mock);
    expect(await (await fetch(nearer.url)).text()).toBe('from a mock');
  });

  it('may give another where no upstream answers', async () => {
    const stale = policy('stale', 'cache', {
      onFailure: (_exchange, { code }) => ({ status: 200, headers: [], body: `instead of ${code}` }),
    });
    const { url, records } = await clockedGate('apis: { a: { access: open, upstream: "http://127.0.0.1:1" } }\n', [
      stale,
      upper,
    ]);
    expect(await (await fetch(url)).text()).toBe('INSTEAD OF UPSTREAM.UNREACHABLE');
    expect(records).toMatchObject([{ status: 200 }]);
  });
});

it('guards are told of the end of a preflight that they let pass', async () => {
  const told: string[] = [];
  const counts = policy('counts', 'guard', {
    onRequest: () => void told.push('in'),
    onEnd: () => void told.push('out'),
  });
  const text = 'apis: { a: { access: open, upstream: "http://127.0.0.1:9", routes: [ { method: GET, path: /x } ] } }\n';
  const { url } = await clockedGate(text, [counts]);
  const headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' };
  await (await fetch(`${url}/x`, { method: 'OPTIONS', headers })).text();
  expect(told).toEqual(['in', 'out']);
});

describe('policies that say who calls', () => {
  const by = (name: string, header: string): PolicyDefinition =>
    policy(name, 'identify', {
      challenge: `${name} realm="x"`,
      onIdentify: async (exchange) => {
        const shown = exchange.request.header(header);
        if (shown === undefined) return undefined;
        if (shown === 'bad') return { code: 'auth.invalid', detail: 'no' };
        return Promise.resolve({
          caller: { credential: undefined, subject: shown, scopes: ['read'], fields: [header] },
        });
      },
    });
  const told = policy('told', 'admit', {
    onRequest: ({ principal }) => ({ status: 200, headers: [], body: JSON.stringify(principal ?? null) }),
  });
  const config = (access: string): string =>
    `apis: { a: { access: ${access}, upstream: "http://127.0.0.1:${upstream.port}" } }\n`;

  it('are asked in order, and the first that was shown something decides', async () => {
    const { url } = await clockedGate(config('key'), [by('one', 'x-one'), by('two', 'x-two'), told]);
    expect(await (await fetch(url, { headers: { 'x-two': 'me' } })).json()).toMatchObject({
      method: 'two',
      subject: 'me',
      scopes: ['read'],
      application: '',
    });
    expect((await fetch(url, { headers: { 'x-one': 'bad', 'x-two': 'me' } })).status).toBe(401);
    const nobody = await fetch(url);
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'one realm="x", two realm="x"']);
  });

  it('let anybody through where access is open, and nobody with a bad credential', async () => {
    const { url } = await clockedGate(config('open'), [by('one', 'x-one'), told]);
    expect(await (await fetch(url)).json()).toBeNull();
    expect((await fetch(url, { headers: { 'x-one': 'bad' } })).status).toBe(401);
  });

  it('do not make a subscription', async () => {
    const { url, records } = await clockedGate(config('subscribed'), [by('one', 'x-one')]);
    expect((await fetch(url, { headers: { 'x-one': 'me' } })).status).toBe(403);
    expect(records).toMatchObject([{ code: 'auth.not_subscribed' }]);
  });

  it('take what they were shown', async () => {
    const { url } = await clockedGate(config('key'), [by('one', 'x-one')]);
    await fetch(url, { headers: { 'x-one': 'me', 'x-other': 'stays' } });
    const { headers } = upstream.seen.at(-1) ?? {};
    expect([headers?.['x-one'], headers?.['x-other']]).toEqual([undefined, 'stays']);
  });
});

describe('the way of policies to other servers', () => {
  it('gives whole answers of any server and of an upstream', async () => {
    const asking = policy('asking', 'shape', {});
    const definition: PolicyDefinition = {
      ...asking,
      build: (_config, { runtime }) => ({
        onRequest: async () => {
          const common = { method: 'POST', headers: [['x-a', 'b']] as const, timeoutMs: 1000, bytesMax: 1000 };
          const first = await runtime.ask({
            ...common,
            url: `http://127.0.0.1:${upstream.port}/`,
            body: Buffer.from('1'),
          });
          const name = `http://127.0.0.1:${upstream.port}`;
          const second = await runtime.askUpstream({ ...common, upstream: name, target: '/', body: Buffer.from('2') });
          return { status: 200, headers: [], body: `${first.body.toString()}, ${second.body.toString()}` };
        },
      }),
    };
    const { url } = await gate(definition);
    expect(await (await fetch(url)).text()).toBe('POST 1, POST 2');
  });

  it.each([
    ['that cannot be reached', 'http://127.0.0.1:1/', 'upstream.unreachable'],
    ['that says too much', undefined, 'upstream.broken'],
  ])('fails by a server %s', async (_, url, code) => {
    const definition: PolicyDefinition = {
      ...policy('asking', 'shape', {}),
      build: (_config, { runtime }) => ({
        onRequest: async () => {
          await runtime.ask({
            method: 'GET',
            url: url ?? `http://127.0.0.1:${upstream.port}/`,
            headers: [],
            timeoutMs: 1000,
            bytesMax: 2,
          });
          return undefined;
        },
      }),
    };
    const running = await gate(definition);
    expect(await (await fetch(running.url)).json()).toMatchObject({ code });
  });
});

async function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let seen = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (bytes) => (seen += bytes.toString('latin1')));
    socket.on('close', () => resolve(seen));
  });
}
