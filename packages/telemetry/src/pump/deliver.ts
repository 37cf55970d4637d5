import { setTimeout as wait } from 'node:timers/promises';
import { SinkError, type Sink, type SinkItem, type SinkOutcome } from '../sink.ts';
import { messageOf, type SinkTally } from './sink-tally.ts';

export interface DeliverOptions {
  readonly sink: Sink;
  /** Ends the waiting: what was not taken by then stays where it is. */
  readonly signal: AbortSignal;
  readonly timings: DeliverTimings;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly tally: Pick<SinkTally, 'taken' | 'refused' | 'failed'>;
}

export interface DeliverTimings {
  /** Of one attempt, whatever the sink says. */
  readonly attemptMsMax: number;
  readonly firstRetryMs: number;
  readonly retryMsMax: number;
  /** A receiver may ask for as much and no more. */
  readonly retryAfterMsMax: number;
}

export const DELIVER_TIMINGS: DeliverTimings = {
  attemptMsMax: 60_000,
  firstRetryMs: 500,
  retryMsMax: 30_000,
  retryAfterMsMax: 300_000,
};

/** Offers a batch until it is taken or refused: true; false when the waiting was ended. */
export async function deliver(items: readonly SinkItem[], options: DeliverOptions): Promise<boolean> {
  const { signal, timings, tally } = options;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      const { refused, why } = (await attemptOf(items, options)) ?? ALL_TAKEN;
      if (refused > 0) tally.refused(refused, why);
      tally.taken(items.length - refused);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const { retry, retryAfterMs } = error instanceof SinkError ? error : LATER;
      if (retry === 'smaller' && items.length > 1) return deliverHalves(items, options);
      if (retry !== 'later') {
        tally.refused(items.length, messageOf(error));
        return true;
      }
      tally.failed(error);
      const asked = Math.min(retryAfterMs ?? 0, timings.retryAfterMsMax);
      await rest(Math.max(asked, backoffMs(attempt, options)), signal);
    }
  }
  return false;
}

const LATER = { retry: 'later', retryAfterMs: undefined } as const;
const ALL_TAKEN: SinkOutcome = { refused: 0, why: '' };

async function deliverHalves(items: readonly SinkItem[], options: DeliverOptions): Promise<boolean> {
  const middle = items.length >> 1;
  return (await deliver(items.slice(0, middle), options)) && deliver(items.slice(middle), options);
}

/** A sink that does not heed its signal is not waited for. */
async function attemptOf(
  items: readonly SinkItem[],
  { sink, signal, timings }: DeliverOptions,
): Promise<SinkOutcome | undefined> {
  const attempt = new AbortController();
  const end = (): void => attempt.abort();
  const timer = setTimeout(end, timings.attemptMsMax);
  signal.addEventListener('abort', end, { once: true });
  const ended = new Promise<never>((_resolve, reject) => {
    attempt.signal.addEventListener('abort', () => reject(new SinkError('no answer in time', { retry: 'later' })));
  });
  try {
    return await Promise.race([sink.send(items, attempt.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** Twice as long each time, less up to half, so that many gates do not come back at once. */
function backoffMs(attempt: number, { timings, random }: DeliverOptions): number {
  const longest = Math.min(timings.retryMsMax, timings.firstRetryMs * 2 ** Math.min(attempt, 30));
  return longest * (1 - random() / 2);
}

export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch {
    // Ended early, which whoever waits sees at the signal.
  }
}
