const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and a parent both tell of one Ctrl-C; what comes later is another one. */
const SAME_KEY_MS = 1000;
export const INTERRUPTED = 130;

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, or when a parent that started us with a channel is gone, which may be
 * before this is called. What began then is not cut short by further signals, but for every further Ctrl-C, of which
 * `onAgain` is told.
 */
export async function untilStopped(onAgain: () => void = () => process.exit(INTERRUPTED)): Promise<void> {
  return new Promise((resolve) => {
    let lastMs: number | undefined;
    const stop = (signal?: string): void => {
      const nowMs = performance.now();
      const again = signal === 'SIGINT' && nowMs - (lastMs ?? nowMs) > SAME_KEY_MS;
      if (again || lastMs === undefined) lastMs = nowMs;
      if (again) onAgain();
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    if (process.send === undefined) return;
    process.once('disconnect', () => stop());
    if (!process.connected) stop();
  });
}
