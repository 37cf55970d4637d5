import { readFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { AMBIGUITY, canonicalPath, canonicalTarget, HeaderEdits, NEVER_ALLOWED } from '../src/index.ts';
import { aGet, aPost, aReply, ask, refuses, repliesTo } from './ask.ts';
import { gateTo, gateWith } from './harness.ts';
import { turn } from './peer.ts';
import { OK, replying, replyingOnce } from './raw-upstream.ts';
import { field, statusOf } from './read-message.ts';

/*
 * One test, at least, for each published hole of the reference (§3) that lies in the reading and forwarding of
 * HTTP/1.1. The others belong to policies, to HTTP/2, to the control plane or to the cache.
 */

describe('trusted fields', () => {
  it('CVE-2024-45410: a caller cannot have our own fields removed by naming them in Connection', async () => {
    const { seen } = await ask(aGet('Connection: via, x-forwarded-host, host\r\nX-Forwarded-Host: evil\r\n'));
    expect([field(seen, 'via'), field(seen, 'host'), field(seen, 'x-forwarded-host')]).toEqual([
      '1.1 gatehouse',
      'upstream.test',
      undefined,
    ]);
  });
  it('CVE-2026-39858: no alias with an underscore is forwarded', async () => {
    const lies = 'X_Forwarded_Proto: https\r\nX-Forwarded_For: 6\r\nX_Real_IP: 6\r\nX_Gatehouse_Plan: gold\r\n';
    expect((await ask(aGet(lies))).seen?.fields.map(([name]) => name)).toEqual(['host', 'via']);
  });
  it('GHSA-6384: no X-Forwarded field of a caller is forwarded, the rarer ones included', async () => {
    const names = ['For', 'Proto', 'Host', 'Port', 'Prefix', 'Uri', 'Method', 'Server'];
    const lies = names.map((name) => `X-Forwarded-${name}: evil\r\n`).join('');
    expect((await ask(aGet(lies))).seen?.fields.map(([name]) => name)).toEqual(['host', 'via']);
  });
  it('CVE-2022-24112: a caller cannot forge the address or the identity that an upstream is told', async () => {
    const lies = 'X-Real-IP: 127.0.0.1\r\nForwarded: for=127.0.0.1\r\nX-Gatehouse-Application: admin\r\n';
    expect((await ask(aGet(lies))).seen?.fields.map(([name]) => name)).toEqual(['host', 'via']);
  });
  it('CVE-2026-31908: a value of our own cannot split a head', () => {
    expect(() => new HeaderEdits().add('x', 'a\r\nx-admin: 1')).toThrow(/control/);
    expect(() => new HeaderEdits().add('x: 1\r\ny', 'a')).toThrow(/no field name/);
  });
  it('CVE-2026-39998: an identity field does not come in as a trailer either', async () => {
    const { seen } = await ask(
      aPost('Transfer-Encoding: chunked\r\n', '0\r\nX-Gatehouse-Plan: gold\r\nX-Sum: 1\r\n\r\n'),
    );
    expect(seen?.trailers).toBe('X-Sum: 1\r\n');
  });
});

describe('paths', () => {
  const ambiguityOf = (raw: string) => canonicalTarget(raw)?.ambiguity ?? -1;
  it.each([
    ['CVE-2025-32431', '/public/../admin', '/admin', 0],
    ['CVE-2025-66490', '/public%2F..%2Fadmin', '/public%2F..%2Fadmin', AMBIGUITY['encoded-slash']],
    ['CVE-2021-43557', '//internal', '//internal', AMBIGUITY['empty-segment']],
    ['CVE-2021-27306', '/%61dmin/./', '/admin/', 0],
    ['CVE-2019-9901', '/a/./%2e%2e/admin', '/admin', AMBIGUITY['encoded-dot']],
    ['CVE-2021-29492', '/a%2fadmin', '/a%2Fadmin', AMBIGUITY['encoded-slash']],
  ])('%s: %s is matched and forwarded as %s, or told of', async (_cve, raw, canonical, ambiguity) => {
    const { seen, gate } = await ask(aGet('', `GET ${raw} HTTP/1.1`));
    expect([seen?.start, gate.exchanges[0]?.target]).toEqual([`GET ${canonical} HTTP/1.1`, canonical]);
    expect(ambiguityOf(raw)).toBe(ambiguity);
  });
  it('CVE-2026-40912: what is left of a path when its prefix is taken is cut from the canonical string', () => {
    const { path: canonical } = canonicalPath('/%61%70%69/%2e%2e/admin');
    expect(canonical).toBe('/admin');
    expect(canonicalPath('/%61pi/x').path.slice('/api'.length)).toBe('/x');
  });
  it('CVE-2026-48020: dot segments that a rewrite lays bare are resolved and told of', () => {
    expect(canonicalPath('/..%2f../admin').ambiguity & AMBIGUITY['encoded-slash']).not.toBe(0);
    expect(canonicalPath('/../admin')).toEqual({ path: '/admin', ambiguity: NEVER_ALLOWED });
  });
  refuses('CVE-2026-33186: refuses a path that does not begin with a slash', aGet('', 'GET admin/x HTTP/1.1'), 400);
  refuses('CVE-2021-32779: refuses a fragment, which hides the end of a path', aGet('', 'GET /admin#x HTTP/1.1'), 400);
});

describe('heads', () => {
  refuses('CVE-2019-9900: refuses NUL in a value', aGet('A: b\u0000c\r\n'), 400);
  it('CVE-2021-32777: of fields that come twice the upstream gets both, as every policy saw them', async () => {
    const { seen } = await ask(aGet('X-Role: user\r\nX-Role: admin\r\n'));
    expect(field(seen, 'x-role')).toBe('user, admin');
  });
  refuses('CVE-2021-32777: refuses a second Host', aGet('Host: b\r\n'), 400);
  it('CVE-2026-49975: fields beyond the count are refused, never dropped', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `${i}:\r\n`).join('');
    expect(statusOf((await ask(aGet(many))).reply)).toBe(431);
  });
  const long = 'a'.repeat(270);
  it('CVE-2021-40346: a name of more than 255 bytes keeps its length, and hides no other field', async () => {
    const { seen } = await ask(aPost(`Content-Length0${long}: 9\r\nContent-Length: 2\r\n`, 'hi'));
    expect([field(seen, 'content-length'), field(seen, `content-length0${long}`), seen?.body]).toEqual([
      '2',
      '9',
      'hi',
    ]);
  });
  refuses('CVE-2023-25725: refuses an empty name, behind which fields were lost', aGet(': x\r\nB: c\r\n'), 400);
  refuses('CVE-2023-40225: refuses an empty length', aPost('Content-Length:\r\n'), 400);
  it.each([
    [
      'names in Connection',
      (size: number) => [aGet(`Connection: ${'a,'.repeat(size)}b\r\n${'a: 1\r\n'.repeat(100)}`)],
      100,
    ],
    ['a head byte by byte', (size: number) => aGet(`A: ${'a'.repeat(2 * size)}\r\n`).split(''), 1000],
  ])('CVE-2021-32778: work grows with %s, not with its square', async (_name, pieces, forgivenMs) => {
    const { gate } = await gateWith(replying(OK));
    const costs: number[] = [];
    for (const size of [2_000, 14_000]) {
      const caller = await gate.call();
      const before = process.threadCpuUsage();
      await caller.sendPieces(pieces(size));
      expect(statusOf((await repliesTo(caller))[0])).toBe(200);
      costs.push(process.threadCpuUsage(before).user / 1000);
    }
    // Seven times the size; forty-nine times the work would be its square. What else runs in the thread is forgiven.
    expect(costs[1]).toBeLessThan(14 * (costs[0] ?? 0) + forgivenMs);
  });
});

