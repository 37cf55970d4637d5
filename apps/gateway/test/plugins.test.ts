import { afterEach, describe, expect, it } from 'vitest';
import type { PluginSpec, Snapshot } from '@gatehouse/config';
import { compile, startUpstream } from './harness.ts';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Gateway } from '../src/index.ts';

let running: { stop(): Promise<void> } | undefined;
afterEach(async () => running?.stop());

const plugin = (code: string, timeoutMs = 300): PluginSpec => ({ file: '/nowhere/p.js', code, timeoutMs });

/** A gate of one worker with the plugin `p` on its only route. */
async function gateWith(
  code: string,
  timeoutMs?: number,
): Promise<{ url: string; publish: (next: string) => Promise<void>; lines: string[] }> {
  const upstream = await startUpstream((request, response) => response.end(JSON.stringify(request.headers)));
  const lines: string[] = [];
  const plain = compile(`apis: { a: { access: open, upstream: "http://127.0.0.1:${upstream.port}" } }\n`);
  const snapshotOf = (text: string): Snapshot => ({
    ...plain,
    version: `v${text.length}-${text.slice(-20)}`,
    plugins: { p: plugin(text, timeoutMs) },
    routes: plain.routes.map((route) => ({ ...route, policies: [{ name: 'p', config: { a: 1 }, scope: 'a#p.0' }] })),
  });
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-plugin-'));
  const gateway = await Gateway.start(
    {
      listen: { host: '127.0.0.1', port: 0 },
      workers: 1,
      dataDir,
      log: createLogger({ level: 'error', write: (line) => lines.push(line), now: Date.now }),
      logLevel: 'error',
      clock: systemClock,
      pseudonym: 'gatehouse-test',
    },
    snapshotOf(code),
  );
  running = {
    stop: async () => {
      await gateway.stop(1000);
      await upstream.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return {
    url: `http://127.0.0.1:${gateway.port}`,
    publish: async (next) => void (await gateway.publish(snapshotOf(next))),
    lines,
  };
}

const hooks = (body: string, stage = 'admit'): string =>
  `export default { stage: '${stage}', build: (config, tools) => (${body}) };`;

describe('a plugin', () => {
  it.each([
    ['lets the call go on', '() => undefined', 200, undefined],
    ['refuses', "() => ({ code: 'auth.forbidden', detail: 'no' })", 403, 'auth.forbidden'],
    ['throws, which refuses', "() => { throw new Error('boom'); }", 503, 'policy.failed'],
    ['answers with a promise, which refuses', 'async () => undefined', 503, 'policy.failed'],
  ])('that is told who calls %s', async (_, hook, status, code) => {
    const { url } = await gateWith(hooks(`{ onIdentified: ${hook} }`, 'guard'));
    const reply = await fetch(url);
    const body: unknown = await reply.json();
    expect(reply.status).toBe(status);
    if (code !== undefined) expect(body).toMatchObject({ code });
  });

  it('sees its config and acts', async () => {
    const { url } = await gateWith(hooks(`{ onRequest: (x) => { x.upstreamHeaders.set('x-a', String(config.a)); } }`));
    expect(await (await fetch(url)).json()).toMatchObject({ 'x-a': '1' });
  });

  it('is replaced when its text changes, without a restart', async () => {
    const saying = (word: string): string =>
      hooks(`{ onRequest: () => ({ status: 200, headers: [], body: '${word}' }) }`);
    const { url, publish } = await gateWith(saying('one'));
    expect(await (await fetch(url)).text()).toBe('one');
    await publish(saying('two'));
    expect(await (await fetch(url)).text()).toBe('two');
  });

  it.each([
    ['throws', `{ onRequest: () => { throw new Error('boom'); } }`],
    ['rejects', `{ onRequest: async () => { throw new Error('boom'); } }`],
    ['never answers', `{ onRequest: () => new Promise(() => {}) }`],
    ['throws while it identifies', `{ onIdentify: () => { throw new Error('boom'); } }`],
  ])('that %s refuses the call, and the gate goes on', async (_, body) => {
    const { url } = await gateWith(hooks(body, body.includes('onIdentify') ? 'identify' : 'admit'));
    for (let call = 0; call < 2; call++) {
      const reply = await fetch(url);
      expect([reply.status, await reply.json()]).toMatchObject([503, { code: 'policy.failed' }]);
    }
  });

  it('that throws in a hook of replies costs one exchange', async () => {
    const { url } = await gateWith(hooks(`{ onReply: () => { throw new Error('boom'); } }`, 'shape'));
    expect((await fetch(url)).status).toBeGreaterThanOrEqual(500);
    expect((await fetch(url)).status).toBeGreaterThanOrEqual(500);
  });

  it.each([
    ['has an unknown hook', hooks(`{ onRequests: () => {} }`)],
    ['builds nothing', hooks('null')],
    ['has a hook that is no function', hooks('{ onRequest: 7 }')],
    ['throws while it is built', hooks(`(() => { throw new Error('boom'); })()`)],
  ])('that %s makes its route answer 503, never disappear', async (_, code) => {
    const { url } = await gateWith(code);
    const reply = await fetch(url);
    expect([reply.status, await reply.json()]).toMatchObject([503, { code: 'route.unavailable' }]);
  });

  it('that cannot be loaded any more changes nothing', async () => {
    const { url, publish } = await gateWith(hooks(`{ onRequest: () => ({ status: 200, headers: [], body: 'old' }) }`));
    await expect(publish('export default 7;')).rejects.toThrow('is none any more');
    await expect(publish('syntax error')).rejects.toThrow('cannot be loaded');
    expect(await (await fetch(url)).text()).toBe('old');
  });
});
