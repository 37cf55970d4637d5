import { describe, expect, it } from 'vitest';
import { StreamCheck } from '../canonical/check-stream.ts';
import { unfoldReply } from '../canonical/fold-stream.ts';
import type { ReplyContext } from '../canonical/dialect.ts';
import { anthropicCaller } from '../dialects/anthropic/anthropic-caller.ts';
import { bedrockCaller } from '../dialects/bedrock/bedrock-caller.ts';
import { cohereCaller } from '../dialects/cohere/cohere-caller.ts';
import { geminiArrayCaller, geminiCaller } from '../dialects/gemini/gemini-caller.ts';
import { ollamaCaller } from '../dialects/ollama/ollama-caller.ts';
import { openAiChatCaller } from '../dialects/openai-chat/caller.ts';
import { openAiResponsesCaller } from '../dialects/openai-responses/caller.ts';
import { askOf, keyOf, replyOf, requestOf, RULES, TestHost } from './__fixtures__/calls.ts';
import type { CacheFill } from './cache-fill.ts';
import type { CacheHit } from './cache-hit.ts';
import { readCacheControls } from './cache-controls.ts';
import { cacheStatus } from './cache-status.ts';
import { ResponseCache, type CacheStart } from './response-cache.ts';

const OPTIONS = { entriesMax: 100, bytesMax: 1_000_000, entryBytesMax: 100_000, waitMsMax: 5000 };

function cacheOf(): { readonly cache: ResponseCache; readonly host: TestHost } {
  const host = new TestHost();
  return { cache: new ResponseCache(OPTIONS, host), host };
}

function fillOf(start: CacheStart): CacheFill {
  if (start.state === 'hit') throw new Error('there is an answer already');
  return start.fill;
}

function hitOf(start: CacheStart): CacheHit {
  if (start.state !== 'hit') throw new Error(`no hit but ${start.state}`);
  return start.hit;
}

function answerOf(start: CacheStart): Promise<CacheHit | undefined> {
  if (start.state !== 'follower') throw new Error(`no follower but ${start.state}`);
  return start.answer;
}

