import type { ExchangeRecord } from '@gatehouse/record';

/** One try at an endpoint. */
export interface UpstreamTry {
  readonly endpoint: string;
  /** A status, or why there was none. */
  readonly outcome: string;
  /** ms since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
}

/** `http://a:80 503 12.1 ms` as `UpstreamLegs` notes it. */
const TRY = /^(\S+) (\S+) (\d+(?:\.\d+)?) ms$/;

/**
 * The tries of a call in the order of their ends. How long each took is known. When the last one that a reply came from
 * began is known too; the others are laid in front of it, which is exact for retries that wait for nothing. A hedge that
 * was cancelled ran beside the one that won, and ends with it.
 */
export function upstreamTries(record: ExchangeRecord): readonly UpstreamTry[] {
  const begunMs = record.time + record.gatewayMs;
  const overMs = record.time + record.durationMs;
  if (record.upstreamTries === undefined) return onlyTry(record, { begunMs, overMs });
  const found = record.upstreamTries.split('; ').flatMap((text) => parseTry(text) ?? []);
  const lastIndex = found.findLastIndex(({ outcome }) => outcome !== 'cancelled');
  const tries: UpstreamTry[] = [];
  let nextStartMs = begunMs;
  for (let i = found.length - 1; i >= 0; i--) {
    const one = found[i];
    if (one === undefined) continue;
    const { endpoint, outcome, ms } = one;
    const isLast = i === lastIndex;
    const endMs = isLast || outcome === 'cancelled' ? Math.min(overMs, begunMs + ms) : nextStartMs;
    const startMs = isLast ? begunMs : Math.max(record.time, endMs - ms);
    tries.unshift({ endpoint, outcome, startMs, endMs: Math.max(startMs, endMs) });
    if (outcome !== 'cancelled') nextStartMs = startMs;
  }
  return tries;
}

function onlyTry(
  record: ExchangeRecord,
  { begunMs, overMs }: { readonly begunMs: number; readonly overMs: number },
): readonly UpstreamTry[] {
  const { upstream, attempts, firstByteMs, bodyMs, code, status } = record;
  if (upstream === undefined || attempts === undefined) return [];
  const endMs = firstByteMs === undefined ? overMs : begunMs + firstByteMs + (bodyMs ?? 0);
  return [
    { endpoint: upstream, outcome: firstByteMs === undefined ? (code ?? '') : String(status), startMs: begunMs, endMs },
  ];
}

function parseTry(text: string): { endpoint: string; outcome: string; ms: number } | undefined {
  const [, endpoint, outcome, ms] = TRY.exec(text) ?? [];
  return endpoint === undefined || outcome === undefined ? undefined : { endpoint, outcome, ms: Number(ms) };
}
