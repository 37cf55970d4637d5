/** A gateway worker in small: records so many lines over its port and is gone at once. */
import { MessagePort, workerData } from 'node:worker_threads';
import { connectRecorder } from '../recorder/connect-recorder.ts';

const { port, count } = readData(workerData);
const link = connectRecorder(port, { worker: 0, now: () => Date.now() });
for (let i = 0; i < count; i++) link.batcher.add(`{"i":${i}}\n`);
link.close();

function readData(data: unknown): { readonly port: MessagePort; readonly count: number } {
  if (typeof data !== 'object' || data === null || !('port' in data) || !('count' in data))
    throw new TypeError('no data');
  if (!(data.port instanceof MessagePort) || typeof data.count !== 'number') throw new TypeError('no port or no count');
  return { port: data.port, count: data.count };
}
