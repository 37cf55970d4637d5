import { parentPort, workerData } from 'node:worker_threads';
import { DirectoryReader, type DirectoryMemory } from '../index.ts';

/* Reads one key over and over, tells when it begins, of every text that is not whole, and when the key is gone. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test starts it
const { memory, hash } = workerData as { readonly memory: DirectoryMemory; readonly hash: Uint8Array };
const reader = new DirectoryReader(memory);
let seen = 0;
for (;;) {
  const found = reader.find(hash);
  if (found === undefined) break;
  const text = reader.applicationText(found);
  if (new Set(text).size !== 1 || found.name !== 'name of k') parentPort?.postMessage(`torn ${text}`);
  if (++seen === 1) parentPort?.postMessage('reading');
}
parentPort?.postMessage('gone');
