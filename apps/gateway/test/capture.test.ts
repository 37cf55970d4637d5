import http from 'node:http';
import http2 from 'node:http2';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { startDemoModel } from '@gatehouse/ai/demo';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startGate, startUpstream, type Running } from './harness.ts';
import { keptBodies, spoolText, type Kept } from './kept-bodies.ts';

async function gateFor(policy: string, handle?: http.RequestListener, more = ''): Promise<Running> {
  const upstream = await startUpstream(handle);
  const gate = await startGate(`
apis:
  all:
    basePath: ""
    access: open
    upstream: "http://127.0.0.1:${upstream.port}"
    policies: [ ${policy} ]
${more}`);
  onTestFinished(async () => {
    await gate.stop();
    await upstream.close();
  });
  return gate;
}

const ALL = 'capture: { sample: 100% }';
const texts = (kept: readonly Kept[]): readonly string[] => kept.map(({ opened }) => opened.text);

const echo: http.RequestListener = (request, response) => {
  response.setHeader('content-type', request.headers['content-type'] ?? 'text/plain');
  request.pipe(response);
};

describe('bodies of calls', () => {
  it('are kept beside the record, encrypted, without what is secret', async () => {
    const gate = await gateFor(`{ ${ALL} }`, echo);
    const sent = JSON.stringify({ user: 'ada', password: 'hunter2-secret', mail: 'ada@example.com' });
    const reply = await fetch(`${gate.url}/login?page=2&token=query-secret`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer header-secret', 'x-a': '1' },
      body: sent,
    });
    expect(await reply.text()).toBe(sent);
    const [request, response, ...others] = await keptBodies(gate);
    expect(others).toEqual([]);
    const id = reply.headers.get('x-request-id');
    expect(request?.line).toMatchObject({
      id,
      side: 'request',
      type: 'application/json',
      bytes: sent.length,
      cut: false,
    });
    expect(request?.opened.text).toBe('{"user":"ada","password":"[redacted]","mail":"[email]"}');
    expect(request?.opened.head).toMatchObject({ why: 'sampled', method: 'POST', query: '?page=2&token=[redacted]' });
    expect(request?.opened.head.headers).toContainEqual(['authorization', '[masked]']);
    expect(request?.opened.head.headers).toContainEqual(['x-a', '1']);
    expect(response?.line).toMatchObject({ id, side: 'response', bytes: sent.length, cut: false });
    expect(response?.opened).toMatchObject({ text: request?.opened.text, head: { status: 200 } });
    const spool = await spoolText(gate);
    for (const secret of ['hunter2', 'ada@', 'header-secret', 'query-secret', '[redacted]'])
      expect(spool).not.toContain(secret);
    const [record] = await gate.records();
    expect(record?.policies).toBe('capture: sampled');
  });

  it('are not kept without the policy, nor beside its sample', async () => {
    const gate = await gateFor('{ capture: { sample: 0%, on: [error] } }', echo);
    await fetch(gate.url, { method: 'POST', body: 'a' });
    expect(await keptBodies(gate)).toEqual([]);
    expect(await gate.records()).toHaveLength(1);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('are shown decoded where they pass in %s', async (coding, encode) => {
    const gate = await gateFor(`{ ${ALL} }`, (request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding });
      response.end(encode(Buffer.from('{"password":"a","ok":true}')));
    });
    await (await fetch(gate.url)).text();
    expect(texts(await keptBodies(gate))).toEqual(['', '{"password":"[redacted]","ok":true}']);
  });

  it('are those that the caller got, whatever policies changed', async () => {
    const gate = await gateFor(`{ compress: { minBytes: 1B } }, { ${ALL} }`, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}');
    });
    await (await fetch(gate.url, { headers: { 'accept-encoding': 'gzip' } })).text();
    const [, response] = await keptBodies(gate);
    expect(response?.opened.head.headers).toContainEqual(['content-encoding', 'gzip']);
    expect(response?.opened.text).toBe('{"a":1}');
  });

  it('are those of refusals and failures, where they are wanted', async () => {
    const gate = await gateFor(
      '{ capture: { sample: 0%, on: [error, refusal] } }, { body-size: { max: 4B } }',
      (request) => request.socket.destroy(),
    );
    const big = await fetch(gate.url, { method: 'POST', body: 'too long', headers: { 'content-type': 'text/plain' } });
    const failed = await fetch(gate.url, { method: 'POST', body: 'abc', headers: { 'content-type': 'text/plain' } });
    expect([big.status, failed.status]).toEqual([413, 502]);
    const kept = await keptBodies(gate);
    expect(kept.map(({ line, opened }) => [line.side, opened.head.why, line.cut, opened.text.slice(0, 3)])).toEqual([
      ['request', 'refusal', true, ''],
      ['response', 'refusal', false, '{"t'],
      ['request', 'error', false, 'abc'],
      ['response', 'error', false, '{"t'],
    ]);
  });

  it('pass while they are looked on at: nothing waits', async () => {
    let finish: (() => void) | undefined;
    const gate = await gateFor(`{ ${ALL} }`, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"a":"one"}\n\n');
      finish = () => response.end('data: {"a":"two"}\n\n');
    });
    const reply = await fetch(gate.url);
    const reader = reply.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: {"a":"one"}\n\n');
    finish?.();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: {"a":"two"}\n\n');
    await reader?.read();
    expect(texts(await keptBodies(gate))[1]).toBe('data: {"a":"one"}\n\ndata: {"a":"two"}\n\n');
  });

  it('are those of a request that a policy asked for as a whole, and of one in chunks', async () => {
    const gate = await gateFor(`{ ${ALL} }, { json-limits: {} }`, echo);
    const sent = (async function* pieces() {
      yield Buffer.from('{"pass');
      yield Buffer.from('word":"abc","n":1}');
      await Promise.resolve();
    })();
    const request: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: ReadableStream.from(sent),
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    };
    await (await fetch(gate.url, request)).text();
    expect(texts(await keptBodies(gate))).toEqual(Array.from({ length: 2 }, () => '{"password":"[redacted]","n":1}'));
  });

  it('are those of HTTP/2', async () => {
    const gate = await gateFor(`{ ${ALL} }`, echo);
    const session = http2.connect(gate.url);
    const stream = session.request({ ':method': 'POST', 'content-type': 'text/plain' });
    stream.end('hello');
    await new Promise((resolve) => stream.on('end', resolve).resume());
    session.close();
    expect(texts(await keptBodies(gate))).toEqual(['hello', 'hello']);
  });

  it.each([false, true])('are those of model calls as the caller sees them (stream: %s)', async (stream) => {
    const demo = await startDemoModel();
    const gate = await startGate(`
ai:
  providers: { one: { kind: openai-compatible, baseUrl: "${demo.url}", apiKey: sk-provider } }
  models: { assistant: { targets: [ { provider: one, model: demo } ] } }
  policies: [ { capture: { sample: 100% } } ]
  access: [ { application: mobile, models: [assistant] } ]
applications:
  mobile: { keys: [ { name: ci, secret: key-of-mobile } ] }
`);
    onTestFinished(async () => {
      await gate.stop();
      await demo.close();
    });
    const asked = {
      model: 'assistant',
      stream,
      messages: [{ role: 'user', content: 'Mail to ada@example.com, please' }],
    };
    const reply = await fetch(`${gate.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer key-of-mobile', 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    const said = await reply.text();
    expect(reply.status).toBe(200);
    const [request, response] = await keptBodies(gate);
    expect(JSON.parse(request?.opened.text ?? '')).toMatchObject({
      model: 'assistant',
      messages: [{ content: 'Mail to [email], please' }],
    });
    expect(response?.line.bytes).toBe(Buffer.byteLength(said));
    expect(response?.opened.head.shown).toBe(stream ? 'events' : 'json');
    expect(response?.opened.text).toContain(stream ? 'data: [DONE]' : '"choices"');
    expect(JSON.stringify([request, response])).not.toMatch(/key-of-mobile|sk-provider|ada@example/);
  });
});
