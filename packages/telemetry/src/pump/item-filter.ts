import type { LogFilterSpec } from '@gatehouse/config';
import { hash32 } from '@gatehouse/kernel';
import { parseFilter, parseLine } from '@gatehouse/record/spool';
import type { SinkItem } from '../sink.ts';

/** What a receiver is told of a line of the spool. */
export type ItemFilter = (line: string) => SinkItem | 'other' | 'unreadable';

/** As `gapLine` writes it. A gap may have held anything, so it is told to everybody. */
const GAP_START = '{"gap":';

export function logFilter({ sample, ...where }: LogFilterSpec): ItemFilter {
  const given = Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined));
  const parsed = parseFilter(given, 0);
  // The configuration takes no status that is not one.
  if ('problem' in parsed) throw new Error(parsed.problem);
  const { filter } = parsed;
  return (line) => {
    if (!line.startsWith(GAP_START) && !filter.mayMatch(line)) return 'other';
    const item = parseLine(line);
    if (item === undefined) return 'unreadable';
    if (item.kind === 'gap') return item;
    if (item.kind !== 'record') return 'other';
    return filter.matches(item.record) && isChosen(item.record.id, sample) ? item : 'other';
  };
}

/** Spans of what was sampled, and nothing else. */
export const sampledFilter: ItemFilter = (line) => {
  if (!line.includes('"traceSampled":true')) return 'other';
  const item = parseLine(line);
  if (item === undefined) return 'unreadable';
  return item.kind === 'record' && item.record.traceSampled === true ? item : 'other';
};

/** The same choice each time that a record is read. */
function isChosen(id: string, share: number): boolean {
  return share >= 1 || hash32(id) >>> 0 < share * 2 ** 32;
}
