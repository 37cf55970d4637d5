import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Problem } from './problem.ts';
import { toProblem } from './problem-replies.ts';
import { createTestService } from './testkit/test-service.ts';

describe('toProblem', () => {
  it.each([
    [new Problem('user.not_found'), 'user.not_found'],
    [{ errcode: 5 }, 'service.internal'],
    [Object.assign(new Error('locked'), { errcode: 5 }), 'store.busy'],
    [Object.assign(new Error('disk'), { errcode: 10 }), 'store.unavailable'],
    [Object.assign(new Error('type'), { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' }), 'request.unsupported_media_type'],
    [Object.assign(new Error('size'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' }), 'request.body_too_large'],
    [Object.assign(new Error('other'), { statusCode: 400 }), 'request.malformed'],
    [Object.assign(new Error('other'), { statusCode: 502 }), 'service.internal'],
    [new TypeError('bug'), 'service.internal'],
    ['thrown text', 'service.internal'],
    [undefined, 'service.internal'],
  ])('turns %s into %s', (error, code) => {
    expect(toProblem(error).code).toBe(code);
  });
});

describe('bytes that are not a request', () => {
  it.each([
    ['garbage', 'GARBAGE\r\n\r\n', 'HTTP/1.1 400 ', 'request.malformed'],
    [
      'two lengths',
      'POST /users HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      'HTTP/1.1 400 ',
      'request.malformed',
    ],
    [
      'endless headers',
      `GET /users HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      'HTTP/1.1 431 ',
      'request.headers_too_large',
    ],
  ])('such as %s get a problem and lose the connection', async (_what, bytes, status, code) => {
    const answer = await answerTo(bytes);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain(status);
    expect(head).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ code });
  });
});

async function answerTo(bytes: string): Promise<string> {
  const { app } = createTestService();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => void (answer += String(chunk)));
  socket.write(bytes);
  await once(socket, 'close');
  await app.close();
  return answer;
}
