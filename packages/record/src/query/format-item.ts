import type { Corruption } from '../spool/spool-cursor.ts';
import { clock, formatRecord, painter } from './format-record.ts';
import type { FormatOptions } from './format-record.ts';
import type { TailItem } from './tail-records.ts';

const REASONS: Readonly<Record<Corruption['reason'], string>> = {
  damaged: 'records are damaged and were skipped',
  torn: 'the last record of a file is not whole',
  foreign: 'a file is of a version that this gatehouse does not know',
  missing: 'older records were deleted to keep the bound of the folder',
  reset: 'the records folder was begun anew',
  shrunk: 'records that had been read are no longer in the file',
};

/** One line for people: a record, or what stands in a record's place. */
export function formatItem(item: TailItem, options: FormatOptions): string {
  if (item.kind === 'record') return formatRecord(item.record, options);
  return painter(options.colour)('magenta', item.kind === 'gap' ? gapText(item) : corruptionText(item));
}

function gapText({ gap }: Extract<TailItem, { readonly kind: 'gap' }>): string {
  const records = gap.lost === 1 ? '1 record' : `${gap.lost} records`;
  return `${clock(gap.from)}  ${records} of worker ${gap.worker} lost until ${clock(gap.to)}`;
}

function corruptionText({ corruption }: Extract<TailItem, { readonly kind: 'corrupt' }>): string {
  const size = corruption.bytes > 0 ? ` (${corruption.bytes} bytes)` : '';
  return `--:--:--.---  ${REASONS[corruption.reason]}${size}`;
}
