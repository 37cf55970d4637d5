/** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when a parent that started us with a channel is gone. */
export async function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    if (process.connected) process.once('disconnect', () => resolve());
  });
}
