import http from 'node:http';
import path from 'node:path';
import { spentIn } from '@gatehouse/counters/testing';
import { hash64 } from '@gatehouse/kernel';
import type { ExchangeRecord } from '@gatehouse/record';
import { describe, expect, it } from 'vitest';
import type { Running } from './harness.ts';
import { gate, upstream, within } from './review-tools.ts';

const USAGE = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };

function answer(usage: object | undefined): string {
  const choice = { index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' };
  return JSON.stringify({ object: 'chat.completion', model: 'x', choices: [choice], usage });
}

type Vendor = (response: http.ServerResponse, path: string) => void;

async function vendor(answers: Vendor): Promise<number> {
  const { port } = await upstream((request, response) => {
    request.resume();
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      answers(response, request.url ?? '');
    });
  });
  return port;
}

const later =
  (ms: number, usage: object | undefined = USAGE): Vendor =>
  (response) =>
    void setTimeout(() => response.end(answer(usage)), ms);

interface Setup {
  readonly one: number;
  readonly two?: number;
  readonly model?: string;
}

/** A token of input costs a micro-dollar, one of output two; at the other vendor ten times as much. */
function config({ one, two = one, model = '' }: Setup): string {
  return `
ai:
  require: open
  providers:
    one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${one}/v1" }
    two: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${two}/v1" }
  models:
    m: { balance: priority, targets: [ { provider: one, model: x }, { provider: two, model: y } ], ${model} }
  prices: { one: { x: { input: 1, output: 2 } }, two: { y: { input: 10, output: 20 }, e: { input: 10 } } }
  budgets:
    - { of: all, usd: 100, per: total }
    - { of: all, usd: 0.00001, per: total, mode: warning }
    - { of: provider, usd: 100, per: total }
    - { of: model, usd: 100, per: total }
`;
}

async function call(
  url: string,
  options: { stream?: boolean; signal?: AbortSignal; id?: string } = {},
): Promise<number> {
  const { stream = false, signal, id } = options;
  const ask = { model: 'm', messages: [{ role: 'user', content: 'hi' }], max_tokens: 100, stream };
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(ask),
    ...(signal !== undefined && { signal }),
    headers: id === undefined ? {} : { 'x-request-id': id },
  }).then(
    async (reply) => {
      await reply.arrayBuffer();
      return reply.status;
    },
    () => 0,
  );
}

interface Books {
  readonly records: readonly ExchangeRecord[];
  readonly recorded: number;
  /** By the budgets' own files: of all, of both providers, of the model. */
  readonly all: number;
  readonly one: number;
  readonly two: number;
  readonly model: number;
}

/** Stops the gate first. */
async function booksOf(running: Running): Promise<Books> {
  const records = await running.records();
  const entries = ['all\n', 'provider\none', 'provider\ntwo', 'model\nm'].map((name) => ({
    key: hash64(`budget\n${name}\ntotal`),
    budget: { limitMicros: 1e9, per: 'total' } as const,
  }));
  const [all = 0, one = 0, two = 0, model = 0] = spentIn(path.join(running.dataDir, 'budgets'), entries, Date.now());
  const recorded = records.reduce((sum, { aiCostMicroUsd = 0 }) => sum + aiCostMicroUsd, 0);
  return { records, recorded, all, one, two, model };
}

