import { GatehouseError } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { ProviderAsker, type ProviderQuestion } from '../src/ai/provider-asker.ts';
import { clockedHouse } from './clocked-gate.ts';
import { compile, type Upstream } from './harness.ts';
import { rawServer, upstream, within } from './review-tools.ts';

const QUESTION: ProviderQuestion = {
  provider: 'one',
  path: '/embeddings',
  body: Buffer.from('{"input":"hi"}'),
  timeoutMs: 2000,
};

/** An asker in a house of its own, of one provider. */
function askerOf(provider: string) {
  const { house, advance } = clockedHouse();
  const { ai } = compile(`ai:\n  providers: { one: ${provider} }\n`);
  if (ai === undefined) throw new Error('no models');
  return { asker: new ProviderAsker(house, ai), advance };
}

function at(port: number, more = 'apiKey: sk-1'): string {
  return `{ kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1", ${more} }`;
}

/** The refusal's code and words. */
async function refusal(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof GatehouseError ? `${error.code}: ${error.detail}` : String(error);
}

async function ok(): Promise<Upstream> {
  return upstream((request, response) => request.pipe(response));
}

const TWO_KEYS = 'apiKeys: [ { name: a, key: sk-a, weight: 1 }, { name: b, key: sk-b, weight: 0 } ]';

describe('a provider that the gate itself asks', () => {
  it('gets the body below its base, with its key, and its answer comes back whole', async () => {
    const one = await ok();
    const { asker } = askerOf(at(one.port));
    const { status, body } = await asker.ask(QUESTION);
    expect([status, body.toString()]).toEqual([200, '{"input":"hi"}']);
    const [seen] = one.seen;
    expect([seen?.method, seen?.url, seen?.headers.authorization]).toEqual(['POST', '/v1/embeddings', 'Bearer sk-1']);
    expect(seen?.headers['content-type']).toBe('application/json');
  });

  it('is asked many things at once and over connections that are kept', async () => {
    const one = await ok();
    const { asker } = askerOf(at(one.port));
    const bodies = Array.from({ length: 50 }, (_, index) => `{"n":${index}}`);
    const asked = bodies.map(async (body) => asker.ask({ ...QUESTION, body: Buffer.from(body) }));
    const answers = await Promise.all(asked);
    expect(answers.map(({ body }) => body.toString())).toEqual(bodies);
    await asker.ask(QUESTION);
    expect(one.seen).toHaveLength(51);
    expect(new Set(one.seen.map(({ socket }) => socket)).size).toBe(50);
  });

  it.each([400, 404, 413, 422])('may refuse with %i, which is an answer', async (status) => {
    const one = await upstream((_request, response) => response.writeHead(status).end('{"error":{"message":"no"}}'));
    const { asker } = askerOf(at(one.port));
    const answer = await asker.ask(QUESTION);
    expect([answer.status, answer.body.toString()]).toEqual([status, '{"error":{"message":"no"}}']);
    expect(one.seen).toHaveLength(1);
  });

  it.each([401, 429])('is asked by another key when it answers the first with %i', async (status) => {
    const one = await upstream((request, response) => {
      response.writeHead(request.headers.authorization === 'Bearer sk-a' ? status : 200).end('{}');
    });
    const { asker } = askerOf(at(one.port, TWO_KEYS));
    expect((await asker.ask(QUESTION)).status).toBe(200);
    expect((await asker.ask(QUESTION)).status).toBe(200);
    // The key that was refused rests.
    expect(one.seen.map(({ headers }) => headers.authorization?.slice(-1))).toEqual(['a', 'b', 'b']);
  });

  it('is asked again after a moment when it says that it is busy', async () => {
    let calls = 0;
    const one = await upstream((_request, response) => response.writeHead(++calls === 1 ? 503 : 200).end('{}'));
    const { asker } = askerOf(at(one.port));
    expect((await asker.ask(QUESTION)).status).toBe(200);
    expect(calls).toBe(2);
  });

  it('is not waited for beyond the time', async () => {
    const one = await upstream(() => {});
    const { asker, advance } = askerOf(at(one.port));
    const asked = refusal(asker.ask(QUESTION));
    expect(await within(3000, () => one.seen.length === 1)).toBe(true);
    advance(2200);
    expect(await asked).toBe('provider.timeout: the provider `one` has not answered in 2000 ms');
    expect(await within(3000, () => one.seen[0]?.socket.destroyed === true)).toBe(true);
  });

  it('is let go of as soon as nobody wants its answer', async () => {
    const one = await upstream(() => {});
    const { asker } = askerOf(at(one.port));
    const left = new AbortController();
    const asked = refusal(asker.ask({ ...QUESTION, signal: left.signal }));
    expect(await within(3000, () => one.seen.length === 1)).toBe(true);
    left.abort();
    expect(await asked).toBe('request.cancelled: nobody waits any more');
    expect(await within(3000, () => one.seen[0]?.socket.destroyed === true)).toBe(true);
    expect(await refusal(asker.ask({ ...QUESTION, signal: left.signal }))).toMatch(/^request\.cancelled/);
    expect(one.seen).toHaveLength(1);
  });

  it('may not be there', async () => {
    const { asker } = askerOf(at(1));
    expect(await refusal(asker.ask(QUESTION))).toBe('provider.unavailable: the provider `one` cannot be reached');
  });

  it.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"cut', 'broke off'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 8388609\r\n\r\n', 'answers with more than 8388608 bytes'],
    ['HTTP/1.1 200 OK\r\ncontent-encoding: br\r\n\r\nx', 'answers in a coding that it was not asked for'],
    ['HTTP/1.1 101 Switching\r\n\r\n', 'wants to speak something else'],
    ['SSH-2.0-x\r\n\r\n', 'does not speak HTTP'],
    ['', 'broke off'],
  ])('is not believed when it says %j', async (said, what) => {
    const one = await rawServer((socket) => socket.once('data', () => socket.end(said)));
    const { asker } = askerOf(at(one.port));
    expect(await refusal(asker.ask(QUESTION))).toBe(`provider.unavailable: the provider \`one\` ${what}`);
  });

  it('is not listened to without end', async () => {
    const piece = Buffer.alloc(1024 * 1024, 0x20);
    const one = await upstream((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
        response.once('drain', more);
      };
      more();
    });
    const { asker } = askerOf(at(one.port));
    expect(await refusal(asker.ask(QUESTION))).toMatch(/answers with more than 8388608 bytes$/);
  });

  it.each(['two', 'toString', ''])('has to be in the configuration, which %j is not', async (provider) => {
    const { asker } = askerOf(at(1));
    expect(await refusal(asker.ask({ ...QUESTION, provider }))).toMatch(/no such provider/);
  });
});