describe('ResponseCache', () => {
  it('gives an answer to who asks the same', () => {
    const { cache, host } = cacheOf();
    const first = cache.begin(keyOf('a'), askOf('a'));
    expect(first.state).toBe('leader');
    const facts = fillOf(first).keep(replyOf('x'));
    expect(cacheStatus(facts)).toBe('gatehouse; fwd=miss; stored');
    host.pass(1500);
    const { reply, facts: hit } = hitOf(cache.begin(keyOf('a'), askOf('a')));
    expect(reply).toEqual(replyOf('x'));
    expect(hit).toEqual({ outcome: 'hit', ageMs: 1500, ttlMs: 58_500, saved: { inputUncached: 12, outputText: 3 } });
    expect(cacheStatus(hit)).toBe('gatehouse; hit; ttl=58');
  });

  it('gives nothing to another tenant, though the request is the same', () => {
    const { cache } = cacheOf();
    fillOf(cache.begin(keyOf('a'), askOf('a'))).keep(replyOf('x'));
    expect(cache.begin(keyOf('a', 'bank'), askOf('a')).state).toBe('leader');
  });

  it('asks again when the answer is old, or older than this route or this caller wants', () => {
    const { cache, host } = cacheOf();
    fillOf(cache.begin(keyOf('a'), askOf('a'))).keep(replyOf('x'));
    host.pass(10_000);
    const states = [
      cache.begin(keyOf('a'), askOf('a', 'max-age=9')),
      cache.begin(keyOf('a'), askOf('a', undefined, { ttlMs: 10_000 })),
    ].map((start) => [start.state, fillOf(start).facts.outcome]);
    expect(states).toEqual([
      ['leader', 'refreshed'],
      ['follower', 'stale'],
    ]);
    expect(cache.begin(keyOf('a'), askOf('a', 'max-age=10')).state).toBe('hit');
    host.pass(50_000);
    const late = fillOf(cache.begin(keyOf('a'), askOf('a')));
    expect(cacheStatus(late.keep(replyOf('y')))).toBe('gatehouse; fwd=stale; stored');
  });

  it.each([
    ['error', replyOf('x', 'error'), 'unfinished'],
    ['refusal', replyOf('x', 'refusal'), 'refusal'],
    ['tool call', replyOf([{ type: 'tool_call', id: 'c', name: 'f', input: '' }], 'tool_calls'), 'tool_calls'],
    ['large answer', replyOf('x'.repeat(100_001)), 'too_large'],
  ])('does not keep an %s', (_what, reply, notKept) => {
    const { cache } = cacheOf();
    const fill = fillOf(cache.begin(keyOf('a'), askOf('a')));
    expect(fill.keep(reply)).toEqual({ outcome: 'miss', kept: false, notKept });
    expect(cache.begin(keyOf('a'), askOf('a')).state).toBe('leader');
  });

  it('does not give a strict route what a lax one has kept', () => {
    const { cache } = cacheOf();
    const lax = askOf('a', undefined, { ...RULES, refusals: true });
    fillOf(cache.begin(keyOf('a'), lax)).keep(replyOf('no', 'refusal'));
    expect(cache.begin(keyOf('a'), lax).state).toBe('hit');
    expect(cache.begin(keyOf('a'), askOf('a')).state).toBe('leader');
  });

  it('has nothing to do with calls that it must not answer, or cannot read', () => {
    const { cache } = cacheOf();
    const ask = {
      request: requestOf('a', { state: { id: 'r' } }),
      rules: RULES,
      controls: readCacheControls(undefined),
    };
    const facts = fillOf(cache.begin(keyOf('a'), ask)).keep(replyOf('x'));
    expect(cacheStatus(facts)).toBe('gatehouse; fwd=bypass; detail=state');
    expect(fillOf(cache.begin(undefined, askOf('a'))).keep(replyOf('x')).notKept).toBe('nesting');
    expect(cache.size).toBe(0);
  });

  it('keeps nothing for no-store, but may answer it', async () => {
    const { cache } = cacheOf();
    const alone = cache.begin(keyOf('a'), askOf('a', 'no-store'));
    expect(alone.state).toBe('alone');
    expect(fillOf(alone).keep(replyOf('x'))).toEqual({ outcome: 'miss', kept: false, notKept: 'no_store' });
    expect(cache.size).toBe(0);
    const leader = cache.begin(keyOf('a'), askOf('a'));
    const follower = cache.begin(keyOf('a'), askOf('a', 'no-store'));
    fillOf(leader).keep(replyOf('y'));
    expect((await answerOf(follower))?.reply).toEqual(replyOf('y'));
    expect(cache.begin(keyOf('a'), askOf('a', 'no-store')).state).toBe('hit');
  });

  it('asks for no-cache, and keeps what comes', () => {
    const { cache } = cacheOf();
    const leader = cache.begin(keyOf('a'), askOf('a'));
    const alone = cache.begin(keyOf('a'), askOf('a', 'no-cache'));
    expect(alone.state).toBe('alone');
    fillOf(leader).keep(replyOf('old'));
    expect(cacheStatus(fillOf(alone).keep(replyOf('new')))).toBe('gatehouse; fwd=request; stored');
    expect(hitOf(cache.begin(keyOf('a'), askOf('a'))).reply).toEqual(replyOf('new'));
    expect(cache.begin(keyOf('a'), askOf('a', 'max-age=0')).state).toBe('leader');
  });

  it('forgets a tenant', () => {
    const { cache } = cacheOf();
    fillOf(cache.begin(keyOf('a'), askOf('a'))).keep(replyOf('x'));
    expect(cache.forget('shop')).toBe(1);
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });
});

