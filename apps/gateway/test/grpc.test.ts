import http from 'node:http';
import { once } from 'node:events';
import grpc from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { echoClient, echoService, unary, type EchoClient, type EchoService } from './grpc-service.ts';
import { listen, startGate, type Running } from './harness.ts';

const yaml = (port: number, more = ''): string => `
upstreams:
  echo: { protocol: h2c, targets: ["http://127.0.0.1:${port}"], timeouts: { firstByte: 2s } }
apis:
  echo:
    access: open
    upstream: echo
    ${more}
    routes: [ { method: POST, path: "/demo.Echo/*" } ]
applications:
  one: { keys: [ { name: k, secret: "0123456789abcdef0123456789abcdef" } ] }
`;

interface Setting {
  readonly gate: Running;
  readonly service: EchoService;
  readonly client: EchoClient;
}

async function setting(more?: (text: string) => string): Promise<Setting> {
  const service = await echoService();
  const text = yaml(service.port);
  const gate = await startGate(more === undefined ? text : more(text));
  onTestFinished(() => gate.stop());
  return { gate, service, client: echoClient(gate.port) };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 8000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never came: ${String(condition)}`);
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

describe('gRPC through the gate, official client and server', () => {
  it('unary, with metadata and trailers, texts and bytes', async () => {
    const { client, service, gate } = await setting();
    const metadata = new grpc.Metadata();
    metadata.set('x-one', '1');
    metadata.set('x-bytes-bin', Buffer.from([1, 2, 250]));
    const answer = await unary(client, 'hello', { metadata });
    expect([answer.value, answer.code]).toEqual(['<hello>', grpc.status.OK]);
    expect(answer.trailers.get('x-cost')).toEqual(['7']);
    expect(answer.trailers.get('x-raw-bin')).toEqual([Buffer.from([0, 255, 1])]);
    expect(service.seen[0]?.get('x-one')).toEqual(['1']);
    expect(service.seen[0]?.get('x-bytes-bin')).toEqual([Buffer.from([1, 2, 250])]);
    expect(await gate.records()).toMatchObject([{ status: 200, method: 'POST', path: '/demo.Echo/Unary' }]);
  });

  it('an error of the service comes with its code, its words and its trailers', async () => {
    const { client } = await setting();
    const { code, details, trailers } = await unary(client, 'fail');
    expect([code, details]).toEqual([grpc.status.FAILED_PRECONDITION, 'nicht möglich: 100%']);
    expect(trailers.get('x-cost')).toEqual(['7']);
  });

  it('a stream of the client', async () => {
    const { client } = await setting();
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const call = client.collect((_error, value) => resolve(value));
    for (const message of ['a', 'b', 'c']) call.write(message);
    call.end();
    expect(await promise).toBe('a+b+c');
  });

  it('a stream of the server, longer than all windows', async () => {
    const { client } = await setting();
    let count = 0;
    const call = client.expand('20000');
    call.on('data', () => count++);
    const [status] = await once(call, 'status');
    expect(status).toMatchObject({ code: grpc.status.OK });
    expect(count).toBe(20_000);
  });

  it('both ways at once, each answer before the next question', async () => {
    const { client } = await setting();
    const call = client.chat();
    for (const message of ['one', 'two', 'three']) {
      call.write(message);
      const [answer] = await once(call, 'data');
      expect(answer).toBe(`<${message}>`);
    }
    call.end();
    call.resume();
    const [status] = await once(call, 'status');
    expect(status).toMatchObject({ code: grpc.status.OK });
  });

  it('a caller that cancels cancels the call of the service', async () => {
    const { client, service } = await setting();
    const call = client.chat();
    call.on('error', () => {});
    call.write('one');
    await once(call, 'data');
    call.cancel();
    await until(() => service.cancelled === 1);
  });

  it('a deadline of the caller reaches the service', async () => {
    const { client, service } = await setting();
    const { code } = await unary(client, 'wait', { deadline: Date.now() + 300 });
    expect(code).toBe(grpc.status.DEADLINE_EXCEEDED);
    await until(() => service.cancelled === 1);
  });

  it('many calls at once, over one session on either side', async () => {
    const { client, gate } = await setting();
    const answers = await Promise.all(Array.from({ length: 300 }, async (_, i) => unary(client, `call ${i}`)));
    expect(answers.map(({ value }) => value)).toEqual(Array.from({ length: 300 }, (_, i) => `<call ${i}>`));
    expect(await gate.records()).toHaveLength(300);
  });
});

describe('what the gate refuses of gRPC', () => {
  it('no credential: UNAUTHENTICATED, and 401 in the record', async () => {
    const { client, gate } = await setting((text) => text.replace('access: open', 'access: key'));
    const { code, details } = await unary(client, 'hello');
    expect([code, details]).toEqual([grpc.status.UNAUTHENTICATED, 'send a key as Authorization: Bearer or X-API-Key']);
    expect(await gate.records()).toMatchObject([{ status: 401, code: 'auth.missing' }]);
  });

  it('no route: UNIMPLEMENTED', async () => {
    const { client } = await setting((text) => text.replace('/demo.Echo/*', '/demo.Other/*'));
    expect((await unary(client, 'hello')).code).toBe(grpc.status.UNIMPLEMENTED);
  });

  it('too many calls: RESOURCE_EXHAUSTED', async () => {
    const limit = 'policies: [ { rate-limit: { limit: 1, window: 1m, by: ip } } ]\n    routes:';
    const { client } = await setting((text) => text.replace('routes:', limit));
    expect((await unary(client, 'hello')).code).toBe(grpc.status.OK);
    expect((await unary(client, 'hello')).code).toBe(grpc.status.RESOURCE_EXHAUSTED);
  });

  it('no upstream: UNAVAILABLE', async () => {
    const { client } = await setting((text) => text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'));
    expect((await unary(client, 'hello')).code).toBe(grpc.status.UNAVAILABLE);
  });

  it('an upstream that is too slow: DEADLINE_EXCEEDED', async () => {
    const { client } = await setting((text) => text.replace('firstByte: 2s', 'firstByte: 100ms'));
    expect((await unary(client, 'wait')).code).toBe(grpc.status.DEADLINE_EXCEEDED);
  });

  it.each([
    [503, grpc.status.UNAVAILABLE],
    [404, grpc.status.UNIMPLEMENTED],
    [400, grpc.status.INTERNAL],
  ])('an upstream that answers %i in plain HTTP: code %i', async (status, code) => {
    const server = http.createServer((_request, response) => response.writeHead(status).end('<html>'));
    const port = await listen(server);
    onTestFinished(() => void server.close());
    const { client } = await setting((text) =>
      text.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`).replace('protocol: h2c, ', ''),
    );
    expect((await unary(client, 'hello')).code).toBe(code);
  });
});
