import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { ConfigFile } from './config-file.ts';

const OPENAPI = 'openapi: 3.1.0\npaths: { /a: { get: {} } }\n';

/** A configuration in a folder of its own, which names `documents`. */
function configFile(...documents: readonly string[]): { config: ConfigFile; folder: string; file: string } {
  const folder = temporaryFolder();
  const file = path.join(folder, 'gatehouse.yaml');
  const apis = documents.map(
    (document, index) => `  a${index}: { basePath: /a${index}, upstream: "http://h", openapi: ${document} }`,
  );
  writeFileSync(file, `gatehouse: 1\napis:\n${apis.join('\n')}\n`);
  return { config: new ConfigFile(file, {}), folder, file };
}

describe('ConfigFile', () => {
  it('compiles the file with its documents', async () => {
    const { config, folder } = configFile('one.yaml');
    writeFileSync(path.join(folder, 'one.yaml'), OPENAPI);
    const result = await config.load();
    expect('snapshot' in result && result.snapshot.routes.map(({ id }) => id)).toEqual(['a0 GET /a0/a']);
  });

  it('finds what it loaded unchanged until something changes', async () => {
    const { config, folder, file } = configFile('one.yaml');
    const document = path.join(folder, 'one.yaml');
    writeFileSync(document, OPENAPI);
    await config.load();
    expect(config.current()).toBe(config.loaded);
    writeFileSync(document, `${OPENAPI}# changed\n`);
    expect(config.current()).not.toBe(config.loaded);
    await config.load();
    expect(config.current()).toBe(config.loaded);
    writeFileSync(file, 'gatehouse: 1\n');
    expect(config.current()).not.toBe(config.loaded);
  });

  it('finds a document that was missing when it comes, and one that goes', async () => {
    const { config, folder } = configFile('one.yaml', 'two.yaml');
    writeFileSync(path.join(folder, 'one.yaml'), OPENAPI);
    expect(await config.load()).toHaveProperty('problems');
    expect(config.current()).toBe(config.loaded);
    writeFileSync(path.join(folder, 'two.yaml'), OPENAPI);
    expect(config.current()).not.toBe(config.loaded);
    expect(await config.load()).toHaveProperty('snapshot');
    rmSync(path.join(folder, 'one.yaml'));
    expect(config.current()).not.toBe(config.loaded);
  });

  it('forgets documents that the file does not name any more', async () => {
    const { config, folder, file } = configFile('one.yaml');
    const document = path.join(folder, 'one.yaml');
    writeFileSync(document, OPENAPI);
    await config.load();
    writeFileSync(file, 'gatehouse: 1\n');
    await config.load();
    rmSync(document);
    expect(config.current()).toBe(config.loaded);
  });

  it('has nothing to say while there is no file', async () => {
    const { config, file } = configFile();
    await config.load();
    rmSync(file);
    expect(config.current()).toBeUndefined();
    await expect(config.load()).rejects.toThrow(`${file}: there is no such file, check its name`);
  });

  it('tells once of what cannot be read', async () => {
    const { config, file } = configFile();
    await config.load();
    rmSync(file);
    mkdirSync(file);
    expect(config.current()).not.toBe(config.loaded);
    await expect(config.load()).rejects.toThrow(`${file}: this is a folder, name the file in it`);
    expect(config.current()).toBe(config.loaded);
    rmdirSync(file);
    writeFileSync(file, 'gatehouse: 1\n');
    expect(config.current()).not.toBe(config.loaded);
  });
});
