import { expect, it } from 'vitest';
import { ReplyScanner } from './reply-scanner.ts';

const REPLY = 'HTTP/1.1 503 Busy\r\nA: b\r\nContent-Length: 5\r\n\r\nhello';

it('finds the end of a reply that is split at any byte', () => {
  for (let at = 1; at < REPLY.length; at++) {
    const scanner = new ReplyScanner();
    const [head, tail] = [Buffer.from(REPLY.slice(0, at)), Buffer.from(REPLY.slice(at))];
    expect(scanner.take(head, head.length)).toBe(false);
    expect(scanner.take(tail, tail.length)).toBe(true);
    expect(scanner.status).toBe(503);
  }
});

it('finds the end of a reply without a body, and of the next one', () => {
  const scanner = new ReplyScanner();
  const empty = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  expect([scanner.take(empty, empty.length), scanner.take(empty, empty.length)]).toEqual([true, true]);
});

it('takes no reply whose end it could not know', () => {
  const chunked = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
  expect(() => new ReplyScanner().take(chunked, chunked.length)).toThrow('Content-Length');
});
