import { describe, expect, it } from 'vitest';
import { aPost, aReply, ask, distrusts, refuses } from './ask.ts';
import { gateWith } from './harness.ts';
import { field, statusOf } from './read-message.ts';
import { OK, replying, replyingOnce } from './raw-upstream.ts';

describe('two framings in one message (RFC 9112 §6.1)', () => {
  const both = 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n';
  refuses('row 2: refuses a request with a length and a coding', aPost(both, '0\r\n\r\n'), 400);
  refuses(
    'row 2: refuses them in the other order',
    aPost('Transfer-Encoding: chunked\r\nContent-Length: 3\r\n', '0\r\n\r\n'),
    400,
  );
  it('row 2: drops the length of a reply that has both, and does not use its connection again', async () => {
    const { reply: got, gate } = await ask(aPost('Content-Length: 0\r\n'), {
      upstream: aReply(both, '5\r\nhello\r\n0\r\n\r\n'),
    });
    expect([statusOf(got), got?.body, field(got, 'content-length')]).toEqual([200, 'hello', undefined]);
    await gate.quiet();
    expect(gate.pool.take()?.uses).toBe(0);
  });
});

describe('Content-Length (RFC 9110 §8.6)', () => {
  refuses('row 3: refuses two equal lengths', aPost('Content-Length: 1\r\nContent-Length: 1\r\n', 'a'), 400);
  refuses('row 3: refuses two different lengths', aPost('Content-Length: 1\r\nContent-Length: 2\r\n', 'ab'), 400);
  refuses('row 3: refuses a list of lengths', aPost('Content-Length: 5, 5\r\n', 'hello'), 400);
  for (const space of [' ', '\t', ' \t ']) {
    const name = JSON.stringify(space);
    refuses(
      `row 4: refuses a length with ${name} behind it, which parsers read differently`,
      aPost(`Content-Length: 1${space}\r\n`, 'a'),
      400,
    );
    refuses(
      `row 5: refuses a coding with ${name} behind it, likewise`,
      aPost(`Transfer-Encoding: chunked${space}\r\n`, '0\r\n\r\n'),
      400,
    );
  }
  distrusts('row 3: distrusts a reply with two lengths', aReply('Content-Length: 1\r\nContent-Length: 2\r\n', 'ab'));
  distrusts('row 3: distrusts a reply with a list of lengths', aReply('Content-Length: 2, 2\r\n', 'ab'));
  it('row 3: merges equal lengths of a reply into one', async () => {
    const { reply: got } = await ask(aPost('Content-Length: 0\r\n'), {
      upstream: aReply('Content-Length: 2\r\nContent-Length: 2\r\n', 'ab'),
    });
    expect([field(got, 'content-length'), got?.body]).toEqual(['2', 'ab']);
  });

  for (const value of [
    '+1',
    '-1',
    '0x1',
    '',
    '1 1',
    '1,',
    '1.0',
    '1e1',
    '\u00b2',
    '9007199254740993',
    '9'.repeat(40),
  ]) {
    refuses(`row 4: refuses the length "${value.slice(0, 20)}"`, aPost(`Content-Length: ${value}\r\n`, 'a'), 400);
    distrusts(
      `row 4: distrusts a reply of length "${value.slice(0, 20)}"`,
      aReply(`Content-Length: ${value}\r\n`, 'a'),
    );
  }
});

