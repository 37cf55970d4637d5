import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { House } from '../src/house.ts';
import { clockedGate } from './clocked-gate.ts';
import { gate, upstream, within } from './review-tools.ts';

const RESET = 'How do I reset my password?';
const RESET_TOO = 'How can I reset my password?';
const NORTH = [1, 0, 0];

interface Wishes {
  /** What a text's vector is; by default all texts mean the same. */
  readonly vectors?: Readonly<Record<string, readonly number[]>>;
  /** The first answer, if it is a stream, ends without its end. */
  readonly cut?: boolean;
  /** Instead of an answer with vectors. */
  readonly embed?: (response: ServerResponse) => void;
}

/** A vendor whose chat answers each call with its number, and whose vectors the test has set. */
async function vendor({ vectors = {}, cut = false, embed }: Wishes = {}) {
  const seen = { chats: 0, embedded: [] as string[] };
  const { port } = await upstream((request, response) => {
    let text = '';
    request.on('data', (bytes) => (text += String(bytes)));
    request.on('end', () => {
      const body: unknown = JSON.parse(text);
      if (request.url === '/v1/embeddings') {
        const [input] = inputsOf(body);
        seen.embedded.push(input);
        if (embed !== undefined) embed(response);
        else response.end(embeddings(vectors[input] ?? NORTH));
      } else {
        const content = `answer ${++seen.chats}`;
        const streamed = text.includes('"stream":true');
        chat(response, { content, streamed, whole: !cut || seen.chats > 1 });
      }
    });
  });
  return { port, seen };
}

function inputsOf(body: unknown): [string] {
  if (typeof body === 'object' && body !== null && 'input' in body && Array.isArray(body.input)) {
    return [String(body.input[0])];
  }
  throw new TypeError('no input');
}

function embeddings(embedding: readonly number[]): string {
  const usage = { prompt_tokens: 10, total_tokens: 10 };
  return JSON.stringify({ object: 'list', data: [{ object: 'embedding', index: 0, embedding }], model: 'e', usage });
}

interface Said {
  readonly content: string;
  readonly streamed: boolean;
  readonly whole: boolean;
}

function chat(response: ServerResponse, { content, streamed, whole }: Said): void {
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  const message = { role: 'assistant', content };
  const choice = { index: 0, finish_reason: 'stop' };
  const answer = { object: 'chat.completion', model: 'x', choices: [{ ...choice, message }], usage };
  const chunk = { model: 'x', choices: [{ ...choice, finish_reason: whole ? 'stop' : null, delta: message }] };
  response.setHeader('content-type', streamed ? 'text/event-stream' : 'application/json');
  const stream = `data: ${JSON.stringify(chunk)}\n\n${whole ? 'data: [DONE]\n\n' : ''}`;
  response.end(streamed ? stream : JSON.stringify(answer));
}

interface Setup {
  readonly semantic?: string;
  readonly more?: string;
  readonly embedder?: string;
}

function config(port: number, { semantic = '', more = '', embedder = 'e' }: Setup = {}): string {
  return `
ai:
  providers: { one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1" } }
  models:
    m:
      targets: [ { provider: one, model: x } ]
      cache: { ttl: 1m, semantic: { provider: one, model: ${embedder}${semantic} } }
  prices: { one: { x: { input: 1, output: 1 }, e: { input: 100 } } }
${more}
applications:
  a: { keys: [ { name: k, secret: key-a } ] }
  b: { keys: [ { name: k, secret: key-b } ] }
`;
}

interface Ask {
  readonly key?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

async function ask(url: string, content: string, { key = 'key-a', body = {}, headers = {}, signal }: Ask = {}) {
  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }], ...body }),
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(signal && { signal }),
  });
  const text = await reply.text();
  const [, answer = ''] = /(answer \d+)/.exec(text) ?? [];
  return { answer, text, status: reply.headers.get('cache-status') ?? '' };
}

/** Those whose bodies were read. */
function callsUnderWay(house: House): number {
  return [...house.active].filter(({ ai }) => ai?.modelAsked !== undefined).length;
}

const SIMILAR = /^gatehouse; hit; ttl=\d+; detail=semantic; gatehouse-similarity=1$/;

