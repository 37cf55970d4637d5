import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { expect, it } from 'vitest';

it.runIf(process.platform === 'linux')('makes its own thread give way, and no other', async () => {
  const before = os.getPriority();
  const source = new URL('step-back.ts', import.meta.url).href;
  const code = `
    const { parentPort } = require('node:worker_threads');
    const os = require('node:os');
    const fs = require('node:fs');
    import(${JSON.stringify(source)}).then(({ stepBack }) => {
      stepBack();
      parentPort.postMessage(os.getPriority(Number(fs.readlinkSync('/proc/thread-self').split('/').at(-1))));
    });`;
  const worker = new Worker(code, { eval: true });
  const [priority] = await once(worker, 'message');
  expect([priority, os.getPriority()]).toEqual([10, before]);
  await worker.terminate();
});
