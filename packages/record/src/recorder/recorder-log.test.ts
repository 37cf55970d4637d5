import { createLogger } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import type { RecorderStats } from './protocol.ts';
import { reportOpened, reportStats } from './recorder-log.ts';

const well: RecorderStats = {
  frames: 0,
  lines: 0,
  payloadBytes: 0,
  failedAppends: 0,
  failedSyncs: 0,
  lastError: undefined,
  segments: 0,
  bytes: 0,
  deletedSegments: 0,
  deletedBytes: 0,
  batches: 0,
  refusedBatches: 0,
  waitingBytes: 0,
  lost: 0,
};

function logged(run: (logger: ReturnType<typeof createLogger>) => void): readonly string[] {
  const lines: string[] = [];
  run(createLogger({ level: 'debug', now: () => 0, write: (line) => void lines.push(line) }));
  return lines.map((line) => {
    const { level, message }: { level: string; message: string } = JSON.parse(line);
    return `${level} ${message}`;
  });
}

describe('reportStats', () => {
  const check = (
    before: Partial<RecorderStats> | undefined,
    now: Partial<RecorderStats>,
    expected: readonly string[],
  ): void =>
    expect(
      logged((logger) =>
        reportStats(logger, before === undefined ? undefined : { ...well, ...before }, { ...well, ...now }),
      ),
    ).toEqual(expected);

  it('says nothing while all is well', () => {
    check(undefined, {}, []);
    check({}, { frames: 100, lines: 1000, batches: 100, segments: 3 }, []);
  });

  it('says once that records cannot be written, and once that they are again', () => {
    check({}, { waitingBytes: 10 }, ['error records cannot be written']);
    check({ waitingBytes: 10 }, { waitingBytes: 20 }, []);
    check({ waitingBytes: 20 }, {}, ['info records are written again']);
  });

  it('says that records were lost, and then not that they are written', () => {
    check({ waitingBytes: 20 }, { lost: 7 }, ['error records were lost']);
    check({ lost: 7 }, { lost: 7 }, []);
  });

  it('says that a sync failed', () => check({}, { failedSyncs: 1 }, ['error records may not be on the disk']));

  it('says that the oldest were deleted', () => {
    check({ deletedSegments: 1 }, { deletedSegments: 2 }, [
      'warn oldest records were deleted to keep the bound of the folder',
    ]);
  });
});

describe('reportOpened', () => {
  const check = (report: Parameters<typeof reportOpened>[1], expected: readonly string[]): void =>
    expect(logged((logger) => reportOpened(logger, report))).toEqual(expected);

  it('says nothing of a sound folder', () => {
    check({ sequence: undefined, truncatedBytes: 0, damagedBytes: 0 }, []);
    check({ sequence: 3, truncatedBytes: 0, damagedBytes: 0 }, []);
  });

  it('says what was cut off', () => {
    check({ sequence: 3, truncatedBytes: 9, damagedBytes: 0 }, ['warn records were cut off when the process died']);
  });

  it('says what is damaged', () => {
    check({ sequence: 3, truncatedBytes: 0, damagedBytes: 9 }, ['error records are damaged']);
  });
});
