import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ChatStreamReader,
  classifyProviderError,
  Cooldowns,
  ModelRouter,
  patchChatRequest,
  providerPath,
  providerRow,
  readChatRequest,
  readRetryAfter,
  SseSplitter,
  type Attempt,
  type ChatRequest,
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

function read(body: object): ChatRequest {
  const request = readChatRequest(Buffer.from(JSON.stringify(body)));
  if ('problem' in request) throw new Error(request.problem);
  return request;
}

/** What the gateway sends for one attempt. */
function send({ provider: { kind }, model }: Attempt, request: ChatRequest): Promise<Response> {
  const row = providerRow(kind);
  if (row === undefined) throw new Error(`no provider ${kind}`);
  const body = patchChatRequest(request, { model, forceUsage: row.streamUsage === 'on-request' });
  return fetch(demo.url + providerPath(row, 'chat'), { method: 'POST', body });
}

const router = (cooldowns = new Cooldowns()): ModelRouter => new ModelRouter(MODELS, cooldowns);

const hint = { random: () => 0.5, now: 1000 };

describe('a call whose caller and provider speak the same dialect', () => {
  it('streams through unchanged while the usage that nobody asked for is learnt and hidden', async () => {
    const request = read({ model: 'assistant', stream: true, messages: [{ role: 'user', content: 'Hello' }] });
    const [attempt] = router().plan(request.model, hint) ?? [];
    if (attempt === undefined) throw new Error('no attempt');
    const body = Buffer.from(await (await send(attempt, request)).arrayBuffer());

    const reader = new ChatStreamReader({ hideUsage: !request.includeUsage });
    const forwarded: Buffer[] = [];
    const splitter = new SseSplitter((event) => {
      if (reader.read(event) === 'forward') forwarded.push(event.raw);
    });
    splitter.push(body);
    splitter.end();

    const events = body.toString().split(/(?<=\n\n)/);
    expect(Buffer.concat(forwarded).toString()).toBe(
      events.filter((event) => !event.includes('"choices":[]')).join(''),
    );
    expect(events).toHaveLength(forwarded.length + 1);
    expect(reader.model).toBe('demo');
    expect(reader.end()).toEqual({
      complete: true,
      finishReason: 'stop',
      usage: { inputUncached: 1, outputText: expect.any(Number) },
      usageState: 'measured',
    });
  });

  it('walks through the attempts until one answers, and remembers those that failed', async () => {
    const cooldowns = new Cooldowns();
    const request = read({ model: 'shaky', messages: [{ role: 'user', content: 'Hello' }] });
    const outcomes: string[] = [];
    for (const attempt of router(cooldowns).plan(request.model, hint) ?? []) {
      const response = await send(attempt, request);
      const body = Buffer.from(await response.arrayBuffer());
      if (response.ok) {
        cooldowns.succeeded(attempt);
        outcomes.push(`${attempt.model} answers`);
        break;
      }
      const { kind, retryElsewhere } = classifyProviderError(response.status, body);
      const retryAfter = response.headers.get('retry-after') ?? undefined;
      const retryAfterMs = readRetryAfter({ retryAfter, retryAfterMs: undefined }, 0);
      cooldowns.failed(attempt, { cause: kind, retryAfterMs, now: hint.now });
      outcomes.push(`${attempt.model} ${kind} ${String(retryAfterMs)}`);
      expect(retryElsewhere).toBe(true);
    }
    expect(outcomes).toEqual(['demo-error-429 rate_limited 1000', 'demo-error-500 upstream undefined', 'demo answers']);
    const next = router(cooldowns)
      .plan(request.model, hint)
      ?.map(({ model }) => model);
    expect(next?.[0]).toBe('demo');
  });
});
