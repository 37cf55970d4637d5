/** The second door: the files by themselves, and what readers make of them. The threads that serve need none of it. */
export { parseLine, RECORD_FIELDS, type SpoolLine } from './parse-line.ts';
export { SpoolWriter, type OpenReport, type SpoolStats } from './spool/spool-writer.ts';
export type { SpoolOptions } from './spool/spool-options.ts';
export { readSpool, type ReadOptions } from './spool/read-spool.ts';
export { spoolBytesBehind, spoolEnd } from './spool/spool-extent.ts';
export type { Corruption, Position, SpoolBatch } from './spool/spool-cursor.ts';
export { parseFilter, type FilterOptions, type RecordFilter } from './query/record-filter.ts';
export { tailRecords, type TailItem, type TailOptions } from './query/tail-records.ts';
export { readObservations, type ReadObservationsOptions } from './query/read-observations.ts';
export { formatRecord, type FormatOptions } from './query/format-record.ts';
export { formatItem } from './query/format-item.ts';
export { bodiesOf } from './query/bodies-of.ts';
export { formatBody } from './query/format-body.ts';
export { safeText } from './query/safe-text.ts';
