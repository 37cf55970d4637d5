const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and a parent both tell of one Ctrl-C; what comes later is a second one. */
const SAME_KEY_MS = 1000;

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, or when a parent that started us with a channel is gone, which may be
 * before this is called. What began then is not cut short by further signals, but for a second Ctrl-C.
 */
export async function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let stoppedAtMs: number | undefined;
    const stop = (signal?: string): void => {
      const nowMs = performance.now();
      if (signal === 'SIGINT' && nowMs - (stoppedAtMs ?? nowMs) > SAME_KEY_MS) process.exit(130);
      stoppedAtMs ??= nowMs;
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    if (process.send === undefined) return;
    process.once('disconnect', () => stop());
    if (!process.connected) stop();
  });
}
