import { rmSync } from 'node:fs';
import { requireDataFolder } from '../data-folder.ts';
import { requireUnlocked } from '../data-lock.ts';
import { doubtful, fine, verdictOf, wrong, reasonOf, type Verdict } from './finding.ts';
import type { Scene } from './scene.ts';

/* What a start looks at before anything else. */

/** What Gatehouse is written and tested for; `npm start` and `npx gatehouse` bring it. */
const NODE_MAJOR = 26;

export function nodeVerdicts({ options: { node } }: Scene): readonly Verdict[] {
  const major = Number(/^v(\d+)\./.exec(node)?.[1]);
  if (major >= NODE_MAJOR) return [fine(node)];
  return [wrong(`${node} is too old, npm start and npx gatehouse bring Node ${NODE_MAJOR}`)];
}

/** Leaves nothing behind: whoever asks a doctor may not have started yet. */
export async function dataVerdicts({ options: { dataDir }, holder }: Scene): Promise<readonly Verdict[]> {
  const verdict = await verdictOf(() => {
    const made = requireDataFolder(dataDir);
    if (made !== undefined) rmSync(made, { recursive: true });
    if (holder !== undefined) return `${dataDir} is in use by the gate that runs here`;
    requireUnlocked(dataDir);
    return `${dataDir} can be written`;
  });
  return [verdict];
}

export async function configVerdicts(scene: Scene): Promise<readonly Verdict[]> {
  const { config } = scene.options;
  if (config === undefined) return [fine('none given, the demo would be served; name a file with --config')];
  try {
    const loaded = await scene.loaded();
    const { length } = loaded?.snapshot.routes ?? [];
    const valid = `${config} is valid (${length} ${length === 1 ? 'route' : 'routes'})`;
    const warnings = loaded?.warnings ?? [];
    return [warnings.length === 0 ? fine(valid) : doubtful([valid, ...warnings].join('\n'))];
  } catch (error) {
    return [wrong(reasonOf(error))];
  }
}
