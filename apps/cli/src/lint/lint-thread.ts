import { parentPort, workerData } from 'node:worker_threads';
import { lintOrder } from './lint-aside.ts';
import { lintJob } from './lint-job.ts';

/** The entry of the thread that `lintAside` starts: one order, one answer. */
parentPort?.postMessage(lintJob(lintOrder(workerData)));
