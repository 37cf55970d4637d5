import { hash64, type Hash64 } from '@gatehouse/kernel';
import type { Counters, Leasing, TakingAll, Verdict } from '../counters.ts';

export type MaybeLater<T> = T | Promise<T>;

/** `Counters`, or the same over a network. */
export interface CountersUnderTest {
  take(...ask: Parameters<Counters['take']>): MaybeLater<Verdict>;
  ask(...ask: Parameters<Counters['ask']>): MaybeLater<Verdict>;
  adjust(...ask: Parameters<Counters['adjust']>): MaybeLater<void>;
  takeQuota(...ask: Parameters<Counters['takeQuota']>): MaybeLater<Verdict>;
  adjustQuota(...ask: Parameters<Counters['adjustQuota']>): MaybeLater<void>;
  takeAll(...ask: Parameters<Counters['takeAll']>): MaybeLater<TakingAll>;
  lease(...ask: Parameters<Counters['lease']>): MaybeLater<Leasing>;
  release(...ask: Parameters<Counters['release']>): MaybeLater<void>;
  releases(...ask: Parameters<Counters['releases']>): MaybeLater<number>;
  whenReleased(...ask: Parameters<Counters['whenReleased']>): Promise<unknown>;
}

/** A Tuesday, 14:30 UTC. */
export const NOW = Date.UTC(2026, 5, 16, 14, 30);
export const MINUTE = 60_000;

let made = 0;
/** A key that no test has used, so that a server which outlives the run can be tested too. */
export function freshKey(): Hash64 {
  return hash64(`contract ${process.pid} ${performance.timeOrigin} ${made++}`);
}
