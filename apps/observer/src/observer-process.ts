import os from 'node:os';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { Observing } from './observing.ts';
import { toObserver, type FromObserver, type ObserverStart, type ToObserver } from './protocol.ts';

/** The entry of the observer process: the gate goes first, and goes on without it. */
const NICE = 10;
let observing: Promise<Observing> | undefined;

if (process.platform !== 'win32') os.setPriority(NICE);
process.on('message', (message: unknown) => void hear(toObserver(message)));
// Whoever started us is gone: what has not been kept is in the spool.
process.once('disconnect', () => void end());

async function hear(told: ToObserver): Promise<void> {
  if (told.kind === 'stop') return end();
  if (told.kind === 'start') return begin(told.start);
  if (told.kind === 'settings') return (await observing)?.use(told.settings);
  const { id, question, asked } = told;
  try {
    if (observing === undefined) throw new Error('nothing is observed yet');
    // Both ends are of one version: what is asked fits the question.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    say({ kind: 'answer', id, answer: await (await observing).answer(question, asked as never) });
  } catch (error) {
    say({ kind: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
  }
}

async function begin(start: ObserverStart): Promise<void> {
  const log = createLogger({
    level: start.logLevel,
    write: (line) => process.stderr.write(line),
    now: systemClock.now,
    base: { process: 'observer' },
  });
  observing = Observing.begin({
    ...start,
    clock: systemClock,
    log,
    writeStdout,
    onShipped: (sequence) => say({ kind: 'shipped', sequence }),
  });
  try {
    await observing;
    say({ kind: 'ready' });
  } catch (error) {
    log.error('records cannot be observed', { reason: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
}

async function end(): Promise<void> {
  await (await observing?.catch(() => undefined))?.end();
  process.exit(0);
}

async function writeStdout(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}

function say(message: FromObserver): void {
  if (process.connected) process.send?.(message);
}
