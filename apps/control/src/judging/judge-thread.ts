import { parentPort, workerData } from 'node:worker_threads';
import { compare, judge, ServiceError } from '@gatehouse/services/judging';
import { asOrder, type Judgement } from './judgement.ts';

/** The entry of the thread that `judgeAside` starts: one order, one answer. */
const { kind, input, nowMs } = asOrder(workerData);
parentPort?.postMessage(answer());

function answer(): Judgement {
  try {
    const clock = { now: () => nowMs };
    return { body: (kind === 'lint' ? judge : compare)({ clock }, input) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { refusal: error.detail, facts: error.facts };
  }
}
