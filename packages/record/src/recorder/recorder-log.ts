import type { Logger } from '@gatehouse/kernel';
import type { OpenReport } from '../spool/spool-writer.ts';
import type { RecorderStats } from './protocol.ts';

/** Tells the operator what was found in the folder when it is not as it should be. */
export function reportOpened(logger: Logger, report: OpenReport): void {
  const { sequence, truncatedBytes, damagedBytes } = report;
  if (truncatedBytes > 0) logger.warn('records were cut off when the process died', { sequence, truncatedBytes });
  if (damagedBytes > 0) logger.error('records are damaged', { sequence, damagedBytes });
}

/** Tells the operator once when something begins to go wrong, and once when it is over. */
export function reportStats(logger: Logger, before: RecorderStats | undefined, now: RecorderStats): void {
  const grew = (count: (stats: RecorderStats) => number): boolean =>
    count(now) > (before === undefined ? 0 : count(before));
  const failing = now.waitingBytes > 0;
  const failed = (before?.waitingBytes ?? 0) > 0;
  if (failing && !failed)
    logger.error('records cannot be written', { error: now.lastError, waitingBytes: now.waitingBytes });
  if (failed && !failing && now.lost === (before?.lost ?? 0)) logger.info('records are written again');
  if (grew(({ lost }) => lost)) logger.error('records were lost', { lost: now.lost, error: now.lastError });
  if (grew(({ failedSyncs }) => failedSyncs)) logger.error('records may not be on the disk', { error: now.lastError });
  if (grew(({ deletedSegments }) => deletedSegments))
    logger.warn('oldest records were deleted to keep the bound of the folder', { deletedBytes: now.deletedBytes });
}
