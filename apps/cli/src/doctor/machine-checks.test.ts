import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SpoolWriter } from '@gatehouse/record/spool';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { sceneWith, told, type SceneParts } from './__fixtures__/scene.ts';
import { diskVerdicts } from './disk-check.ts';
import { coresVerdict, filesVerdict } from './limit-check.ts';
import { recordVerdicts } from './records-check.ts';
import { durationText, sizeText } from './sizes.ts';

const MIB = 2 ** 20;

describe('the disk', () => {
  it.each<[string, SceneParts['disk'], readonly (string | RegExp)[]]>([
    ['has room', { bavail: 4 * MIB, bsize: 1024 }, ['ok: 4 GiB free; records may take 1 GiB more']],
    [
      'has less room than records may take',
      { bavail: 500, bsize: MIB },
      [/^warning: 500 MiB free, but records may take 1 GiB more; make room, or choose another folder with --data$/],
    ],
    ['is as good as full', { bavail: 10, bsize: MIB }, [/^failed: 10 MiB free, not enough to record calls; make room/]],
    ['has hardly any files left', { ffree: 7 }, [/^ok/, /^warning: .* has room for 7 more files only/]],
    ['counts no files, as some systems do', { files: 0, ffree: 0 }, [/^ok/]],
    ['is memory', { type: 0x01_02_19_94 }, [/^ok/, /^warning: .* is in memory: records, quotas and keys are gone/]],
    [
      'is another machine’s',
      { type: 0x69_69 },
      [/^ok/, /^warning: .* is on another machine, where locks may not hold/],
    ],
  ])('%s', (_, disk, expected) => {
    const said = told(diskVerdicts(sceneWith({ disk: disk ?? {} })));
    expect(said).toEqual(expected.map((each) => (typeof each === 'string' ? each : expect.stringMatching(each))));
  });

  it('is asked about where the folder will be', () => {
    const asked: string[] = [];
    const parent = temporaryFolder();
    const scene = sceneWith({ options: { dataDir: path.join(parent, 'not', 'yet') } });
    diskVerdicts({ ...scene, fileSystem: (folder) => (asked.push(folder), scene.fileSystem(folder)) });
    expect(asked).toEqual([parent]);
  });

  it('counts what is recorded already', () => {
    const dataDir = temporaryFolder();
    mkdirSync(path.join(dataDir, 'records'));
    writeFileSync(path.join(dataDir, 'records', 'spool-0000000000000001.ghs'), Buffer.alloc(24 * MIB));
    expect(told(diskVerdicts(sceneWith({ options: { dataDir } })))[0]).toContain('records may take 1000 MiB more');
  });

  it('that does not say is worth a warning', () => {
    const scene = sceneWith();
    const fileSystem = (): never => {
      throw new Error('EIO');
    };
    expect(told(diskVerdicts({ ...scene, fileSystem }))).toEqual([
      expect.stringMatching(/^warning: .* does not say .* \(EIO\)$/),
    ]);
  });
});

describe('records', () => {
  const LINE = '{"id":"a"}\n';
  function recorded(payloads: readonly string[]): string {
    const dataDir = temporaryFolder();
    const writer = SpoolWriter.open(path.join(dataDir, 'records'), { now: Date.now, owner: 'test' });
    for (const payload of payloads) writer.append(Buffer.from(payload), payload.split('\n').length - 1);
    writer.close();
    return dataDir;
  }
  const verdictsOn = async (dataDir: string): Promise<readonly string[]> =>
    told(await recordVerdicts(sceneWith({ options: { dataDir, nowMs: Date.now } })));

  it('are none before the first start', async () => {
    expect(await verdictsOn(temporaryFolder())).toEqual(['ok: none yet']);
  });

  it('are counted', async () => {
    expect(await verdictsOn(recorded([LINE + LINE, LINE, '{"body":"what stands beside records"}\n']))).toEqual([
      expect.stringMatching(/^ok: [\d.]+ B in 1 file, written to .* ago; the newest holds 3 records, none missing$/),
    ]);
  });

  it('that are missing are told', async () => {
    const gap = '{"gap":true,"lost":7,"from":1,"to":2,"worker":1}\n';
    expect(await verdictsOn(recorded([LINE, gap, gap]))).toEqual([
      expect.stringMatching(/^warning: .*; of the newest, 14 records could not be written: look at the log/),
    ]);
  });

  it('that are damaged are told', async () => {
    const dataDir = recorded([LINE, LINE, LINE]);
    const file = path.join(dataDir, 'records', 'spool-0000000000000001.ghs');
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0xff, middle, middle + 4);
    writeFileSync(file, bytes);
    expect(await verdictsOn(dataDir)).toEqual([
      expect.stringMatching(/^warning: .*; the newest has 1 place that cannot be read/),
    ]);
  });
});

describe('limits', () => {
  it.each([
    [undefined, /^ok: how many files may be open, this system does not say$/],
    [Infinity, /^ok: any number/],
    [4096, /^ok: 4096 files and sockets may be open$/],
    [
      1024,
      /^warning: 1024 files and sockets may be open, enough for 512 calls at once at most; raise it with ulimit -n/,
    ],
    [64, /^failed: 64 files and sockets/],
  ])('of %s files', (files, expected) => {
    expect(told([filesVerdict(files)])).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    [1, 1, 'ok: 1 worker on 1 core'],
    [2, 4, 'ok: 2 workers on 4 cores'],
    [8, 2, 'warning: 8 workers on 2 cores: they take turns, which makes calls wait; start with --workers 2'],
  ])('of %i workers on %i cores', (workers, cores, expected) => {
    expect(told([coresVerdict(workers, cores)])).toEqual([expected]);
  });
});

describe('sizes and times for people', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [200 * MIB, '200 MiB'],
    [77.44 * 1024 * MIB, '77.4 GiB'],
  ])('%i bytes are %s', (bytes, expected) => {
    expect(sizeText(bytes)).toBe(expected);
  });

  it.each([
    [0.4, '0 ms'],
    [999, '999 ms'],
    [5140, '5.1 s'],
    [90_000, '2 min'],
    [7_200_000, '2 h'],
    [61 * 86_400_000, '61 days'],
  ])('%i ms are %s', (ms, expected) => {
    expect(durationText(ms)).toBe(expected);
  });
});