describe('transfer codings (RFC 9112 §6.1)', () => {
  const coded = (value: string) => aPost(`Transfer-Encoding: ${value}\r\n`, '1\r\na\r\n0\r\n\r\n');
  for (const value of ['gzip, chunked', 'gzip', 'identity', 'xchunked', 'chunked, gzip', 'deflate']) {
    refuses(`row 5: answers 501 to the coding "${value}"`, coded(value), 501);
  }
  for (const value of ['chunked, chunked', '\u000bchunked', 'chunked;q=1', '"chunked"', '', ',chunked', 'chun ked']) {
    refuses(`row 5: refuses the coding ${JSON.stringify(value)}`, coded(value), 400);
  }
  refuses(
    'row 5: refuses chunked behind a no-break space before any upstream hears of it',
    coded('\u00a0chunked'),
    501,
  );
  refuses(
    'row 5: refuses two lines of chunked',
    aPost('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    400,
  );
  for (const value of ['gzip, chunked', 'identity', 'chunked, chunked', 'chunked, gzip', '\u000bchunked']) {
    distrusts(
      `row 5: distrusts a reply coded ${JSON.stringify(value)}`,
      aReply(`Transfer-Encoding: ${value}\r\n`, '0\r\n\r\n'),
    );
  }
  it('row 5: breaks the upstream request off when a chunk turns out malformed', async () => {
    const {
      caller,
      gate,
      upstream,
      reply: got,
    } = await ask(aPost('Transfer-Encoding: chunked\r\n', '3\r\nabc\r\nxyz\r\n'));
    expect([statusOf(got), field(got, 'x-code')]).toEqual([400, 'request.malformed']);
    await caller.farewell();
    const peer = await upstream.peer();
    await peer.farewell();
    expect(upstream.requests.filter(({ complete }) => complete)).toEqual([]);
    expect(gate.outcomes).toMatchObject([{ status: 400, code: 'request.malformed' }]);
  });

  const old = (fields: string) => `POST /x HTTP/1.0\r\nHost: a\r\n${fields}\r\n0\r\n\r\n`;
  refuses('row 6: refuses a coding in an HTTP/1.0 request', old('Transfer-Encoding: chunked\r\n'), 400);
  refuses(
    'row 6: refuses it also beside keep-alive',
    old('Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n'),
    400,
  );
  it('row 6: closes after an HTTP/1.0 reply with a coding', async () => {
    const upstream = aReply(
      'Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n',
      '2\r\nok\r\n0\r\n\r\n',
      'HTTP/1.0 200 OK',
    );
    const { reply: got, gate } = await ask(aPost('Content-Length: 0\r\n'), { upstream });
    expect(got?.body).toBe('ok');
    await gate.quiet();
    expect(gate.pool.take()?.uses).toBe(0);
  });
});

describe('the chunked coding (RFC 9112 §7.1)', () => {
  const malformed = [
    ['a size with 0x', '0x1\r\na\r\n0\r\n\r\n'],
    ['a signed size', '+1\r\na\r\n0\r\n\r\n'],
    ['an empty size', '\r\n\r\n'],
    ['a size behind a space', ' 1\r\na\r\n0\r\n\r\n'],
    ['a size before a space', '1 \r\na\r\n0\r\n\r\n'],
    ['a size before a space and a word', '1 a\r\na\r\n0\r\n\r\n'],
    ['a size that is no hex', 'g\r\n\r\n'],
    ['a size that overflows', 'fffffffffffffffff\r\na\r\n'],
    ['a size ended by LF', '1\na\r\n0\r\n\r\n'],
    ['data longer than its size', '1\r\nab\r\n0\r\n\r\n'],
    ['data ended by LF', '1\r\na\n0\r\n\r\n'],
    ['data ended by CR and more', '1\r\na\rb0\r\n\r\n'],
    ['a last chunk ended by LF', '0\n\n'],
  ] as const;
  it.each(malformed)('row 13: refuses %s', async (_name, body) => {
    const { reply: got, gate, caller, upstream } = await ask(aPost('Transfer-Encoding: chunked\r\n', body));
    expect(statusOf(got)).toBe(400);
    await caller.farewell();
    expect(gate.outcomes).toMatchObject([{ code: 'request.malformed' }]);
    expect(upstream.requests.some(({ complete }) => complete)).toBe(false);
  });
  it.each(malformed)('row 13: never lets a reply with %s look complete', async (_name, body) => {
    const { caller, gate } = await ask(aPost('Content-Length: 0\r\n'), {
      upstream: replyingOnce(aReply('Transfer-Encoding: chunked\r\n', body)),
    });
    expect(await caller.farewell()).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'upstream.broken' }]);
  });

  const extended = '2;a=b;c="d \\" e";f\r\nok\r\n0;last\r\n\r\n';
  it('row 14: ignores chunk extensions and forwards none', async () => {
    const { seen, reply: got } = await ask(aPost('Transfer-Encoding: chunked\r\n', extended), {
      upstream: replying(aReply('Transfer-Encoding: chunked\r\n', extended)),
    });
    expect([seen?.body, got?.body]).toEqual(['ok', 'ok']);
  });
  it.each([
    ['extensions beyond 4 KiB in all', `${`1;${'x'.repeat(1000)}\r\na\r\n`.repeat(5)}0\r\n\r\n`],
    ['a LF in an extension', '1;a\nb\r\na\r\n0\r\n\r\n'],
    ['a NUL in an extension', '1;a\u0000b\r\na\r\n0\r\n\r\n'],
    ['an extension that is no token', '1;a b\r\na\r\n0\r\n\r\n'],
    ['an extension without a name', '1;\r\na\r\n0\r\n\r\n'],
    ['a quoted extension that never ends', '1;a="b\r\na\r\n0\r\n\r\n'],
  ])('row 14: refuses %s', async (_name, body) => {
    const { reply: got } = await ask(aPost('Transfer-Encoding: chunked\r\n', body));
    expect(statusOf(got)).toBe(400);
  });

  it('row 15: decodes and codes anew: sizes of the sender do not go through', async () => {
    const { gate, upstream } = await gateWith(replying(OK));
    const caller = await gate.call();
    await caller.sendPieces([
      aPost('Transfer-Encoding: chunked\r\n'),
      '0000000',
      'A\r\n01234',
      '56789\r\n0',
      '0\r\n\r\n',
    ]);
    await caller.hears('ok');
    const [peer] = upstream.peers;
    expect(peer?.received).toContain('\r\ntransfer-encoding: chunked\r\n');
    expect(peer?.received).toMatch(/\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n$/);
  });
});
