import { existsSync } from 'node:fs';
import type { StoreFacts } from '@gatehouse/control/store';
import { counted, doubtful, fine, reasonOf, wrong, type Verdict } from './finding.ts';
import type { Scene } from './scene.ts';
import { durationText } from './sizes.ts';

/** Whether what is governed can be read, and fits this version. */
export async function storeVerdicts(scene: Scene): Promise<readonly Verdict[]> {
  const { database, control, offline } = scene.options;
  const isRemote = database.includes('://');
  if (control === undefined || (isRemote && offline)) return [];
  const place = isRemote ? whereOf(database) : database;
  if (!isRemote && !existsSync(database)) return [fine(`none yet, a start makes ${place}`)];
  try {
    return [verdictOn(place, await scene.store())];
  } catch (error) {
    const advice = isRemote
      ? 'check --database, and that the server runs and lets this machine in'
      : 'restore a backup (gatehouse restore), or let it belong to whoever runs the gate';
    return [wrong(`${place} cannot be opened (${reasonOf(error)}); ${advice}`)];
  }
}

function verdictOn(place: string, { dialect, newer, pending, tookMs }: StoreFacts): Verdict {
  const store = `${place} (${dialect === 'postgres' ? 'PostgreSQL' : 'SQLite'}) answers in ${durationText(tookMs)}`;
  if (newer.length > 0)
    return wrong(`${store}, but a newer version wrote it (it has ${newer.join(', ')}); start that version`);
  if (pending.length === 0) return fine(store);
  return doubtful(
    `${store}; a start brings it to this version (${counted(pending.length, 'step')}), take a backup before (gatehouse backup)`,
  );
}

/** Without who connects, and by which password. */
function whereOf(database: string): string {
  const { host, pathname } = new URL(database);
  return `${host}${pathname}`;
}
