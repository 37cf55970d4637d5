import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeptMemory } from './kept-memory.ts';
import { openKeptReplies, type Beginning, type KeptReplies } from './kept-replies.ts';

const NOW = 1_750_000_000_000;
const HOUR = 3_600_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const begin = (kept: KeptReplies, key: string, request = 'same', nowMs = NOW): Beginning =>
  kept.begin({ key: digest(key), request: digest(request) }, nowMs);
const keep = (kept: KeptReplies, key: string, reply: string | undefined, expiresMs = NOW + HOUR): void =>
  kept.keep(digest(key), reply === undefined ? undefined : Buffer.from(reply), expiresMs);

describe('a call that must not be made twice', () => {
  it('begins once, and its reply is given to whoever asks again', () => {
    const memory = createKeptMemory({ entries: 16, bytes: 1024 });
    const [one, two] = [openKeptReplies(memory, 1), openKeptReplies(memory, 2)];
    expect(begin(one, 'a')).toEqual({ kind: 'begun' });
    expect([begin(one, 'a'), begin(two, 'a')]).toEqual([{ kind: 'under-way' }, { kind: 'under-way' }]);
    keep(one, 'a', 'reply');
    expect(begin(two, 'a')).toEqual({ kind: 'kept', reply: Buffer.from('reply') });
    expect(begin(two, 'b')).toEqual({ kind: 'begun' });
  });

  it('is told from another request with the same key, under way or over', () => {
    const kept = openKeptReplies(createKeptMemory({ entries: 16, bytes: 1024 }), 1);
    begin(kept, 'a');
    expect(begin(kept, 'a', 'other')).toEqual({ kind: 'another' });
    keep(kept, 'a', '');
    expect(begin(kept, 'a', 'other')).toEqual({ kind: 'another' });
    expect(begin(kept, 'a')).toEqual({ kind: 'kept', reply: Buffer.alloc(0) });
  });

  it('may be made anew when it has come to nothing, or when its time is over', () => {
    const kept = openKeptReplies(createKeptMemory({ entries: 16, bytes: 1024 }), 1);
    begin(kept, 'a');
    kept.forget(digest('a'));
    expect(begin(kept, 'a', 'other')).toEqual({ kind: 'begun' });
    keep(kept, 'a', 'reply');
    kept.forget(digest('a'));
    expect(begin(kept, 'a', 'other', NOW + HOUR - 1)).toMatchObject({ kind: 'kept' });
    expect(begin(kept, 'a', 'new', NOW + HOUR)).toEqual({ kind: 'begun' });
  });

  it('of a thread that died may be made anew, and only its', () => {
    const memory = createKeptMemory({ entries: 64, bytes: 4096 });
    const [main, one, two] = [0, 1, 2].map((owner) => openKeptReplies(memory, owner));
    if (main === undefined || one === undefined || two === undefined) throw new Error('three threads');
    begin(one, 'of one');
    begin(one, 'kept by one');
    keep(one, 'kept by one', 'x');
    begin(two, 'of two');
    main.ownerDied(1);
    expect([begin(two, 'of one'), begin(two, 'kept by one'), begin(two, 'of two')].map(({ kind }) => kind)).toEqual([
      'begun',
      'kept',
      'under-way',
    ]);
    keep(one, 'of one', 'too late');
    expect(begin(one, 'of one').kind).toBe('under-way');
  });

  it('is known as made when its reply could not be kept, or was pushed out by younger ones', () => {
    const kept = openKeptReplies(createKeptMemory({ entries: 160, bytes: 1024 }), 1);
    begin(kept, 'none');
    keep(kept, 'none', undefined);
    begin(kept, 'large');
    keep(kept, 'large', 'x'.repeat(129));
    expect([begin(kept, 'none'), begin(kept, 'large')]).toEqual([{ kind: 'lost' }, { kind: 'lost' }]);
    for (let i = 0; i < 20; i++) {
      begin(kept, `${i}`);
      keep(kept, `${i}`, `reply ${i}`);
    }
    const kinds = Array.from({ length: 20 }, (_, i) => begin(kept, `${i}`).kind);
    expect(kinds).toEqual([...Array.from({ length: 4 }, () => 'lost'), ...Array.from({ length: 16 }, () => 'kept')]);
  });

  it('pushes out the oldest that is over, and never one that is under way', () => {
    const kept = openKeptReplies(createKeptMemory({ entries: 16, bytes: 4096 }), 1);
    for (let i = 0; i < 16; i++) begin(kept, `${i}`, 'same', NOW + i);
    expect(begin(kept, 'more')).toEqual({ kind: 'full' });
    keep(kept, '5', 'x');
    keep(kept, '3', 'x');
    expect(begin(kept, 'more')).toEqual({ kind: 'begun' });
    expect([begin(kept, '3').kind, begin(kept, '5').kind]).toEqual(['begun', 'full']);
  });
});

describe('replies that are kept', () => {
  it('are the ones that were kept, whole, however many and large', () => {
    const step = fc.record({
      key: fc.integer({ min: 0, max: 30 }),
      does: fc.constantFrom('begin', 'keep', 'keep', 'forget', 'die'),
      owner: fc.integer({ min: 1, max: 3 }),
      length: fc.integer({ min: 0, max: 300 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (all) => {
        const memory = createKeptMemory({ entries: 1024, bytes: 2048 });
        const threads = [0, 1, 2, 3].map((owner) => openKeptReplies(memory, owner));
        const model = new Map<number, { owner: number; reply?: string }>();
        for (const { key, does, owner, length } of all) {
          const thread = threads[owner];
          const known = model.get(key);
          if (thread === undefined) continue;
          if (does === 'begin') {
            const { kind, ...more } = begin(thread, `${key}`);
            if (known === undefined) {
              expect(kind).toBe('begun');
              model.set(key, { owner });
            } else if (known.reply === undefined) expect(kind).toBe('under-way');
            else if (kind !== 'lost')
              expect({ kind, ...more }).toEqual({ kind: 'kept', reply: Buffer.from(known.reply) });
          } else if (does === 'keep') {
            const reply = `${key} `.repeat(length).slice(0, length);
            keep(thread, `${key}`, reply);
            if (known?.owner === owner && known.reply === undefined) model.set(key, { owner, reply });
          } else if (does === 'forget') {
            thread.forget(digest(`${key}`));
            if (known?.owner === owner && known.reply === undefined) model.delete(key);
          } else {
            threads[0]?.ownerDied(owner);
            for (const [each, value] of model)
              if (value.owner === owner && value.reply === undefined) model.delete(each);
          }
        }
      }),
    );
  });

  it('need at least some room', () => {
    expect(() => createKeptMemory({ entries: 0 })).toThrow(RangeError);
    expect(() => createKeptMemory({ bytes: NaN })).toThrow(RangeError);
  });
});
