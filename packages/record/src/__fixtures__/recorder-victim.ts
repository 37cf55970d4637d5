/** A gatehouse in small: records, prints the number of the last record that was acknowledged, waits to be killed. */
import { writeSync } from 'node:fs';
import { createLogger } from '@gatehouse/kernel';
import { connectRecorder } from '../recorder/connect-recorder.ts';
import { startRecorder } from '../recorder/start-recorder.ts';

const [, , dir = '', from = '0'] = process.argv;
const now = (): number => Date.now();
const logger = createLogger({ level: 'error', now, write: (line) => void writeSync(2, line) });
const recorder = startRecorder({ dir, now, logger, onPort: () => undefined });
const { batcher } = connectRecorder(recorder.port(0), { worker: 0, now });
let next = Number(from);

setInterval(() => {
  if (batcher.stats().pendingBytes > 0) return;
  if (next > Number(from)) writeSync(1, `${next - 1}\n`);
  for (let i = 0; i < 100; i++) batcher.add(`{"i":${next},"x":"${'x'.repeat((next++ * 7919) % 3000)}"}\n`);
  batcher.tick();
}, 1);
