import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  doorOf,
  ModelRouter,
  providerRow,
  readRetryAfter,
  type Attempt,
  type OpenedCall,
  type Relay,
  type RoutePlan,
} from './index.ts';
import { startDemoModel, type DemoModel } from './providers/demo/demo-server.ts';
import { aiSpec, provider } from './routing/__fixtures__/ai-spec.ts';

const MODELS = aiSpec([provider('bird', 'demo')], {
  assistant: { targets: ['bird/demo'] },
  shaky: { targets: ['bird/demo-error-429'], fallback: ['bird/demo-error-500', 'bird/demo'] },
});

let demo: DemoModel;
beforeAll(async () => {
  demo = await startDemoModel();
});
afterAll(() => demo.close());

function read(body: object): OpenedCall {
  const call = doorOf('chat').open(Buffer.from(JSON.stringify(body)), {
    path: '/v1/chat/completions',
    query: '',
    header: () => undefined,
  });
  if ('problem' in call) throw new Error(call.problem);
  return call;
}

/** What the gateway sends for one attempt. */
async function send({ provider: { kind }, model }: Attempt, call: OpenedCall): Promise<[Relay, Response]> {
  const row = providerRow(kind);
  if (row === undefined) throw new Error(`no provider ${kind}`);
  const relay = call.relayTo({ row, model, forceUsage: true, requestId: 'r', created: 0 });
  return [relay, await fetch(demo.url + relay.path, { method: 'POST', body: relay.body })];
}

function begin(router: ModelRouter, { model, stream }: OpenedCall): RoutePlan {
  const plan = router.begin(model, { random: () => 0.5, now: () => 1000, streaming: stream });
  if (plan === undefined) throw new Error(`nobody knows ${model}`);
  return plan;
}

describe('a call whose caller and provider speak the same dialect', () => {
  it('streams through unchanged while the usage that nobody asked for is learnt and hidden', async () => {
    const call = read({ model: 'assistant', stream: true, messages: [{ role: 'user', content: 'Hello' }] });
    const attempt = begin(new ModelRouter(MODELS), call).first();
    if (attempt === undefined) throw new Error('no attempt');
    const [relay, response] = await send(attempt, call);
    const body = Buffer.from(await response.arrayBuffer());
    const forwarded: Buffer[] = [];
    const stream = relay.openStream((bytes) => forwarded.push(bytes));
    stream.push(body, 0, body.length);
    const end = stream.end();

    const events = body.toString().split(/(?<=\n\n)/);
    expect(Buffer.concat(forwarded).toString()).toBe(
      events
        .filter((event) => !event.includes('"choices":[]'))
        .map((event) => event.replace(',"usage":null', ''))
        .join(''),
    );
    expect(events).toHaveLength(forwarded.length + 1);
    expect(stream.model).toBe('demo');
    expect(end).toEqual({
      complete: true,
      finishReason: 'stop',
      usage: { inputUncached: 1, outputText: expect.any(Number) },
      usageState: 'measured',
      outputTokensSeen: expect.any(Number),
    });
  });

  it('walks through the attempts until one answers, and remembers the one that asked for time', async () => {
    const router = new ModelRouter(MODELS);
    const call = read({ model: 'shaky', messages: [{ role: 'user', content: 'Hello' }] });
    const plan = begin(router, call);
    const outcomes: string[] = [];
    for (let attempt = plan.first(); attempt !== undefined;) {
      const [relay, response] = await send(attempt, call);
      const body = Buffer.from(await response.arrayBuffer());
      if (response.ok) {
        plan.succeeded(attempt, { firstTokenMs: 1, durationMs: 1 });
        outcomes.push(`${attempt.model} answers`);
        break;
      }
      const { kind, retryElsewhere } = relay.readError(response.status, body, undefined);
      const retryAfter = response.headers.get('retry-after') ?? undefined;
      const retryAfterMs = readRetryAfter({ retryAfter, retryAfterMs: undefined }, 0);
      outcomes.push(`${attempt.model} ${kind} ${String(retryAfterMs)}`);
      expect(retryElsewhere).toBe(true);
      attempt = plan.after({ attempt, cause: kind, retryAfterMs, committed: false })?.attempt;
    }
    expect(outcomes).toEqual(['demo-error-429 rate_limited 1000', 'demo-error-500 upstream undefined', 'demo answers']);
    // One 500 may be chance; a 429 asks for its time.
    expect(begin(router, call).first()?.model).toBe('demo-error-500');
  });
});

describe('embeddings', () => {
  const pathAt = (kind: string): string => {
    const body = Buffer.from('{"model":"m","input":"hi"}');
    const call = doorOf('embeddings').open(body, { path: '/v1/embeddings', query: '', header: () => undefined });
    const row = providerRow(kind);
    if ('problem' in call || row === undefined) throw new Error('no call');
    return call.relayTo({ row, model: 'x', forceUsage: true, requestId: 'r', created: 0 }).path;
  };

  it('go where a vendor has them', () => {
    expect(['openai', 'mistral', 'google', 'ollama', 'cohere'].map(pathAt)).toEqual([
      '/embeddings',
      '/embeddings',
      '/models/x:batchEmbedContents',
      '/api/embed',
      '/embed',
    ]);
  });

  it('are refused where it has none', () => {
    expect(() => pathAt('anthropic')).toThrow(/serves no embeddings/);
  });
});
