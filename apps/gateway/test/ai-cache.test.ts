import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gate, upstream } from './review-tools.ts';

const CHAT = '/v1/chat/completions';

/** Answers each call with its number. */
async function provider(delayMs = 0) {
  let calls = 0;
  const { port } = await upstream((request, response) => {
    let body = '';
    request.on('data', (bytes) => (body += String(bytes)));
    request.on('end', () => {
      const content = `answer ${++calls}`;
      const streamed = body.includes('"stream":true');
      const chunk = {
        model: 'x',
        choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: 'stop' }],
      };
      const whole = {
        object: 'chat.completion',
        model: 'x',
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
      };
      response.setHeader('content-type', streamed ? 'text/event-stream' : 'application/json');
      const text = streamed ? `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n` : JSON.stringify(whole);
      setTimeout(() => response.end(text), delayMs);
    });
  });
  return { port, calls: () => calls };
}

function config(port: number): string {
  return `
ai:
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1" } }
  models: { m: { cache: { ttl: 1m }, targets: [ { provider: one, model: x } ] } }
applications:
  a: { keys: [ { name: k, secret: key-a } ] }
  b: { keys: [ { name: k, secret: key-b } ] }
`;
}

interface Ask {
  readonly key?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(url: string, { key = 'key-a', body = {}, headers = {} }: Ask = {}): Promise<[string, string]> {
  const reply = await fetch(url + CHAT, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body }),
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
  const [, answer = ''] = /(answer \d+)/.exec(await reply.text()) ?? [];
  return [answer, reply.headers.get('cache-status') ?? ''];
}

describe('kept answers', () => {
  it('are given again to the same application, plain and as a stream, and cost nothing', async () => {
    const { port, calls } = await provider();
    const running = await gate(config(port));
    expect(await ask(running.url)).toEqual(['answer 1', 'gatehouse; fwd=miss']);
    expect(await ask(running.url)).toEqual(['answer 1', expect.stringMatching(/^gatehouse; hit; ttl=\d+$/)]);
    expect((await ask(running.url, { body: { stream: true } }))[0]).toBe('answer 1');
    expect(calls()).toBe(1);
    const records = await running.records();
    expect(records.map(({ aiCostMicroUsd, aiAttempts }) => [aiCostMicroUsd, aiAttempts])).toEqual([
      [undefined, 1],
      [0, 0],
      [0, 0],
    ]);
    expect(records.map(({ cacheStatus }) => cacheStatus?.split(';')[1])).toEqual([' fwd=miss', ' hit', ' hit']);
  });

  it('of a stream are given to who asks for a whole answer', async () => {
    const { port, calls } = await provider();
    const running = await gate(config(port));
    expect((await ask(running.url, { body: { stream: true } }))[0]).toBe('answer 1');
    expect((await ask(running.url))[0]).toBe('answer 1');
    expect(calls()).toBe(1);
  });

  it('are never given to another application, nor for another question', async () => {
    const { port } = await provider();
    const running = await gate(config(port));
    expect((await ask(running.url))[0]).toBe('answer 1');
    expect((await ask(running.url, { key: 'key-b' }))[0]).toBe('answer 2');
    expect((await ask(running.url, { body: { temperature: 0.5 } }))[0]).toBe('answer 3');
  });

  it('are not taken or kept against the wish of the caller', async () => {
    const { port } = await provider();
    const running = await gate(config(port));
    const wish = (text: string): Ask => ({ headers: { 'x-gatehouse-cache': text } });
    expect((await ask(running.url, wish('no-store')))[0]).toBe('answer 1');
    expect((await ask(running.url))[0]).toBe('answer 2');
    expect((await ask(running.url, wish('no-cache')))[0]).toBe('answer 3');
    expect((await ask(running.url))[0]).toBe('answer 3');
  });

  it('are waited for by those who ask the same meanwhile', async () => {
    const { port, calls } = await provider(300);
    const running = await gate(config(port));
    const first = ask(running.url);
    await sleep(100);
    const [, second] = await Promise.all([first, ask(running.url)]);
    expect(second).toEqual(['answer 1', 'gatehouse; fwd=miss; collapsed']);
    expect(calls()).toBe(1);
  });
});
