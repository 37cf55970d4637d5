import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SourceTree } from './source-tree.ts';

const MAIN = 'packages/a/src/main.ts';
const ENTRY = 'packages+a+src+main.ts.js';
/** Is Node's stripper in this thread? */
const STRIPPER = `process.moduleLoadList.some((name) => name.includes('amaro'))`;

/** A program that says `word` and whether its thread has loaded the stripper. */
const saying = (word: string): string => `const word: string = '${word}';\nconsole.log(word, ${STRIPPER});\n`;

function tree(main = saying('one')): SourceTree {
  const made = new SourceTree();
  made.write(MAIN, main);
  return made;
}

const says = (out: string) => ({ out: `${out}\n`, err: '', code: 0 });

describe('the strip cache', () => {
  it('strips at the first start, outside the process that runs, and says nothing of it', async () => {
    const repo = tree();
    expect(await repo.run(MAIN)).toEqual(says('one false'));
    expect(repo.entries()).toEqual([ENTRY]);
  });

  it('is what keeps the stripper away', async () => {
    expect(await tree().runWithoutCache(MAIN)).toEqual(says('one true'));
  });

  it('leaves what it has kept as it is', async () => {
    const repo = tree();
    await repo.run(MAIN);
    const { ino, mtimeMs } = statSync(path.join(repo.cache, ENTRY));
    expect(await repo.run(MAIN)).toEqual(says('one false'));
    expect(statSync(path.join(repo.cache, ENTRY))).toMatchObject({ ino, mtimeMs });
  });

  it('strips anew what has changed, in length or in time', async () => {
    const repo = tree();
    await repo.run(MAIN);
    repo.write(MAIN, saying('three'));
    expect(await repo.run(MAIN)).toEqual(says('three false'));
    const file = repo.write(MAIN, saying('seven'));
    utimesSync(file, 1, 1);
    expect(await repo.run(MAIN)).toEqual(says('seven false'));
    expect(repo.entries()).toEqual([ENTRY]);
  });

  const damage: Readonly<Record<string, (entry: string) => string>> = {
    'an entry that ends too soon': (entry) => entry.slice(0, -3),
    'an entry without its last line': (entry) => entry.slice(0, entry.lastIndexOf('\n')),
    'an empty entry': () => '',
    'an entry with another character in it': (entry) => entry.replace('one', 'two'),
    'an entry of another Node': (entry) => entry.replace(process.version, 'v25.0.0'),
    'an entry of another file': (entry) => entry.replace('main.ts', 'mail.ts'),
  };
  it.each(Object.entries(damage))('does not use %s, and mends it', async (_, change) => {
    const repo = tree();
    await repo.run(MAIN);
    const whole = repo.entry(ENTRY);
    expect(change(whole)).not.toBe(whole);
    writeFileSync(path.join(repo.cache, ENTRY), change(whole));
    expect(await repo.run(MAIN)).toEqual(says('one false'));
    expect(repo.entry(ENTRY)).toBe(whole);
  });

  it('leaves stripping to Node where nothing can be kept', async () => {
    const repo = tree();
    repo.write('node_modules/.cache/gatehouse', 'a file where the folder should be');
    expect(await repo.run(MAIN)).toEqual(says('one true'));
  });

  it('leaves to Node what is no source of ours', async () => {
    const repo = tree(`import '../test/helper.ts';\nimport './part.test.ts';\n${saying('main')}`);
    repo.write('packages/a/test/helper.ts', `const one: number = 1;\nconsole.log('helper', one);\n`);
    repo.write('packages/a/src/part.test.ts', `const two: number = 2;\nconsole.log('part', two);\n`);
    expect(await repo.run(MAIN)).toEqual(says('helper 1\npart 2\nmain true'));
    expect(repo.entries()).toEqual([ENTRY]);
  });

  it('serves the threads of the program too', async () => {
    const repo = tree(
      `import { Worker } from 'node:worker_threads';\n` +
        `const url: URL = new URL('thread.ts', import.meta.url);\n` +
        `new Worker(url).on('exit', () => console.log('main', ${STRIPPER}));\n`,
    );
    repo.write('packages/a/src/thread.ts', saying('thread'));
    expect(await repo.run(MAIN)).toEqual(says('thread false\nmain false'));
  });

  it('keeps the lines and columns of stack traces', async () => {
    const repo = tree(
      `interface Unused {\n  readonly a: string;\n}\n\nfunction fail<T>(of: T, more?: Unused): never {\n` +
        `  const text: string = String(of); throw new Error(text + String(more));\n}\nfail<number>(7 as number);\n`,
    );
    const [kept, plain] = [await repo.run(MAIN), await repo.runWithoutCache(MAIN)];
    expect(kept.err).toContain(`${repo.root}/${MAIN}:6:42`);
    expect(kept.err).toContain(`${repo.root}/${MAIN}:8:1`);
    expect(kept).toEqual(plain);
  });

  it('leaves it to Node to say what cannot be stripped', async () => {
    const repo = tree('enum Colour { Red }\nconsole.log(Colour.Red);\n');
    const { err, code } = await repo.run(MAIN);
    expect([code, err]).toEqual([1, expect.stringContaining('ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')]);
    expect(repo.entries()).toEqual([]);
  });

  it('serves two first starts at once', async () => {
    const repo = tree(Array.from({ length: 40 }, (_, i) => `import './part-${i}.ts';\n`).join('') + saying('main'));
    for (let i = 0; i < 40; i++) repo.write(`packages/a/src/part-${i}.ts`, `export const part: number = ${i};\n`);
    const runs = await Promise.all([repo.run(MAIN), repo.run(MAIN), repo.run(MAIN)]);
    expect(runs).toEqual([says('main false'), says('main false'), says('main false')]);
    expect(repo.entries()).toHaveLength(41);
    expect(repo.entries().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('discards entries of sources that are gone, and what a killed process left', async () => {
    const repo = tree();
    const gone = repo.write('packages/a/src/gone.ts', 'export {};\n');
    await repo.run(MAIN);
    expect(repo.entries()).toHaveLength(2);
    rmSync(gone);
    repo.write(MAIN, saying('three'));
    const [old, young] = [path.join(repo.cache, 'old.1.tmp'), path.join(repo.cache, 'young.2.tmp')];
    for (const file of [old, young]) writeFileSync(file, '');
    utimesSync(old, 1, 1);
    await repo.run(MAIN);
    expect(repo.entries()).toEqual([ENTRY, 'young.2.tmp']);
  });
});
