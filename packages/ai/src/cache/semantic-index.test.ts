import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../canonical/chat-request.ts';
import { DIFFERENT, SAME } from './__fixtures__/questions.ts';
import { askOf, keyOf, replyOf, requestOf, TestHost } from './__fixtures__/calls.ts';
import type { CacheKey } from './cache-key.ts';
import { CacheKey as Key } from './cache-key.ts';
import { influences } from './cache-scope.ts';
import { cacheStatus } from './cache-status.ts';
import { ResponseCache } from './response-cache.ts';
import { SemanticIndex } from './semantic-index.ts';
import { SemanticQuestion, type SemanticScope } from './semantic-question.ts';

const SCOPE: SemanticScope = { tenant: 'shop', model: 'fast', embedder: 'minilm' };
const NORTH = [1, 0, 0];
const NEAR_NORTH = [1, 0.2, 0];
const EAST = [0, 1, 0];

function questionOf(request: ChatRequest | string, scope: Partial<SemanticScope> = {}): SemanticQuestion {
  const asked = typeof request === 'string' ? requestOf(request) : request;
  const question = SemanticQuestion.of({ ...SCOPE, ...scope }, asked);
  if (question === undefined) throw new Error('no question');
  return question;
}

function indexOf(questionsMax = 100): SemanticIndex {
  return new SemanticIndex({ dims: 3, questionsMax });
}

function keysOf(index: SemanticIndex, question: SemanticQuestion, vector = NORTH): string[] {
  return index.find(question, vector).map(({ key }) => key.digest);
}

describe('SemanticIndex', () => {
  it('finds the question that means the same', () => {
    const index = indexOf();
    index.add(questionOf('How do I reset my password?'), NORTH, keyOf('a'));
    index.add(questionOf('Where is the library?'), EAST, keyOf('b'));
    const [found] = index.find(questionOf('How can I reset my password?'), NEAR_NORTH);
    expect(found?.key.digest).toBe(keyOf('a').digest);
    expect(found?.similarity).toBeCloseTo(0.98, 2);
    expect(index.find(questionOf('How can I reset my password?'), NEAR_NORTH, 0.99)).toEqual([]);
  });

  it.each(DIFFERENT)('misses %j for %j, though a vector sees no difference', (a, b) => {
    const index = indexOf();
    index.add(questionOf(a), NORTH, keyOf('a'));
    expect(index.find(questionOf(b), NORTH)).toEqual([]);
  });

  it.each(SAME)('finds %j for %j', (a, b) => {
    const index = indexOf();
    index.add(questionOf(a), NORTH, keyOf('a'));
    expect(keysOf(index, questionOf(b))).toEqual([keyOf('a').digest]);
  });

  const base = requestOf('What is it?');
  const earlier = { role: 'user', blocks: [{ type: 'text', text: 'What is it?' }] } as const;

  it.each<readonly [string, SemanticQuestion]>([
    ['tenants', questionOf(base, { tenant: 'bank' })],
    ['parts of a tenant', questionOf(base, { partition: 'p' })],
    ['models', questionOf(base, { model: 'smart' })],
    ['embedders', questionOf(base, { embedder: 'other' })],
    ['bodies', questionOf(base, { beside: { documents: ['d'] } })],
    ['instructions', questionOf({ ...base, instructions: [{ role: 'system', text: 'Be long.' }] })],
    ['dialects', questionOf({ ...base, dialect: 'anthropic' })],
    ['turns', questionOf({ ...base, turns: [earlier, ...base.turns] })],
    ['settings', questionOf({ ...base, sampling: { temperature: 1 } })],
    ['tools', questionOf({ ...base, tools: [{ kind: 'function', name: 'f' }] })],
    ['shapes', questionOf({ ...base, output: { format: { kind: 'json' } } })],
    [
      'pictures',
      questionOf({
        ...base,
        turns: [
          {
            role: 'user',
            blocks: [
              { type: 'media', kind: 'image', source: { via: 'url', url: 'u' } },
              { type: 'text', text: 'What is it?' },
            ],
          },
        ],
      }),
    ],
  ])('never finds across %s', (_what, other) => {
    const index = indexOf();
    index.add(questionOf(base), NORTH, keyOf('a'));
    expect(index.find(other, NORTH)).toEqual([]);
    expect(keysOf(index, questionOf(base))).toHaveLength(1);
  });

  it('compares the last text alone, also where the body repeats it', () => {
    const [a, b] = ['How do I reset my password?', 'How can I reset my password?'].map((content) => {
      const body = { model: 'fast', messages: [{ role: 'user', content }], seed: null };
      return questionOf(content, { beside: influences('openai-chat', body) });
    });
    expect(a?.surrounding).toBe(b?.surrounding);
    const twice = { ...base, turns: [earlier, ...base.turns] };
    const once = { ...base, turns: [{ ...earlier, blocks: [{ type: 'text', text: 'Hm' }] } as const, ...base.turns] };
    expect(questionOf(twice).surrounding).not.toBe(questionOf(once).surrounding);
  });

  it.each<readonly [string, ChatRequest]>([
    ['no turn', { ...base, turns: [] }],
    [
      'a turn of the assistant',
      { ...base, turns: [...base.turns, { role: 'assistant', blocks: [{ type: 'text', text: 'a' }] }] },
    ],
    ['no text', { ...base, turns: [{ role: 'user', blocks: [{ type: 'tool_result', callId: 'c', content: [] }] }] }],
    ['a blank text', requestOf(' \n')],
    ['a long text', requestOf('x'.repeat(2001))],
    ['half a character, which vendors refuse', requestOf('What is \ud83d?')],
  ])('has no question where there is %s at the end', (_what, request) => {
    expect(SemanticQuestion.of(SCOPE, request)).toBeUndefined();
  });

  it('takes no vector of another kind, and no key of another tenant', () => {
    const index = indexOf();
    for (const vector of [[], [1], [0, 0, 0], [Number.NaN, 0, 0], [1, 2, 3, 4]]) {
      expect(index.add(questionOf('a b'), vector, keyOf('a'))).toBe(false);
      expect(index.find(questionOf('a b'), vector)).toEqual([]);
    }
    expect(index.add(questionOf('a b'), NORTH, keyOf('a', 'bank'))).toBe(false);
    expect(index.size).toBe(0);
  });

  it('forgets the oldest, holds each answer once, and forgets a tenant', () => {
    const index = indexOf(2);
    const questions = ['Where is Rome?', 'Where is Oslo?', 'Where is Bonn?'].map((text) => questionOf(text));
    const keys: readonly CacheKey[] = ['a', 'b', 'c'].map((text) => keyOf(text));
    for (const [at, question] of questions.entries()) {
      const key = keys[at];
      if (key === undefined) continue;
      index.add(question, NORTH, key);
      index.add(question, NEAR_NORTH, key);
    }
    expect(questions.map((question) => keysOf(index, question, NEAR_NORTH).length)).toEqual([0, 1, 1]);
    expect(index.size).toBe(2);
    index.add(questionOf('Where is Rome?', { tenant: 'bank' }), NORTH, keyOf('a', 'bank'));
    expect(index.forget('shop')).toBe(1);
    expect(index.size).toBe(1);
  });

  it('gives the nearest first, and only a few', () => {
    const index = indexOf();
    for (let at = 0; at < 10; at++) {
      const key = Key.of({ tenant: 'shop', model: 'fast' }, requestOf(`${at}`));
      if (key !== undefined) index.add(questionOf('How do I reset my password?'), [1, at / 100, 0], key);
    }
    const found = index.find(questionOf('How can I reset my password?'), NORTH);
    expect(found.map(({ key }) => key.digest)).toEqual(['0', '1', '2', '3'].map((text) => keyOf(text).digest));
  });
});

