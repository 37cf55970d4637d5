import http from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cachePurge } from '../src/commands/cache-purge.ts';
import { CommandFailure } from '../src/failure.ts';
import { startStatusServer } from '../src/status-server.ts';

/** A status port that remembers what it was asked to purge. */
async function statusPort(adminToken: string | undefined): Promise<{ port: number; purged: unknown[] }> {
  const purged: unknown[] = [];
  const source = {
    phase: 'ready' as const,
    status: () => undefined,
    identityKeys: () => undefined,
    adminToken,
    purge: (what: unknown) => {
      purged.push(what);
      return 3;
    },
  };
  const server = await startStatusServer(source, { host: '127.0.0.1', port: 0, option: '--status' });
  onTestFinished(() => server.close());
  return { port: server.port, purged };
}

async function run(
  port: number,
  what: object,
  token: string | undefined = 'secret',
): Promise<string | number | string[]> {
  const lines: string[] = [];
  const status = { host: '127.0.0.1', port, option: '--status' };
  try {
    await cachePurge({ ...what, status, token, json: false, print: (line) => lines.push(line) });
    return lines;
  } catch (error) {
    if (error instanceof CommandFailure) return error.message;
    throw error;
  }
}

describe('gatehouse cache purge', () => {
  it.each([[{ url: 'http://a/b' }], [{ prefix: 'http://a/' }], [{ tag: 'users' }]])(
    '%j tells the gate',
    async (what) => {
      const { port, purged } = await statusPort('secret');
      expect(await run(port, what)).toEqual(['3 purged']);
      expect(purged).toEqual([what]);
    },
  );

  it.each<[string, object, string | undefined, string | undefined, string]>([
    ['without the right token', { tag: 'a' }, 'wrong', 'secret', '401'],
    ['of a gate that has none', { tag: 'a' }, 'secret', undefined, '403'],
    ['without a token', { tag: 'a' }, '', 'secret', 'set GATEHOUSE_ADMIN_TOKEN'],
    ['of nothing', {}, 'secret', 'secret', 'write one of --url, --prefix and --tag'],
    ['of two things', { tag: 'a', url: 'b' }, 'secret', 'secret', 'write one of'],
  ])('%s is refused', async (_, what, token, own, why) => {
    const { port, purged } = await statusPort(own);
    expect(await run(port, what, token)).toContain(why);
    expect(purged).toEqual([]);
  });

  it('says so where no gate answers', async () =>
    expect(await run(1, { tag: 'a' })).toContain('no gate answers on 127.0.0.1:1'));

  it.each(['', '[]', '{}', '{"tag":1}', '{"tag":"a","url":"b"}', '{"all":"x"}', '{"tag":""}', 'x'.repeat(20_000)])(
    'never acts on the body %.20s',
    async (body) => {
      const { port, purged } = await statusPort('secret');
      const status = await new Promise((resolve) => {
        const headers = { authorization: 'Bearer secret' };
        const request = http.request(
          { port, host: '127.0.0.1', method: 'POST', path: '/cache/purge', headers },
          (reply) => resolve(reply.statusCode),
        );
        request.end(body);
      });
      expect([status, purged]).toEqual([400, []]);
    },
  );
});
