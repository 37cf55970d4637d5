import { RequestHead, SERVER_LIMITS } from '@gatehouse/http';
import { ERRORS, type ErrorCode } from '@gatehouse/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grpcCodeOfRefusal, grpcCodeOfReply, grpcMessage, grpcRefusal } from './grpc-refusal.ts';

function asked(contentType: string): RequestHead {
  const head = new RequestHead(SERVER_LIMITS);
  expect(head.parse(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: ${contentType}\r\n\r\n`)).toBe(undefined);
  return head;
}

describe('a refusal of a gRPC call', () => {
  it.each<[ErrorCode, number]>([
    ['auth.missing', 16],
    ['auth.forbidden', 7],
    ['route.not_found', 12],
    ['limit.rate', 8],
    ['request.malformed', 3],
    ['request.body_too_large', 8],
    ['upstream.unreachable', 14],
    ['upstream.unhealthy', 14],
    ['upstream.timeout', 4],
    ['request.cancelled', 1],
    ['gateway.internal', 13],
  ])('%s is code %i', (code, grpc) => {
    const { status, message } = grpcRefusal(
      { code, detail: 'no', lines: 'retry-after: 3\r\n', requestId: 'r' },
      asked(''),
    );
    expect(status).toBe(ERRORS[code].status);
    expect(message).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(message).toContain(`\r\ngrpc-status: ${grpc}\r\ngrpc-message: no\r\nretry-after: 3\r\n`);
  });

  it.each([
    [418, 9],
    [599, 13],
  ])('whose status %i is not in the table is code %i', (status, code) => {
    expect(grpcCodeOfRefusal(status)).toBe(code);
  });

  it.each([
    ['application/grpc', 'application/grpc'],
    ['application/grpc+proto; charset=x', 'application/grpc+proto'],
    ['application/grpc-web-text', 'application/grpc-web-text'],
    ['application/grpc\tevil', 'application/grpc'],
  ])('answers %j with the type %s', (sent, type) => {
    const refusal = { code: 'auth.missing', detail: '', lines: '', requestId: 'r' } as const;
    expect(grpcRefusal(refusal, asked(sent)).message).toContain(`content-type: ${type}\r\n`);
  });
});

describe('the code of a reply that has none', () => {
  it.each([
    [400, 13],
    [401, 16],
    [403, 7],
    [404, 12],
    [429, 14],
    [502, 14],
    [503, 14],
    [504, 14],
    [500, 2],
    [302, 2],
  ])('of %i is %i', (status, code) => {
    expect(grpcCodeOfReply(status)).toBe(code);
  });
});

describe('grpc-message', () => {
  it.each([
    ['plain text', 'plain text'],
    ['100%', '100%25'],
    ['one\r\ntwo', 'one%0D%0Atwo'],
    ['é', '%C3%A9'],
    [' a ', '%20a%20'],
  ])('%j is written %s', (text, written) => {
    expect(grpcMessage(text)).toBe(written);
  });

  it('is read back as it was, and is a field value always', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const written = grpcMessage(text);
        expect(written).toMatch(/^(?:[!-~](?:[ -~]*[!-~])?)?$/);
        expect(decodeURIComponent(written)).toBe(text.toWellFormed());
      }),
    );
  });
});