describe('an answer to a similar question', () => {
  function asked() {
    const host = new TestHost();
    const cache = new ResponseCache({ entriesMax: 9, bytesMax: 1e6, entryBytesMax: 1e5, waitMsMax: 5000 }, host);
    const index = indexOf();
    const start = cache.begin(keyOf('How do I reset my password?'), askOf('How do I reset my password?'));
    if (start.state === 'leader') start.fill.keep(replyOf('So.'));
    index.add(questionOf('How do I reset my password?'), NORTH, keyOf('How do I reset my password?'));
    host.pass(10_000);
    return { host, cache, similar: index.find(questionOf('How can I reset my password?'), NORTH) };
  }

  const text = 'How can I reset my password?';

  it('is given, to those who wait too, and kept for the next, as old as it is', async () => {
    const { cache, similar, host } = asked();
    const start = cache.begin(keyOf(text), askOf(text));
    const follower = cache.begin(keyOf(text), askOf(text));
    const hit = start.state === 'leader' ? start.fill.takeSimilar(similar) : undefined;
    expect(hit?.reply).toEqual(replyOf('So.'));
    expect(hit?.facts).toMatchObject({ outcome: 'similar', ageMs: 10_000, ttlMs: 50_000 });
    const status = hit && cacheStatus(hit.facts);
    expect(status).toBe('gatehouse; hit; ttl=50; detail=semantic; gatehouse-similarity=1');
    const waited = follower.state === 'follower' ? await follower.answer : undefined;
    expect(waited?.facts).toMatchObject({ outcome: 'shared', ageMs: 10_000 });
    const next = cache.begin(keyOf(text), askOf(text));
    expect(next).toMatchObject({ state: 'hit', hit: { facts: { outcome: 'similar', ageMs: 10_000 } } });
    host.pass(50_000);
    expect(cache.begin(keyOf(text), askOf(text)).state).toBe('leader');
  });

  it.each([
    ['no-cache', 'no-cache'],
    ['a low max-age', 'max-age=9'],
  ])('is not given against %s', (_what, header) => {
    const { cache, similar } = asked();
    const start = cache.begin(keyOf(text), askOf(text, header));
    expect(start.state === 'leader' && start.fill.takeSimilar(similar)).toBeUndefined();
  });

  it('is given to no-store and not kept for it', () => {
    const { cache, similar } = asked();
    const start = cache.begin(keyOf(text), askOf(text, 'no-store'));
    expect(start.state === 'alone' && start.fill.takeSimilar(similar)?.reply).toEqual(replyOf('So.'));
    expect(cache.begin(keyOf(text), askOf(text)).state).toBe('leader');
  });

  it('is not given when it is gone, to another tenant, or after the end', () => {
    const { cache, similar, host } = asked();
    const other = cache.begin(keyOf(text, 'bank'), askOf(text));
    expect(other.state === 'leader' && other.fill.takeSimilar(similar)).toBeUndefined();
    const start = cache.begin(keyOf(text), askOf(text));
    if (start.state === 'leader') start.fill.fail();
    expect(start.state === 'leader' && start.fill.takeSimilar(similar)).toBeUndefined();
    host.pass(60_000);
    const late = cache.begin(keyOf(text), askOf(text));
    expect(late.state === 'leader' && late.fill.takeSimilar(similar)).toBeUndefined();
  });
});
