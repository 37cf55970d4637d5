import { takeDataLock } from '../../src/data-lock.ts';

/** A process that takes the lock of a folder and keeps it until it is killed or its parent is gone. */
try {
  const lock = takeDataLock(process.argv[2] ?? '');
  process.once('disconnect', () => lock.release());
  process.on('message', () => {});
  process.send?.('held');
} catch (error) {
  process.send?.(error instanceof Error ? error.message : String(error));
}
