import { parseFilter, tailRecords } from '@gatehouse/record/spool';
import type { RecordMetrics } from '@gatehouse/telemetry';

export interface MetricsReading {
  readonly spool: string;
  readonly metrics: RecordMetrics;
  /** Start of the gate, ms since the epoch: what ended before is not counted, as scrapers expect. */
  readonly sinceMs: number;
}

/** Counts calls as they come into the spool. A process that takes the place of another counts those of before again. */
export async function readMetrics({ spool, metrics, sinceMs }: MetricsReading, signal: AbortSignal): Promise<void> {
  const parsed = parseFilter({ since: new Date(sinceMs).toISOString() }, sinceMs);
  if ('problem' in parsed) throw new Error(parsed.problem);
  for await (const item of tailRecords(spool, { filter: parsed.filter, follow: true, signal })) {
    if (item.kind === 'record') metrics.observe(item.record);
    else if (item.kind === 'gap' && item.gap.to >= sinceMs) metrics.observeGap(item.gap);
  }
}
