import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

const ROOT = path.join(import.meta.dirname, '..', '..', '..');

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

it('npm start that is told to end leaves no process behind', async () => {
  const data = path.join(temporaryFolder(), 'data');
  const args = [
    'start',
    '--',
    '--listen',
    '127.0.0.1:0',
    '--console',
    '127.0.0.1:0',
    '--status',
    '127.0.0.1:0',
    '--data',
    data,
  ];
  // In a group of its own, as a shell's job, so that nothing outlives the test.
  const npm = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  onTestFinished(() => {
    try {
      process.kill(-(npm.pid ?? 0), 'SIGKILL');
    } catch {
      // All of them have ended.
    }
  });
  let out = '';
  npm.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  while (!/gateway {2}\S+/.test(out)) await sleep(50);
  const [, gateway = ''] = /gateway {2}(\S+)/.exec(out) ?? [];
  expect(await answers(gateway)).toBe(true);
  npm.kill('SIGTERM');
  for (let i = 0; i < 100 && (await answers(gateway)); i++) await sleep(100);
  expect(await answers(gateway)).toBe(false);
});