describe('a question in other words', () => {
  it('has the answer that is kept, plain and as a stream', async () => {
    const { port, seen } = await vendor();
    const { url } = await clockedGate(config(port));
    expect(await ask(url, RESET)).toMatchObject({ answer: 'answer 1', status: 'gatehouse; fwd=miss' });
    const again = await ask(url, RESET_TOO);
    expect([again.answer, again.status]).toEqual(['answer 1', expect.stringMatching(SIMILAR)]);
    const streamed = await ask(url, 'How could I reset my password?', { body: { stream: true } });
    expect(streamed.status).toMatch(SIMILAR);
    expect(streamed.text).toMatch(/^data: \{.*"answer 1".*\n\ndata: \[DONE\]\n\n$/s);
    expect(seen.chats).toBe(1);
    expect(seen.embedded).toEqual([RESET, RESET_TOO, 'How could I reset my password?']);
  });

  it('has the answer that was given as a stream', async () => {
    const { port, seen } = await vendor();
    const { url } = await clockedGate(config(port));
    expect((await ask(url, RESET, { body: { stream: true } })).answer).toBe('answer 1');
    expect((await ask(url, RESET_TOO)).status).toMatch(SIMILAR);
    expect(seen.chats).toBe(1);
  });

  it('does not have an answer that broke off', async () => {
    const { port } = await vendor({ cut: true });
    const { url } = await clockedGate(config(port));
    await expect(ask(url, RESET, { body: { stream: true } })).rejects.toThrow(/terminated/);
    expect((await ask(url, RESET_TOO)).answer).toBe('answer 2');
  });

  it('is not embedded again when it is asked again', async () => {
    const { port, seen } = await vendor();
    const { url } = await clockedGate(config(port));
    for (const text of [RESET, RESET_TOO, RESET, RESET_TOO]) expect((await ask(url, text)).answer).toBe('answer 1');
    expect(seen.embedded).toEqual([RESET, RESET_TOO]);
  });

  it('is another question when its vector is too far', async () => {
    const { port } = await vendor({ vectors: { [RESET_TOO]: [1, 0.5, 0] } });
    const { url } = await clockedGate(config(port));
    expect((await ask(url, RESET)).answer).toBe('answer 1');
    expect(await ask(url, RESET_TOO)).toMatchObject({ answer: 'answer 2', status: 'gatehouse; fwd=miss' });
    const lax = await clockedGate(config(port, { semantic: ', threshold: 0.8' }));
    expect((await ask(lax.url, RESET)).answer).toBe('answer 3');
    const near = await ask(lax.url, RESET_TOO);
    expect([near.answer, near.status]).toEqual(['answer 3', expect.stringMatching(/similarity=0\.894$/)]);
  });

  it.each([
    ['Convert 5 miles to km please', 'Convert 6 miles to km please'],
    ['Is smoking allowed in the hotel?', 'Is smoking not allowed in the hotel?'],
    ['How do I fly from Rome to Oslo?', 'How do I fly from Oslo to Rome?'],
  ])('is another question when its words say so: %j, %j', async (one, other) => {
    const { port } = await vendor();
    const { url } = await clockedGate(config(port));
    expect((await ask(url, one)).answer).toBe('answer 1');
    expect((await ask(url, other)).answer).toBe('answer 2');
  });

  it('is another question to other instructions, after another talk, or at another temperature', async () => {
    const { port, seen } = await vendor();
    const { url } = await clockedGate(config(port));
    expect((await ask(url, RESET)).answer).toBe('answer 1');
    const last = { role: 'user', content: RESET_TOO };
    const bodies = [
      { messages: [{ role: 'system', content: 'Be brief.' }, last] },
      { messages: [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hi.' }, last] },
      { temperature: 0.5 },
    ];
    for (const [index, body] of bodies.entries()) {
      expect((await ask(url, RESET_TOO, { body })).answer).toBe(`answer ${index + 2}`);
    }
    expect(seen.chats).toBe(4);
  });

  it('never has the answer of another application', async () => {
    const { port } = await vendor();
    const { url } = await clockedGate(config(port));
    expect((await ask(url, RESET)).answer).toBe('answer 1');
    expect((await ask(url, RESET_TOO, { key: 'key-b' })).answer).toBe('answer 2');
    expect((await ask(url, 'How could I reset my password?', { key: 'key-b' })).answer).toBe('answer 2');
    expect((await ask(url, 'How would I reset my password?')).answer).toBe('answer 1');
  });

  it('is asked of the model when its caller wishes so, and kept from the cache when its caller wishes that', async () => {
    const { port, seen } = await vendor();
    const { url } = await clockedGate(config(port));
    const wish = (text: string): Ask => ({ headers: { 'x-gatehouse-cache': text } });
    expect((await ask(url, RESET, wish('no-store'))).answer).toBe('answer 1');
    expect((await ask(url, RESET_TOO)).answer).toBe('answer 2');
    expect((await ask(url, RESET, wish('no-cache'))).answer).toBe('answer 3');
    expect((await ask(url, 'How could I reset my password?', wish('no-store'))).answer).toBe('answer 2');
    expect(seen.embedded).toHaveLength(3);
  });

  it('is too long to be compared, or no text, and is then a call like all others', async () => {
    const { port, seen } = await vendor();
    const { url } = await clockedGate(config(port));
    const image = { type: 'image_url', image_url: { url: 'https://a/b.png' } };
    expect((await ask(url, 'word '.repeat(500))).status).toBe('gatehouse; fwd=miss');
    await ask(url, '', { body: { messages: [{ role: 'user', content: [image] }] } });
    expect(seen).toEqual({ chats: 2, embedded: [] });
  });

  it('leaves the gate for no vector when a guard has masked something in it', async () => {
    const { port, seen } = await vendor();
    const more = '  guards: { personal: { kind: pii, action: mask } }';
    const { url } = await clockedGate(config(port, { more }));
    expect((await ask(url, 'How do I write to jane@example.com?')).answer).toBe('answer 1');
    expect((await ask(url, 'How can I write to john@example.com?')).answer).toBe('answer 2');
    expect(seen.embedded).toEqual([]);
    expect((await ask(url, RESET)).answer).toBe('answer 3');
    expect((await ask(url, RESET_TOO)).status).toMatch(SIMILAR);
  });

  it('is embedded once when many ask at the same time', async () => {
    const waiting: (() => void)[] = [];
    const embed = (response: ServerResponse) => waiting.push(() => response.end(embeddings(NORTH)));
    const { port, seen } = await vendor({ embed });
    const { url, house } = await clockedGate(config(port));
    const same = Array.from({ length: 10 }, async () => ask(url, RESET));
    // Another call that needs the same vector, though no answer of theirs.
    const other = ask(url, RESET, { body: { temperature: 0.5 } });
    expect(await within(3000, () => waiting.length > 0 && callsUnderWay(house) === 11)).toBe(true);
    for (const release of waiting) release();
    expect(new Set((await Promise.all(same)).map(({ answer }) => answer)).size).toBe(1);
    expect((await other).answer).not.toBe('');
    expect(seen).toEqual({ chats: 2, embedded: [RESET] });
  });

  it('is answered to who still waits when the caller that it was embedded for has left', async () => {
    const waiting: (() => void)[] = [];
    const embed = (response: ServerResponse) => waiting.push(() => response.end(embeddings(NORTH)));
    const { port, seen } = await vendor({ embed });
    const { url, house, records } = await clockedGate(config(port));
    const left = new AbortController();
    const first = ask(url, RESET, { signal: left.signal }).catch(() => 'left');
    expect(await within(3000, () => waiting.length === 1)).toBe(true);
    const second = ask(url, RESET);
    expect(await within(3000, () => callsUnderWay(house) === 2)).toBe(true);
    left.abort();
    expect(await first).toBe('left');
    expect(await within(3000, () => records.length === 1)).toBe(true);
    for (const release of waiting) release();
    expect((await second).answer).toBe('answer 1');
    expect(seen).toEqual({ chats: 1, embedded: [RESET] });
  });
});

describe('a provider of vectors', () => {
  it.each([
    ['refuses', (response: ServerResponse) => response.writeHead(400).end('{}')],
    ['gives none', (response: ServerResponse) => response.end('{"data":[]}')],
    ['gives what is none', (response: ServerResponse) => response.end('{"data":[{"embedding":["a"]}]}')],
    ['gives nonsense', (response: ServerResponse) => response.end('<html>')],
    ['breaks off', (response: ServerResponse) => response.destroy()],
  ])('that %s costs no call its answer', async (_what, embed) => {
    const { port } = await vendor({ embed });
    const { url, records } = await clockedGate(config(port));
    const first = await ask(url, RESET);
    expect([first.answer, first.status]).toEqual(['answer 1', 'gatehouse; fwd=miss; detail=embedding_failed']);
    // The same question is still the same.
    expect((await ask(url, RESET)).status).toMatch(/^gatehouse; hit/);
    expect(records[0]).toMatchObject({
      cacheStatus: 'gatehouse; fwd=miss; stored; detail=embedding_failed',
      status: 200,
    });
  });

  it('whose vectors are of another length than before starts anew', async () => {
    const { port } = await vendor({ vectors: { [RESET]: [1, 0] } });
    const { url } = await clockedGate(config(port));
    expect((await ask(url, RESET)).answer).toBe('answer 1');
    expect((await ask(url, RESET_TOO)).answer).toBe('answer 2');
    expect((await ask(url, 'How could I reset my password?')).answer).toBe('answer 2');
  });

  it('that is slow is not waited for, and after three failures not asked for a while', async () => {
    const { port, seen } = await vendor({ embed: () => {} });
    const { url, advance } = await clockedGate(config(port, { semantic: ', timeout: 2s' }));
    for (let at = 1; at <= 3; at++) {
      const asked = ask(url, `Question ${at}`);
      expect(await within(3000, () => seen.embedded.length === at)).toBe(true);
      advance(2200);
      expect(await asked).toMatchObject({
        answer: `answer ${at}`,
        status: 'gatehouse; fwd=miss; detail=embedding_timeout',
      });
    }
    expect((await ask(url, 'Question 4')).status).toBe('gatehouse; fwd=miss; detail=embedding_rests');
    expect(seen.embedded).toHaveLength(3);
    advance(5100);
    const probe = ask(url, 'Question 5');
    expect(await within(3000, () => seen.embedded.length === 4)).toBe(true);
    expect((await ask(url, 'Question 6')).status).toBe('gatehouse; fwd=miss; detail=embedding_rests');
    advance(2200);
    expect((await probe).status).toMatch(/embedding_timeout$/);
  });

  it('is paid out of the budgets of who asks, and answers that are given again are not', async () => {
    const { port } = await vendor();
    const more = '  budgets: [ { of: application, per: total, usd: 1 } ]';
    const { url, records } = await clockedGate(config(port, { more }));
    for (const text of [RESET, RESET_TOO, RESET_TOO]) await ask(url, text);
    expect(await within(3000, () => records.length === 3)).toBe(true);
    // 110 tokens of the model at 1 µ$, 10 of the vector at 100.
    expect(records).toEqual([1110, 1000, 0].map((aiCostMicroUsd) => expect.objectContaining({ aiCostMicroUsd })));
    const { answer } = await ask(url, 'What time is it?', { body: { max_tokens: 5 } });
    expect(answer).toBe('answer 2');
  });

  it('is not asked when a budget has no room for it', async () => {
    const { port, seen } = await vendor();
    // Of the reservation of a vector, whose text is taken to have 9 tokens, there is no room in 0.0005 dollars.
    const more = '  budgets: [ { of: application, per: total, usd: 0.0005 } ]';
    const { url } = await clockedGate(config(port, { more }));
    const { answer, status } = await ask(url, RESET, { body: { max_tokens: 5 } });
    expect([answer, status]).toEqual(['answer 1', 'gatehouse; fwd=miss; detail=embedding_unpaid']);
    expect(seen.embedded).toEqual([]);
  });

  it('is not asked where nothing is to be compared', async () => {
    const { port, seen } = await vendor();
    const plain = config(port).replace(/, semantic: \{.*?\}/, '');
    const { url } = await clockedGate(plain);
    await ask(url, RESET);
    expect((await ask(url, RESET_TOO)).answer).toBe('answer 2');
    expect(seen.embedded).toEqual([]);
  });
});

describe('a new configuration', () => {
  it('keeps what is remembered, unless other vectors are wanted, which are never compared with the old', async () => {
    const { port } = await vendor();
    const running = await gate(config(port));
    expect((await ask(running.url, RESET)).answer).toBe('answer 1');
    await running.publish(config(port, { semantic: ', threshold: 0.9' }));
    expect((await ask(running.url, RESET_TOO)).answer).toBe('answer 1');
    await running.publish(config(port, { embedder: 'f' }));
    expect((await ask(running.url, 'How could I reset my password?')).answer).toBe('answer 2');
    // What the old vectors led to is forgotten, the answers themselves are not.
    await running.publish(config(port));
    expect((await ask(running.url, RESET)).status).toMatch(/^gatehouse; hit; ttl=\d+$/);
    expect((await ask(running.url, 'How would I reset my password?')).answer).toBe('answer 3');
  });
});

describe('a prompt of the operator', () => {
  it('has answers to the same prompt in the same version only', async () => {
    const { port, seen } = await vendor();
    const one = (template: string): string => `{ model: m, template: "${template}", variables: { about: string } }`;
    const { url } = await clockedGate(
      config(port, {
        more: `  prompts:
    p: { live: 1, versions: { 1: ${one('How do I reset {{about}}?')}, 2: ${one('How can I reset {{about}}?')} } }
    q: ${one('How could I reset {{about}}?')}
`,
      }),
    );
    const run = async (path: string, about: string): Promise<string | undefined> => {
      const body = JSON.stringify({ about });
      const reply = await fetch(url + path, { method: 'POST', body, headers: { authorization: 'Bearer key-a' } });
      return /(answer \d+)/.exec(await reply.text())?.[1];
    };
    expect(await run('/prompts/p', 'my password')).toBe('answer 1');
    expect(await run('/prompts/p', 'my password please')).toBe('answer 1');
    expect(await run('/prompts/p?version=2', 'my password')).toBe('answer 2');
    expect(await run('/prompts/q', 'my password')).toBe('answer 3');
    expect(seen.chats).toBe(3);
  });
});
