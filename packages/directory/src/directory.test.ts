import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DirectoryReader, DirectoryWriter, type CallerChange } from './index.ts';

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');
const hash = (key: string): Buffer => createHash('sha256').update(key).digest();
const application = (id: string, text: string | undefined = `text of ${id}`): CallerChange => ({
  kind: 'application',
  id,
  text,
});
const credential = (key: string, of: string, expiresMs?: number): CallerChange => ({
  kind: 'credential',
  sha256: sha256(key),
  application: of,
  name: `name of ${key}`,
  expiresMs,
});

function written(...changes: readonly CallerChange[]): DirectoryWriter {
  const writer = new DirectoryWriter();
  for (const change of changes) writer.apply(change);
  return writer;
}

describe('a directory', () => {
  it('finds a credential and its application by the hash of a key', () => {
    const reader = new DirectoryReader(written(application('a'), credential('k', 'a', 5)).memory);
    const found = reader.find(hash('k'));
    expect(found).toMatchObject({ name: 'name of k', expiresMs: 5 });
    expect(found && reader.applicationText(found)).toBe('text of a');
    expect(reader.find(hash('another'))).toBeUndefined();
  });

  it('keeps names in any script', () => {
    const memory = written(application('a', 'Bücher 📚'), credential('ключ', 'a')).memory;
    const reader = new DirectoryReader(memory);
    const found = reader.find(hash('ключ'));
    expect(found?.name).toBe('name of ключ');
    expect(found && reader.applicationText(found)).toBe('Bücher 📚');
  });

  it('takes keys before their application is known, and gives them to nobody until then', () => {
    const writer = written(credential('k', 'a'));
    const reader = new DirectoryReader(writer.memory);
    expect(reader.find(hash('k'))).toBeUndefined();
    writer.apply(application('a'));
    expect(reader.find(hash('k'))).toBeDefined();
  });

  it('tells of what was found whether it still holds', () => {
    const changes: readonly CallerChange[] = [
      { kind: 'no-credential', sha256: sha256('k') },
      credential('k', 'a', 7),
      application('a', 'another text'),
      application('a', undefined),
    ];
    for (const change of changes) {
      const writer = written(application('a'), credential('k', 'a'));
      const reader = new DirectoryReader(writer.memory);
      const found = reader.find(hash('k'));
      if (found === undefined) throw new Error('not found');
      expect(reader.holds(found)).toBe(true);
      writer.apply(change);
      expect(reader.holds(found)).toBe(false);
    }
  });

  it('lets a change of one application alone what is known of others', () => {
    const writer = written(application('a'), application('b'), credential('k', 'a'));
    const reader = new DirectoryReader(writer.memory);
    const found = reader.find(hash('k'));
    writer.apply(application('b', 'new'));
    expect(found && reader.holds(found)).toBe(true);
  });

  it('refuses a hash that is none', () => {
    expect(() =>
      written({ kind: 'credential', sha256: 'abc', application: 'a', name: 'n', expiresMs: undefined }),
    ).toThrow('a key is known by its SHA-256 in hex');
  });

  it('has no use for the same key being taken back twice', () => {
    const writer = written(application('a'), credential('k', 'a'));
    for (let i = 0; i < 3; i++) writer.apply({ kind: 'no-credential', sha256: sha256('k') });
    expect(writer.credentials).toBe(0);
  });

  it('is made anew when it is full, with all that is good', () => {
    const writer = new DirectoryWriter();
    const first = writer.memory;
    for (let i = 0; i < 3000; i++) {
      writer.apply(application(`a${i % 300}`));
      writer.apply(credential(`k${i}`, `a${i % 300}`));
      if (i % 3 === 0) writer.apply({ kind: 'no-credential', sha256: sha256(`k${i}`) });
    }
    expect(writer.memory).not.toBe(first);
    const reader = new DirectoryReader(writer.memory);
    for (let i = 0; i < 3000; i++) expect(reader.find(hash(`k${i}`)) !== undefined).toBe(i % 3 !== 0);
    expect(writer.credentials).toBe(2000);
  });

  it('does not grow without end when the same things change again and again', () => {
    const writer = written(application('a'));
    for (let i = 0; i < 50_000; i++) {
      writer.apply(application('a', `text ${i}`.padEnd(200)));
      writer.apply(credential(`k${i % 10}`, 'a'));
    }
    expect(writer.bytes).toBeLessThan(10_000_000);
  });

  it('is what a map would be, whatever happens', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd');
    const keys = fc.integer({ min: 0, max: 40 }).map((n) => `k${n}`);
    const change = fc.oneof(
      fc.record({
        kind: fc.constant('application' as const),
        id: ids,
        text: fc.option(fc.string(), { nil: undefined }),
      }),
      fc.tuple(keys, ids).map(([key, of]) => credential(key, of)),
      keys.map((key) => ({ kind: 'no-credential' as const, sha256: sha256(key) })),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
        const writer = new DirectoryWriter();
        const texts = new Map<string, string | undefined>();
        const owners = new Map<string, string>();
        for (const one of changes) {
          writer.apply(one);
          if (one.kind === 'application') texts.set(one.id, one.text);
          else if (one.kind === 'credential') owners.set(one.sha256, one.application);
          else owners.delete(one.sha256);
        }
        const reader = new DirectoryReader(writer.memory);
        for (let n = 0; n <= 40; n++) {
          const found = reader.find(hash(`k${n}`));
          const text = found && reader.applicationText(found);
          expect(text).toBe(texts.get(owners.get(sha256(`k${n}`)) ?? ''));
        }
        expect(writer.credentials).toBe(owners.size);
      }),
    );
  });

  it('shows other threads a change when it has been made, and never half of one', async () => {
    const writer = written(application('a', 'x'.repeat(64)), credential('k', 'a'));
    const thread = new Worker(new URL('testing/endless-reader.ts', import.meta.url), {
      workerData: { memory: writer.memory, hash: hash('k') },
    });
    const said: string[] = [];
    const until = async (word: string): Promise<void> => {
      while (!said.includes(word)) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    thread.on('message', (message: unknown) => said.push(String(message)));
    await until('reading');
    for (let i = 0; i < 2000; i++) {
      writer.apply(application('a', String(i % 10).repeat(64 + (i % 50))));
      writer.apply(credential('k', 'a', i));
    }
    const before = writer.memory;
    writer.apply({ kind: 'no-credential', sha256: sha256('k') });
    expect(writer.memory).toBe(before);
    await until('gone');
    await thread.terminate();
    expect(said.filter((word) => word.startsWith('torn'))).toEqual([]);
  });
});
