import { auditHeads, keepCheckpoint, lastCheckpoints } from '@gatehouse/store';
import type { House } from '../service-context.ts';

/** A chain that grows is signed so often, or after so many entries, whichever comes first. */
const ENTRIES = 1000;
const AGE_MS = 600_000;

/** Signs where chains end; says how many it has. `all`: also those that are young, as before a stop. */
export async function signCheckpoints(house: House, { all = false } = {}): Promise<number> {
  const { signer, database, clock } = house;
  if (signer === undefined) return 0;
  return database.write('house', async (sql) => {
    const last = new Map((await lastCheckpoints(sql)).map((row) => [row.workspace, row]));
    let count = 0;
    for (const { workspace, seq, hash } of await auditHeads(sql)) {
      const before = last.get(workspace);
      const at = clock.now();
      const isDue = all || seq - (before?.seq ?? 0) >= ENTRIES || at - signedMs(before?.checkpoint) >= AGE_MS;
      if (seq === before?.seq || !isDue) continue;
      const checkpoint = JSON.stringify(signer.signed({ workspace, seq, hash, at }));
      await keepCheckpoint(sql, { workspace, seq, checkpoint });
      count++;
    }
    return count;
  });
}

function signedMs(checkpoint: string | undefined): number {
  if (checkpoint === undefined) return 0;
  const read: unknown = JSON.parse(checkpoint);
  return typeof read === 'object' && read !== null && 'at' in read ? Number(read.at) : 0;
}
