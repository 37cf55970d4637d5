import path from 'node:path';
import { statfsSync, type StatsFs } from 'node:fs';
import { temporaryFolder } from '../../../test/temporary-folder.ts';
import { parseAddress } from '../../address.ts';
import type { Finding, Verdict } from '../finding.ts';
import type { DoctorOptions, Scene } from '../scene.ts';

export const NOW_MS = Date.UTC(2026, 10, 27, 12);

export function optionsWith(options: Partial<DoctorOptions> = {}): DoctorOptions {
  const dataDir = options.dataDir ?? path.join(temporaryFolder(), 'data');
  return {
    config: undefined,
    dataDir,
    listen: parseAddress('127.0.0.1:0', '--listen'),
    listenTls: undefined,
    status: parseAddress('127.0.0.1:0', '--status'),
    control: undefined,
    database: path.join(dataDir, 'gatehouse.db'),
    workers: 1,
    env: {},
    node: 'v26.1.0',
    offline: false,
    nowMs: () => NOW_MS,
    ...options,
  };
}

export type SceneParts = Partial<Omit<Scene, 'options' | 'fileSystem'>> & {
  readonly options?: Partial<DoctorOptions>;
  readonly disk?: Partial<StatsFs>;
};

/** A machine in order, but for what a test says. */
export function sceneWith({ options, disk, ...parts }: SceneParts = {}): Scene {
  const statistics = statfsSync('/');
  return {
    options: optionsWith(options),
    holder: undefined,
    loaded: async () => undefined,
    snapshot: async () => undefined,
    probed: async () => [],
    store: async () => ({ dialect: 'sqlite', newer: [], pending: [], clock: undefined, tookMs: 1 }),
    fileSystem: () =>
      Object.assign(statistics, { bavail: 1e9, bsize: 4096, files: 1e6, ffree: 1e6, type: 0xef_53 }, disk),
    ...parts,
  };
}

/** `ok words`, one a verdict: short to compare. */
export const told = (verdicts: readonly (Verdict | Finding)[]): readonly string[] =>
  verdicts.map(({ level, detail }) => `${level}: ${detail}`);
