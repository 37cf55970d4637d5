import { certificateVerdicts } from './certificate-check.ts';
import { clockVerdicts } from './clock-check.ts';
import { diskVerdicts } from './disk-check.ts';
import type { Finding, Verdict } from './finding.ts';
import { gateVerdicts } from './gate-check.ts';
import { limitVerdicts } from './limit-check.ts';
import { portVerdicts } from './port-check.ts';
import { recordVerdicts } from './records-check.ts';
import type { Scene } from './scene.ts';
import { configVerdicts, dataVerdicts, nodeVerdicts } from './start-checks.ts';
import { storeVerdicts } from './store-check.ts';
import { targetVerdicts } from './target-check.ts';

export interface Check {
  /** What its findings are called, in at most seven letters. */
  readonly name: string;
  /** One for each thing that was looked at; none where there is no such thing. */
  look(scene: Scene): readonly Verdict[] | Promise<readonly Verdict[]>;
}

/** All that a doctor looks at, in the order in which it is told. A new check is a new row. */
export const CHECKS: readonly Check[] = [
  { name: 'node', look: nodeVerdicts },
  { name: 'data', look: dataVerdicts },
  { name: 'gate', look: gateVerdicts },
  { name: 'gateway', look: async (scene) => portVerdicts(scene, 'gateway') },
  { name: 'tls', look: async (scene) => portVerdicts(scene, 'tls') },
  { name: 'status', look: async (scene) => portVerdicts(scene, 'status') },
  { name: 'console', look: async (scene) => portVerdicts(scene, 'console') },
  { name: 'config', look: configVerdicts },
  { name: 'certs', look: certificateVerdicts },
  { name: 'target', look: targetVerdicts },
  { name: 'clock', look: clockVerdicts },
  { name: 'store', look: storeVerdicts },
  { name: 'records', look: recordVerdicts },
  { name: 'disk', look: diskVerdicts },
  { name: 'limits', look: limitVerdicts },
];

/** All at once, told in their order. A check that fails by itself says so, and the others are told. */
export async function examine(scene: Scene, checks = CHECKS): Promise<readonly Finding[]> {
  const all = await Promise.all(
    checks.map(async (check) => {
      const verdicts = await Promise.resolve()
        .then(async () => check.look(scene))
        .catch((error: unknown) => [{ level: 'failed', detail: `could not be looked at: ${String(error)}` } as const]);
      return verdicts.map((verdict) => ({ name: check.name, ...verdict }));
    }),
  );
  return all.flat();
}
