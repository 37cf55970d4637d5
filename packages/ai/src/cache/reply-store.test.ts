import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../canonical/chat-reply.ts';
import { parseExact } from '../canonical/json.ts';
import { keyOf, replyOf, TestHost } from './__fixtures__/calls.ts';
import { ReplyStore, type StoreBounds } from './reply-store.ts';

const BOUNDS: StoreBounds = { entriesMax: 3, bytesMax: 10_000, entryBytesMax: 4000 };

function storeOf(bounds: Partial<StoreBounds> = {}): { readonly store: ReplyStore; readonly host: TestHost } {
  const host = new TestHost();
  return { store: new ReplyStore({ ...BOUNDS, ...bounds }, () => host.clock.monotonic()), host };
}

function textsIn(store: ReplyStore, texts: readonly string[]): string[] {
  return texts.filter((text) => store.find(keyOf(text)) !== undefined);
}

function read(store: ReplyStore, text: string): ChatReply | 'stale' | undefined {
  const found = store.find(keyOf(text));
  return typeof found === 'object' ? found.read() : found;
}

describe('ReplyStore', () => {
  it('gives back what it was given, digits and half characters too', () => {
    const { store } = storeOf();
    const ext = { 'openai-chat': { id: parseExact('12345678901234567890') ?? null } };
    const reply: ChatReply = { ...replyOf('half \ud800 "x"\n'), ext };
    store.keep(keyOf('a'), reply, 1000);
    expect(read(store, 'a')).toEqual(JSON.parse(JSON.stringify(reply), keepRaw));
    expect(JSON.stringify(read(store, 'a'))).toBe(JSON.stringify(reply));
  });

  it('keeps what was written, whatever becomes of the object', () => {
    const { store } = storeOf();
    const blocks = [{ type: 'text', text: 'one' }] as const;
    const changing = [...blocks];
    store.keep(keyOf('a'), replyOf(changing), 1000);
    changing.pop();
    expect(read(store, 'a')).toEqual(replyOf(blocks));
    expect(read(store, 'a')).not.toBe(read(store, 'a'));
  });

  it('forgets when the time is over', () => {
    const { store, host } = storeOf();
    store.keep(keyOf('a'), replyOf('x'), 1000);
    host.pass(999);
    expect(store.find(keyOf('a'))).toMatchObject({ ageMs: 999, ttlMs: 1000 });
    host.pass(1);
    expect(store.find(keyOf('a'))).toBe('stale');
    expect(store.find(keyOf('a'))).toBeUndefined();
    expect(store.bytes).toBe(0);
  });

  it('drops what nobody asked for longest', () => {
    const { store } = storeOf();
    for (const text of ['a', 'b', 'c']) store.keep(keyOf(text), replyOf(text), 1000);
    store.find(keyOf('a'));
    store.keep(keyOf('d'), replyOf('d'), 1000);
    expect(textsIn(store, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd']);
  });

  it('refuses what is too large, and drops what was there before it', () => {
    const { store } = storeOf();
    store.keep(keyOf('a'), replyOf('old'), 1000);
    expect(store.keep(keyOf('a'), replyOf('x'.repeat(5000)), 1000)).toBe(false);
    expect(store.size).toBe(0);
    expect(storeOf({ bytesMax: 100 }).store.keep(keyOf('a'), replyOf('a'), 1000)).toBe(false);
    expect(storeOf({ entriesMax: 0 }).store.keep(keyOf('a'), replyOf('a'), 1000)).toBe(false);
  });

  it('gives one answer to a second key, as old as it is, and to no other tenant', () => {
    const { store, host } = storeOf();
    store.keep(keyOf('a'), replyOf('x'), 1000);
    host.pass(400);
    expect(store.keepAlso(keyOf('b'), { key: keyOf('a'), similarity: 0.97 })).toBe(true);
    expect(store.find(keyOf('b'))).toMatchObject({ ageMs: 400, ttlMs: 1000, similarity: 0.97 });
    expect(store.keepAlso(keyOf('b', 'bank'), { key: keyOf('a'), similarity: 0.97 })).toBe(false);
    expect(store.keepAlso(keyOf('c'), { key: keyOf('none'), similarity: 0.97 })).toBe(false);
    expect(store.keepAlso(keyOf('a'), { key: keyOf('a'), similarity: 1 })).toBe(false);
  });

  it('forgets a tenant, and nobody else', () => {
    const { store } = storeOf();
    store.keep(keyOf('a'), replyOf('x'), 1000);
    store.keep(keyOf('b'), replyOf('x'), 1000);
    store.keep(keyOf('a', 'bank'), replyOf('x'), 1000);
    expect(store.forget('shop')).toBe(2);
    expect(store.size).toBe(1);
    expect(store.find(keyOf('a', 'bank'))).toBeDefined();
  });

  it('stays within its bounds, and knows how large it is, whatever happens', () => {
    const texts = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const step = fc.oneof(
      fc.record({ do: fc.constant('keep' as const), text: texts, chars: fc.nat(5000) }),
      fc.record({ do: fc.constant('find' as const), text: texts }),
      fc.record({ do: fc.constant('also' as const), text: texts, from: texts }),
      fc.record({ do: fc.constant('pass' as const), ms: fc.nat(600) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { store, host } = storeOf();
        for (const one of steps) {
          if (one.do === 'keep') store.keep(keyOf(one.text), replyOf('x'.repeat(one.chars)), 1000);
          else if (one.do === 'find') store.find(keyOf(one.text));
          else if (one.do === 'also') store.keepAlso(keyOf(one.text), { key: keyOf(one.from), similarity: 1 });
          else host.pass(one.ms);
          expect(store.size).toBeLessThanOrEqual(BOUNDS.entriesMax);
          expect(store.bytes).toBeLessThanOrEqual(BOUNDS.bytesMax);
        }
        store.forget('shop');
        expect([store.size, store.bytes]).toEqual([0, 0]);
      }),
      { numRuns: 50 },
    );
  });
});

function keepRaw(name: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return name === 'id' && source?.startsWith('1234') === true ? JSON.rawJSON(source) : value;
}
