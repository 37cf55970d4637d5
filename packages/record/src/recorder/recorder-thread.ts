/** Entry of the recorder thread; nothing but `startRecorder` loads it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '@gatehouse/kernel';
import { SpoolWriter } from '../spool/spool-writer.ts';
import { isSettings, isToRecorder } from './protocol.ts';
import type { FromRecorder, RecorderSettings } from './protocol.ts';
import { Recorder } from './recorder.ts';

const data: unknown = workerData;
if (parentPort !== null && isSettings(data)) run(parentPort, data);

function run(port: MessagePort, settings: RecorderSettings): void {
  const say = (message: FromRecorder): void => port.postMessage(message);
  const writer = open(settings, say);
  if (writer === undefined) return port.close();
  const recorder = new Recorder(writer);
  const retry = setInterval(() => recorder.pump(), settings.retryMs);
  const sync = setInterval(() => {
    writer.maintain();
    say({ kind: 'stats', stats: recorder.stats() });
  }, settings.syncMs);
  port.on('message', (message: unknown) => {
    if (!isToRecorder(message)) return;
    if (message.kind === 'port') return recorder.connect(message.port);
    if (message.kind === 'protect') return writer.protect(message.sequence);
    if (message.kind === 'recover') return say({ kind: 'recovered', count: recorder.recover(message) });
    clearInterval(retry);
    clearInterval(sync);
    recorder.close();
    say({ kind: 'stats', stats: recorder.stats() });
    port.close();
  });
  say({ kind: 'open', report: writer.opened });
}

function open(settings: RecorderSettings, say: (message: FromRecorder) => void): SpoolWriter | undefined {
  const { dir, owner, spool } = settings;
  try {
    return SpoolWriter.open(dir, { ...spool, owner, now: () => systemClock.now() });
  } catch (error) {
    say({ kind: 'refused', detail: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}
