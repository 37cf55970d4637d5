import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { CommandFailure } from './failure.ts';
import { readConfig, readConfigOnce, readUtf8 } from './read-config.ts';

const onUnix = process.platform !== 'win32';

function pipe(): string {
  const file = path.join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [file]);
  return file;
}

function fileOf(bytes: string | Uint8Array): string {
  const file = path.join(temporaryFolder(), 'gatehouse.yaml');
  writeFileSync(file, bytes);
  return file;
}

async function socket(): Promise<string> {
  const file = path.join(temporaryFolder(), 'socket');
  const server = net.createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(file, resolve));
  return file;
}

function refused(file: string, why: string): void {
  expect(() => readConfig(file)).toThrow(new CommandFailure(`${file}: ${why}`));
}

describe('readConfig', () => {
  it('reads text', () => expect(readConfig(fileOf('gatehouse: 1 # é\n'))).toBe('gatehouse: 1 # é\n'));

  it('says what stands where a file should', () => {
    const folder = temporaryFolder();
    refused(path.join(folder, 'missing'), 'there is no such file, check its name');
    refused(path.join(fileOf(''), 'below-a-file'), 'there is no such file, check its name');
    refused(folder, 'this is a folder, name the file in it');
    refused(
      fileOf(Buffer.from('gatehouse: 1', 'utf16le').fill(0xff, 0, 1)),
      'the file is not UTF-8 text, save it as such',
    );
  });

  it.runIf(onUnix)('does not wait for a pipe, nor read a device without end', async () => {
    refused(pipe(), 'this is a pipe, name a file: it is read again whenever it changes');
    refused('/dev/zero', 'this is a device, name a file');
    refused(await socket(), 'this is a socket, name a file');
  });

  it('does not take a folder whose name is that of a file', () => {
    const folder = path.join(temporaryFolder(), 'gatehouse.yaml');
    mkdirSync(folder);
    refused(folder, 'this is a folder, name the file in it');
  });
});

describe('readUtf8', () => {
  it.runIf(onUnix)('gives its errors a code', () => {
    expect(() => readUtf8(pipe())).toThrow(expect.objectContaining({ code: 'a pipe' }));
    expect(() => readUtf8(temporaryFolder())).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  });
});

describe('readConfigOnce', () => {
  it.runIf(onUnix)('waits for what comes through a pipe', () => {
    const file = pipe();
    const writer = spawn('sh', ['-c', `sleep 0.05; printf 'gatehouse: 1' > "$0"`, file]);
    onTestFinished(() => void writer.kill());
    expect(readConfigOnce(file)).toBe('gatehouse: 1');
  });

  it('refuses what no text can come from', () => {
    const folder = temporaryFolder();
    expect(() => readConfigOnce(folder)).toThrow(
      new CommandFailure(`${folder}: this is a folder, name the file in it`),
    );
    expect(() => readConfigOnce('missing.yaml')).toThrow('there is no such file');
  });
});