describe('calls for the same at once', () => {
  it('one asks, the others get its answer', async () => {
    const { cache, host } = cacheOf();
    const leader = cache.begin(keyOf('a'), askOf('a'));
    const others = [1, 2, 3].map(() => cache.begin(keyOf('a'), askOf('a')));
    expect(others.map(({ state }) => state)).toEqual(['follower', 'follower', 'follower']);
    fillOf(leader).keep(replyOf('x'));
    for (const hit of await Promise.all(others.map(answerOf))) {
      expect(hit?.reply).toEqual(replyOf('x'));
      expect(hit?.facts).toMatchObject({ outcome: 'shared', ageMs: 0 });
    }
    expect(host.timers).toBe(0);
  });

  it.each([
    ['fails', (fill: CacheFill) => fill.fail()],
    ['is refused', (fill: CacheFill) => fill.keep(replyOf('no', 'content_filter'))],
    ['is told to call a tool', (fill: CacheFill) => fill.keep(replyOf('a', 'tool_calls'))],
  ])('they go on alone when it %s', async (_how, end) => {
    const { cache } = cacheOf();
    const leader = cache.begin(keyOf('a'), askOf('a'));
    const follower = cache.begin(keyOf('a'), askOf('a'));
    end(fillOf(leader));
    expect(await answerOf(follower)).toBeUndefined();
    const facts = fillOf(follower).keep(replyOf('y'));
    expect(cacheStatus(facts)).toBe('gatehouse; fwd=miss; stored; collapsed=?0');
    expect(hitOf(cache.begin(keyOf('a'), askOf('a'))).reply).toEqual(replyOf('y'));
  });

  it('they wait for so long and no longer, and a leader that takes longer is not waited for', async () => {
    const { cache, host } = cacheOf();
    const lost = cache.begin(keyOf('a'), askOf('a'));
    const follower = cache.begin(keyOf('a'), askOf('a'));
    host.pass(5000);
    expect(await answerOf(follower)).toBeUndefined();
    const next = cache.begin(keyOf('a'), askOf('a'));
    expect(next.state).toBe('leader');
    const waiting = cache.begin(keyOf('a'), askOf('a'));
    // The first comes back after all: its answer is kept, and takes nobody's place.
    fillOf(lost).keep(replyOf('late'));
    fillOf(next).keep(replyOf('next'));
    expect((await answerOf(waiting))?.reply).toEqual(replyOf('next'));
  });

  it('one that hangs up is not waited with', async () => {
    const { cache, host } = cacheOf();
    const leader = cache.begin(keyOf('a'), askOf('a'));
    const follower = cache.begin(keyOf('a'), askOf('a'));
    if (follower.state === 'follower') follower.leave();
    expect(await answerOf(follower)).toBeUndefined();
    expect(host.timers).toBe(0);
    fillOf(leader).keep(replyOf('x'));
    expect(cache.begin(keyOf('a'), askOf('a')).state).toBe('hit');
  });

  it('one that must not have the answer goes on alone', async () => {
    const { cache } = cacheOf();
    const leader = cache.begin(keyOf('a'), askOf('a', undefined, { ...RULES, refusals: true }));
    const strict = cache.begin(keyOf('a'), askOf('a'));
    fillOf(leader).keep(replyOf('no', 'refusal'));
    expect(await answerOf(strict)).toBeUndefined();
  });

  it('counts the first end of a call alone', () => {
    const { cache } = cacheOf();
    const fill = fillOf(cache.begin(keyOf('a'), askOf('a')));
    fill.fail();
    expect(fill.keep(replyOf('x'))).toEqual({ outcome: 'miss', kept: false, notKept: 'failed' });
    expect(cache.size).toBe(0);
    const kept = fillOf(cache.begin(keyOf('a'), askOf('a')));
    kept.keep(replyOf('x'));
    expect(kept.fail()).toEqual({ outcome: 'miss', kept: true });
  });

  it('does not keep count of leaders that never end', () => {
    const { cache, host } = cacheOf();
    for (let call = 0; call < 50; call++) {
      cache.begin(keyOf(`a${call}`), askOf('a'));
      host.pass(1000);
    }
    expect(cache.underWay).toBeLessThanOrEqual(6);
  });

  it('lets a thousand wait, and the next go alone', () => {
    const { cache } = cacheOf();
    cache.begin(keyOf('a'), askOf('a'));
    for (let call = 0; call < 1000; call++) expect(cache.begin(keyOf('a'), askOf('a')).state).toBe('follower');
    expect(cache.begin(keyOf('a'), askOf('a')).state).toBe('leader');
  });
});

describe('a hit', () => {
  const { cache } = cacheOf();
  const said = [
    { type: 'reasoning', text: 'hm' },
    { type: 'text', text: 'Paris.', citations: [{ url: 'https://example.org', title: 'Atlas' }] },
  ] as const;
  fillOf(cache.begin(keyOf('a'), askOf('a'))).keep(replyOf(said));
  const { reply } = hitOf(cache.begin(keyOf('a'), askOf('a')));
  const callers = [
    openAiChatCaller,
    openAiResponsesCaller,
    anthropicCaller,
    geminiCaller,
    geminiArrayCaller,
    bedrockCaller,
    cohereCaller,
    ollamaCaller,
  ];

  it.each(callers.map((caller) => [`${caller.name} (${caller.framing})`, caller] as const))(
    'can be written in %s, whole and as a stream',
    (_name, caller) => {
      let ids = 0;
      const context: ReplyContext = {
        request: requestOf('a', { dialect: caller.name, stream: true }),
        requestId: 'r1',
        newId: (prefix) => `${prefix}${++ids}`,
      };
      expect(caller.writeReply(reply, context)).toContain('Paris.');
      const check = new StreamCheck();
      const writer = caller.streamWriter(context);
      let bytes = '';
      for (const event of unfoldReply(reply)) {
        check.add(event);
        bytes += writer.write(event).toString();
      }
      check.end({ cut: false });
      expect(bytes).toContain('Paris.');
    },
  );
});