describe('bodies and connections', () => {
  it('CVE-2024-28869: a body that is announced and never sent holds no connection', async () => {
    const { gate, upstream } = await gateWith(replying(OK), { virtualTime: true, limits: { bodyIdleMs: 1000 } });
    const caller = await gate.call();
    caller.send(aPost('Content-Length: 5\r\n'));
    await (await upstream.peer()).hears('\r\n\r\n');
    gate.advance(1200);
    expect(await caller.farewell()).toMatch(/^HTTP\/1\.1 408 /);
  });
  it('CVE-2025-4366: an answer of our own leaves no unread body to be the next request', async () => {
    const smuggled = aGet('', 'GET /smuggled HTTP/1.1');
    const { caller, gate } = await ask(aPost(`Content-Length: ${smuggled.length}\r\n`, smuggled), {
      ready: ({ forward }) => forward.answer({ status: 200, message: OK }, undefined),
    });
    await caller.farewell();
    expect(gate.exchanges.map(({ target }) => target)).toEqual(['/x']);
  });
  it('CVE-2026-2833: nothing goes upstream behind an upgrade before its 101', async () => {
    const { gate, upstream } = await gateWith(() => {});
    const caller = await gate.call();
    caller.send(aGet('Connection: upgrade\r\nUpgrade: websocket\r\n') + aGet('', 'GET /smuggled HTTP/1.1'));
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    for (let i = 0; i < 20; i++) await turn();
    peer.send(OK);
    await repliesTo(caller);
    await caller.farewell();
    expect([peer.received.includes('/smuggled'), gate.exchanges.length]).toEqual([false, 1]);
  });
  refuses(
    'CVE-2026-2835: refuses a length beside a coding',
    aPost('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    400,
  );
  refuses(
    'CVE-2026-2835: refuses a coding in HTTP/1.0',
    'POST /x HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  );
  it('CVE-2024-32638: the framing of a caller never goes through: chunks are made anew', async () => {
    const { upstream } = await ask(aPost('Transfer-Encoding: chunked\r\n', '0003;x=1\r\nabc\r\n0\r\n\r\n'));
    expect(upstream.peers[0]?.received).toMatch(/\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/);
  });
  it('CVE-2026-48931: bytes on an idle upstream connection answer nobody', async () => {
    const { gate, upstream } = await gateWith(replying(OK));
    const caller = await gate.call();
    caller.send(aGet());
    await repliesTo(caller);
    upstream.peers[0]?.send(aReply('X-Poison: 1\r\nContent-Length: 0\r\n'));
    await upstream.peers[0]?.farewell();
    caller.send(aGet());
    expect(field((await repliesTo(caller, 'GET', 2))[1], 'x-poison')).toBe(undefined);
  });
  it('CVE-2026-2836: a reply that broke off is told apart from a whole one, so that nobody keeps it', async () => {
    const { gate, caller } = await ask(aGet(), { upstream: replyingOnce(aReply('Content-Length: 9\r\n', 'abc')) });
    await caller.farewell();
    expect(gate.outcomes).toMatchObject([{ status: 200, code: 'upstream.broken' }]);
  });
});

describe('upstream TLS', () => {
  it('CVE-2025-66491: a certificate that nobody vouches for is refused', async () => {
    const pem = readFileSync(path.join(import.meta.dirname, '__fixtures__/self-signed.pem'));
    const asked: string[] = [];
    const server = tls.createServer({ key: pem, cert: pem }, (socket) => {
      socket.on('data', (bytes) => asked.push(bytes.toString()));
      socket.on('error', () => socket.destroy());
    });
    const gate = await gateTo(server, { tls: true });
    const caller = await gate.call();
    caller.send(aGet('Authorization: Bearer secret\r\n'));
    const [reply] = await repliesTo(caller);
    expect([statusOf(reply), field(reply, 'x-code')]).toEqual([502, 'upstream.unreachable']);
    expect(asked).toEqual([]);
  });
});
