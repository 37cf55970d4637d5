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
import { ChainVerifier, type AuditProblem, type KnownHead } from './verify-chain.ts';

/** A chain is signed when this many entries have been written, */
export const CHECKPOINT_ENTRIES = 1000;
/** or when the first that nobody has signed is this old. */
export const CHECKPOINT_MS = 600_000;

/** Within the write that has just made it the end: signs it, unless somebody has been at the chain. */
export async function signWhole(
  sql: Statements,
  cipher: Cipher,
  { workspace, atMs }: { readonly workspace: string; readonly atMs: number },
): Promise<void> {
  const end = (await unsignedEnds(sql)).find((each) => each.workspace === workspace);
  if (end !== undefined && (await problemBehindLast(sql, end)) === undefined) await sign(sql, cipher, { ...end, atMs });
}

interface SignedEnd extends KnownHead {
  readonly atMs: number;
}

async function sign(sql: Statements, cipher: Cipher, { workspace, seq, hash, atMs }: SignedEnd): Promise<void> {
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
  const { database, clock, log } = house;
  const atMs = clock.now();
  const isDue = ({ sinceMs, seq, signed: last }: UnsignedEnd): boolean =>
    all || atMs - sinceMs >= CHECKPOINT_MS || seq - last >= CHECKPOINT_ENTRIES;
  let count = 0;
  for (const end of (await database.read(unsignedEnds)).filter(isDue)) {
    // Nobody waits for it: what is verified is never changed, and what comes meanwhile is for the next checkpoint.
    const problem = await database.read(async (sql) => problemBehindLast(sql, end));
    if (problem !== undefined) log.error('the audit is not as it was written, and is not signed', { ...problem });
    else if (await signUnlessSigned(house, end)) count++;
  }
  return count;
}

/** Another gate of the same store may have been faster. */
async function signUnlessSigned({ database, cipher, clock }: House, end: UnsignedEnd): Promise<boolean> {
  return database.write('house', async (sql) => {
    const ends = await unsignedEnds(sql);
    const isOpen = ends.some(({ workspace, signed: last }) => workspace === end.workspace && last === end.signed);
    if (isOpen) await sign(sql, cipher, { ...end, atMs: clock.now() });
    return isOpen;
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