describe('what a record says that a call did cost is what its budgets say', () => {
  it('though two of them are one account', async () => {
    const running = await gate(config({ one: await vendor(later(0)) }));
    for (let i = 0; i < 3; i++) expect(await call(running.url)).toBe(200);
    const { recorded, all, one, model } = await booksOf(running);
    expect([recorded, all, one, model]).toEqual([150, 150, 150, 150]);
  });

  it('when a hedge has lost, who is paid, too', async () => {
    const slow = await vendor((response) => {
      response.setHeader('content-type', 'text/event-stream');
      const chunk = { choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: 'stop' }], usage: USAGE };
      setTimeout(() => response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`), 300);
    });
    const fast = await vendor((response) => {
      response.setHeader('content-type', 'text/event-stream');
      const chunk = { choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: 'stop' }], usage: USAGE };
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
    const model = 'hedge: { after: 20ms }, retries: { budget: 100% }';
    const running = await gate(config({ one: slow, two: fast, model }));
    expect(await call(running.url, { stream: true })).toBe(200);
    const { records, recorded, all, one, two } = await booksOf(running);
    expect(records).toMatchObject([{ aiProvider: 'two', aiAttempts: 2, aiCostElsewhere: `one:${one}` }]);
    expect(one).toBeGreaterThan(0);
    expect([two, all, recorded]).toEqual([500, 500 + one, 500 + one]);
  });

  it('when a vendor has told what it used and then breaks off: another one is asked, and both are paid', async () => {
    const broken = await vendor((response) => {
      response.setHeader('content-type', 'text/event-stream');
      const chunk = { choices: [{ index: 0, delta: { role: 'assistant' } }], usage: USAGE };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
      setTimeout(() => response.end(), 20);
    });
    const running = await gate(config({ one: broken, two: broken }));
    expect(await call(running.url, { stream: true })).toBe(502);
    const { records, recorded, all, one, two } = await booksOf(running);
    expect([recorded, all, one + two]).toEqual([all, all, all]);
    expect(records[0]?.aiAttempts).toBeGreaterThan(1);
    expect([one, two].every((micros) => micros > 0)).toBe(true);
  });

  it('when nobody knows what was used: then it has cost what was set aside', async () => {
    const sound: Vendor = (response) => response.setHeader('content-type', 'audio/mpeg').end('sound');
    const running = await gate(config({ one: await vendor(sound) }));
    const ask = JSON.stringify({ model: 'm', input: 'Say this.', voice: 'alloy' });
    expect((await fetch(`${running.url}/v1/audio/speech`, { method: 'POST', body: ask })).status).toBe(200);
    const { records, recorded, all } = await booksOf(running);
    expect(records).toMatchObject([{ aiPriceVersion: 'reserved', status: 200 }]);
    expect(recorded).toBeGreaterThan(0);
    expect(all).toBe(recorded);
  });

  it('when a caller leaves while a vector is made: it has cost what was set aside for it', async () => {
    const asked: string[] = [];
    const port = await vendor((response, url) => {
      asked.push(url);
      if (!url.endsWith('/embeddings')) response.end(answer(USAGE));
    });
    const model = 'cache: { ttl: 1m, semantic: { provider: two, model: e, timeout: 5s } }';
    const running = await gate(config({ one: port, model }));
    const leave = new AbortController();
    const left = call(running.url, { signal: leave.signal });
    expect(await within(3000, () => asked.length === 1)).toBe(true);
    leave.abort();
    expect(await left).toBe(0);
    const { records, recorded, all, two, model: ofModel } = await booksOf(running);
    expect(records).toMatchObject([{ code: 'request.cancelled', aiCostElsewhere: `two:${two}` }]);
    expect(two).toBeGreaterThan(0);
    expect([recorded, all, ofModel]).toEqual([two, two, two]);
  });
});

describe('a worker that is lost', () => {
  it('leaves a record for each of its calls, which says what its budgets say', { timeout: 30_000 }, async () => {
    const running = await gate(config({ one: await vendor((response) => later(Math.random() * 30)(response, '')) }), 2);
    const answered: string[] = [];
    const load = { calls: 0, over: false };
    const caller = async (): Promise<void> => {
      while (!load.over) {
        const id = `c-${load.calls++}`;
        if ((await call(running.url, { id })) === 200) answered.push(id);
      }
    };
    const callers = Promise.all(Array.from({ length: 12 }, caller));
    for (const worker of [0, 1, 0, 1]) {
      const served = (): number => running.gateway.status().workers[worker]?.stats.requests ?? 0;
      expect(await within(10_000, () => served() > 0)).toBe(true);
      await running.gateway.killWorker(worker);
      expect(await within(10_000, () => served() === 0)).toBe(true);
    }
    load.over = true;
    await callers;
    const { records, recorded, all, one, model } = await booksOf(running);
    expect([all, one, model]).toEqual([recorded, recorded, recorded]);
    const ids = records.map(({ id }) => id);
    expect(ids.length).toBe(new Set(ids).size);
    expect(answered.filter((id) => !ids.includes(id))).toEqual([]);
    const lost = records.filter(({ code }) => code === 'gateway.worker_lost');
    expect(lost.length).toBeGreaterThan(0);
    expect(lost[0]).toMatchObject({
      status: 502,
      aiUsageState: 'partial',
      aiPriceVersion: 'reserved',
      aiModelAsked: 'm',
    });
  });
});
