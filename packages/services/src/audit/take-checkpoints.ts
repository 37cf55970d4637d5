import {
  appendCheckpoint,
  auditPage,
  checkpointPage,
  unsignedEnds,
  type Statements,
  type UnsignedEnd,
} from '@gatehouse/store';
import type { Cipher } from '../cipher.ts';
import type { House } from '../service-context.ts';
import { auditKey, signed } from './signing-key.ts';
import { exportLine } from './verify-export.ts';
import { ChainVerifier, type AuditProblem } from './verify-chain.ts';

/** A chain is signed when this many entries have been written, */
export const CHECKPOINT_ENTRIES = 1000;
/** or when the first that nobody has signed is this old. */
export const CHECKPOINT_MS = 600_000;

export interface SignedEnd {
  readonly workspace: string;
  readonly seq: number;
  readonly hash: string;
  readonly atMs: number;
}

export async function sign(sql: Statements, cipher: Cipher, { workspace, seq, hash, atMs }: SignedEnd): Promise<void> {
  const { x, kid } = auditKey(cipher);
  const checkpoint = { workspace, seq, hash, at: atMs, key: kid };
  const line = exportLine({ checkpoint, signature: signed(checkpoint, cipher) });
  await appendCheckpoint(sql, { workspace, seq, hash, atMs, publicKey: x, line });
}

/**
 * Signs the ends of chains whose time has come; to be called each minute. `all`: also those whose time has not, as before
 * the gate stops. What does not go on from the last checkpoint is not signed, and told of as an error: somebody has been at
 * it. Says how many were signed.
 */
export async function takeCheckpoints(house: House, { all = false } = {}): Promise<number> {
  const { database, clock, cipher, log } = house;
  return database.write('house', async (sql) => {
    const atMs = clock.now();
    const isDue = ({ sinceMs, seq, signed: last }: UnsignedEnd): boolean =>
      all || atMs - sinceMs >= CHECKPOINT_MS || seq - last >= CHECKPOINT_ENTRIES;
    const due = (await unsignedEnds(sql)).filter(isDue);
    let count = 0;
    for (const end of due) {
      const problem = await problemBehindLast(sql, end);
      if (problem === undefined) await sign(sql, cipher, { ...end, atMs });
      else log.error('the audit is not as it was written, and is not signed', { ...problem });
      if (problem === undefined) count++;
    }
    return count;
  });
}

/** Between the last checkpoint and the end. */
async function problemBehindLast(sql: Statements, end: UnsignedEnd): Promise<AuditProblem | undefined> {
  const { workspace, signed: from } = end;
  const chain = new ChainVerifier();
  const [last] = from === 0 ? [] : await checkpointPage(sql, { workspace, after: from - 1, limit: 1 });
  if (last !== undefined) chain.beginBehind(last);
  for (let after = from; after < end.seq; after += CHECKPOINT_ENTRIES) {
    for (const entry of await auditPage(sql, { workspace, after, limit: CHECKPOINT_ENTRIES })) {
      const problem = chain.take(entry);
      if (problem !== undefined) return problem;
    }
  }
  return chain.end([end]);
}
