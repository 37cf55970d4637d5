import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { callOnce, gateWith } from './admit-gate.ts';

const CHANGES =
  '{ compress: { minBytes: 1B } }, { transform: { request: { set: { /by: "{clientIp}" }, remove: [/admin] }, response: { remove: [/secret], wrap: data } } }';

it('bodies go both ways changed, with heads that are right, whatever the upstream would do by itself', async () => {
  let heard = '';
  const { gate, upstream } = await gateWith(CHANGES, (request, response) => {
    request.on('data', (piece) => (heard += String(piece)));
    request.on('end', () => {
      const body = Buffer.from('{"secret":1,"id":12345678901234567890}');
      const codes = request.headers['accept-encoding'] === 'gzip';
      response.writeHead(200, {
        'content-type': 'application/json',
        etag: '"a"',
        ...(codes && { 'content-encoding': 'gzip' }),
      });
      response.end(codes ? gzipSync(body) : body);
    });
  });
  const body = '{"admin":true,"n":1.10}';
  const headers = { 'content-type': 'application/json', 'content-digest': 'sha-256=:x:', range: 'bytes=0-3' };
  const plain = await callOnce(gate.port, { method: 'POST', path: '/a', body, headers });
  expect(heard).toBe('{"n":1.10,"by":"127.0.0.1"}');
  expect([plain.body, plain.headers['transfer-encoding'], plain.headers.etag]).toEqual([
    '{"data":{"id":12345678901234567890}}',
    'chunked',
    'W/"a"',
  ]);
  expect(upstream.seen[0]?.headers).toMatchObject({ 'content-length': '27', 'accept-encoding': 'identity' });
  expect(upstream.seen[0]?.headers).not.toHaveProperty('content-digest');
  expect(upstream.seen[0]?.headers).not.toHaveProperty('range');
  const coded = await fetch(`${gate.url}/a`, { headers: { 'accept-encoding': 'gzip' } });
  expect([coded.headers.get('content-encoding'), await coded.text()]).toEqual(['gzip', plain.body]);
  const head = await callOnce(gate.port, { method: 'HEAD', path: '/a' });
  expect(head.headers).not.toHaveProperty('content-length');
});

it('a reply that cannot be changed is not let through', async () => {
  const { gate } = await gateWith(CHANGES, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"secret":1,"secret":2}');
  });
  const { status, body } = await callOnce(gate.port);
  expect([status, body.includes('secret')]).toEqual([502, false]);
  expect(await gate.records()).toMatchObject([{ status: 502, code: 'upstream.invalid_reply' }]);
});

it('a stream of events goes through as it comes', async () => {
  const { gate } = await gateWith(CHANGES, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"secret":1}\n\n');
  });
  expect((await callOnce(gate.port)).body).toBe('data: {"secret":1}\n\n');
});
