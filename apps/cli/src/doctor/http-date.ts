import type net from 'node:net';

/** How far another clock is ahead of ours (behind it, when negative), give or take. */
export interface ClockReading {
  readonly aheadMs: number;
  readonly toleranceMs: number;
}

const HEAD_BYTES_MAX = 16_384;
/** `Date` says no more. */
const SECOND_MS = 1000;

/** What came up to the end of a head, of the connection, or of patience. */
export async function readHead(socket: net.Socket, signal: AbortSignal): Promise<string> {
  let text = '';
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = (): void => resolve();
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
    if (text.includes('\r\n\r\n') || text.length > HEAD_BYTES_MAX) resolve();
  });
  socket.once('close', onAbort);
  signal.addEventListener('abort', onAbort);
  if (!signal.aborted) await promise;
  signal.removeEventListener('abort', onAbort);
  return text;
}

/** The clock was read at some moment between the two, and says the beginning of its second. */
export function dateIn(
  head: string,
  { askedMs, answeredMs }: { readonly askedMs: number; readonly answeredMs: number },
): ClockReading | undefined {
  if (!head.startsWith('HTTP/1')) return undefined;
  const fields = head.split('\r\n\r\n', 1)[0] ?? '';
  const atMs = Date.parse(/^date:(.*)$/im.exec(fields)?.[1]?.trim() ?? '');
  if (Number.isNaN(atMs)) return undefined;
  const toleranceMs = (answeredMs - askedMs + SECOND_MS) / 2;
  return { aheadMs: atMs + SECOND_MS / 2 - (askedMs + answeredMs) / 2, toleranceMs };
}
