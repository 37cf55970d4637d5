import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { replaceFile, temporaryFolder } from '../test/temporary-folder.ts';
import { ConfigProbe } from '../test/config-probe.ts';
import { watchConfig } from './config-watch.ts';
import { readUtf8 } from './read-config.ts';

function probe(text = 'one'): ConfigProbe {
  const file = path.join(temporaryFolder(), 'gatehouse.yaml');
  writeFileSync(file, text);
  return new ConfigProbe(file);
}

describe('watchConfig', () => {
  const ways: Readonly<Record<string, (file: string) => void>> = {
    'that is written in place': (file) => writeFileSync(file, 'two'),
    'that is renamed over the old one, as editors do': (file) => replaceFile(file, 'two'),
    'that is deleted and written again': (file) => {
      rmSync(file);
      writeFileSync(file, 'two');
    },
    'that takes the place of the one moved away': (file) => {
      renameSync(file, `${file}~`);
      writeFileSync(file, 'two');
    },
  };
  for (const [name, change] of Object.entries(ways)) {
    it(`tells of a file ${name}, within a second`, async () => {
      const watched = probe();
      const savedMs = performance.now();
      change(watched.file);
      await watched.until(() => watched.loads.length > 0);
      expect(performance.now() - savedMs).toBeLessThan(1000);
      await watched.settled();
      expect(watched.loads).toEqual(['two']);
    });
  }

  it('tells of a swapped link, as Kubernetes publishes a ConfigMap', async () => {
    const folder = temporaryFolder();
    const version = (name: string, text: string): void => {
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, 'gatehouse.yaml'), text);
      symlinkSync(name, path.join(folder, '..data_tmp'));
      renameSync(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
    };
    version('..2026_01', 'one');
    symlinkSync(path.join('..data', 'gatehouse.yaml'), path.join(folder, 'gatehouse.yaml'));
    const watched = new ConfigProbe(path.join(folder, 'gatehouse.yaml'));
    const savedMs = performance.now();
    version('..2026_02', 'two');
    rmSync(path.join(folder, '..2026_01'), { recursive: true });
    await watched.until(() => watched.loads.length > 0);
    expect(performance.now() - savedMs).toBeLessThan(1000);
    expect(watched.loads).toEqual(['two']);
  });

  it('tells of a change behind a link to another folder, which no watch sees', async () => {
    const target = path.join(temporaryFolder(), 'real.yaml');
    const link = path.join(temporaryFolder(), 'gatehouse.yaml');
    writeFileSync(target, 'one');
    symlinkSync(target, link);
    const watched = new ConfigProbe(link);
    replaceFile(target, 'two');
    await watched.until(() => watched.loads.length > 0);
    expect(watched.loads).toEqual(['two']);
  });

  it('tells of one change after the other, and of the last one always', async () => {
    const watched = probe();
    for (const text of ['two', 'three', 'four']) {
      replaceFile(watched.file, text);
      await watched.until(() => watched.loaded === text);
    }
    expect(watched.loads).toEqual(['two', 'three', 'four']);
  });

  it('says nothing of a file that was touched and holds the same', async () => {
    const watched = probe();
    utimesSync(watched.file, new Date(), new Date());
    replaceFile(watched.file, 'one');
    await watched.settled();
    expect(watched.loads).toEqual([]);
  });

  it('says nothing while there is no file', async () => {
    const watched = probe();
    rmSync(watched.file);
    await watched.settled();
    expect(watched.loads).toEqual([]);
    writeFileSync(watched.file, 'back');
    await watched.until(() => watched.loads.length > 0);
    expect(watched.loads).toEqual(['back']);
  });

  it('sees a change from before it began to watch', async () => {
    const file = path.join(temporaryFolder(), 'gatehouse.yaml');
    writeFileSync(file, 'new');
    const loads: string[] = [];
    const called = Promise.withResolvers<void>();
    const watched = { file, loaded: 'old', current: () => readUtf8(file) };
    const watch = watchConfig(watched, async () => {
      watched.loaded = 'new';
      loads.push(readUtf8(file));
      called.resolve();
    });
    onTestFinished(() => watch.close());
    await called.promise;
    expect(loads).toEqual(['new']);
  });

  it('waits until a file that is being written has come to rest', async () => {
    const texts = ['half', 'half of', 'half of it', 'all of it', 'all of it'];
    const seen: string[] = [];
    const called = Promise.withResolvers<string>();
    const watched = {
      file: path.join(temporaryFolder(), 'gatehouse.yaml'),
      loaded: 'before',
      current: () => {
        seen.push(texts[Math.min(seen.length, texts.length - 1)] ?? '');
        return seen.at(-1);
      },
    };
    const watch = watchConfig(watched, async () => called.resolve(seen.at(-1) ?? ''));
    onTestFinished(() => watch.close());
    expect(await called.promise).toBe('all of it');
    expect(seen).toHaveLength(5);
  });

  it('calls back once at a time, and sees what changed meanwhile', async () => {
    const file = path.join(temporaryFolder(), 'gatehouse.yaml');
    writeFileSync(file, 'two');
    const first = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const loads: string[] = [];
    const watched = { file, loaded: 'one', current: () => readUtf8(file) };
    const watch = watchConfig(watched, async () => {
      watched.loaded = readUtf8(file);
      loads.push(watched.loaded);
      if (loads.length > 1) return second.resolve();
      begun.resolve();
      await first.promise;
    });
    onTestFinished(() => watch.close());
    await begun.promise;
    replaceFile(file, 'three');
    expect(loads).toEqual(['two']);
    first.resolve();
    await second.promise;
    expect(loads).toEqual(['two', 'three']);
  });

  it('works where the folder cannot be watched', async () => {
    const folder = temporaryFolder();
    const elsewhere = path.join(folder, 'real.yaml');
    writeFileSync(elsewhere, 'two');
    const called = Promise.withResolvers<void>();
    const file = path.join(folder, 'not-there', 'gatehouse.yaml');
    const watched = { file, loaded: 'one', current: () => readUtf8(elsewhere) };
    const watch = watchConfig(watched, async () => called.resolve());
    onTestFinished(() => watch.close());
    await called.promise;
  });

  it('is silent once it is closed', async () => {
    const file = path.join(temporaryFolder(), 'gatehouse.yaml');
    writeFileSync(file, 'two');
    const loads: string[] = [];
    const closedOne = { file, loaded: 'one', current: () => readUtf8(file) };
    watchConfig(closedOne, async () => void loads.push('closed one')).close();
    const other = new ConfigProbe(file);
    replaceFile(file, 'three');
    await other.until(() => other.loads.length > 0);
    await other.settled();
    expect(loads).toEqual([]);
  });
});
