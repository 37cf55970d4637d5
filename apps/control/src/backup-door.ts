import { createHash, hkdfSync } from 'node:crypto';
import { Cipher, KINDS, opensSealed } from '@gatehouse/services';
import {
  BackupProblem,
  openDatabase,
  restoreBackup,
  storedRows,
  verifyBackup,
  writeBackup,
  type BackupHeader,
  type Row,
  type RowCounts,
} from '@gatehouse/store';

/** The third door: all that is stored as one file and back, for commands that start no control plane. */

export { BackupProblem, type BackupHeader, type RowCounts };

const FINGERPRINT_BYTES = 8;

/** By which a key is told from another, and which says nothing about it. `secret`: what the control plane seals with. */
export function keyFingerprint(secret: Uint8Array): string {
  const derived = Buffer.from(hkdfSync('sha256', secret, 'gatehouse', 'fingerprint', 32));
  return createHash('sha256')
    .update(derived)
    .digest('hex')
    .slice(0, 2 * FINGERPRINT_BYTES);
}

export interface TakingBackup {
  /** A file of SQLite, or `postgres://…`. */
  readonly place: string;
  /** What the control plane seals with. */
  readonly secret: Uint8Array;
  readonly program: string;
  readonly nowMs: number;
  readonly write: (bytes: Uint8Array) => Promise<void>;
}

/** Throws a BackupProblem when the key is not the one of the store: the backup would be of no use with it. */
export async function takeBackup({ place, secret, program, nowMs, write }: TakingBackup): Promise<RowCounts> {
  const database = await openDatabase(place);
  try {
    const trying = new KeyTrial(secret);
    const facts = { program, takenAt: new Date(nowMs).toISOString(), keyFingerprint: keyFingerprint(secret) };
    const counts = await writeBackup(database, facts, { write, look: (table, rows) => trying.look(table, rows) });
    trying.requireRight();
    return counts;
  } finally {
    await database.close();
  }
}

/** Reads all of a backup and writes nothing. Throws a BackupProblem when it cannot be restored. */
export async function checkBackup(bytes: AsyncIterable<Uint8Array>): Promise<BackupHeader> {
  return verifyBackup(bytes);
}

export interface RestoringBackup {
  readonly place: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Also instead of what is there. */
  readonly force: boolean;
  /** Runs when all has been written and nothing is final. */
  readonly beforeCommit: () => void;
}

/** All or nothing. Throws a BackupProblem. */
export async function restore({ place, bytes, force, beforeCommit }: RestoringBackup): Promise<RowCounts> {
  const database = await openDatabase(place);
  try {
    const others = await database.others();
    if (others > 0) {
      const them = others === 1 ? 'another gatehouse uses' : `${others} others of gatehouse use`;
      throw new BackupProblem(`${them} the database: stop them first, they would serve what is no longer stored`);
    }
    const there = await database.read(storedRows);
    if (!force && Object.keys(there).length > 0)
      throw new BackupProblem(`the store is not empty (${countsText(there)}): --force puts the backup in its place`);
    return await restoreBackup(database, bytes, { beforeCommit });
  } finally {
    await database.close();
  }
}

/** `12 of entities, 3 of outbox` */
export function countsText(counts: RowCounts): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.length === 0 ? 'no rows' : some.map(([table, count]) => `${count} of ${table}`).join(', ');
}

/** In others, what looks sealed is what somebody has written. */
const SEALED_KINDS: ReadonlySet<unknown> = new Set(
  KINDS.flatMap(({ kind, secret }) => (secret === undefined ? [] : [kind])),
);

/** One sealed text that opens shows that the key is right; that some do not, by themselves, shows nothing. */
class KeyTrial {
  readonly #cipher: Cipher;
  #verdict: boolean | undefined;

  constructor(secret: Uint8Array) {
    this.#cipher = new Cipher(secret);
  }

  look(table: string, rows: readonly Row[]): void {
    if (table !== 'entities') return;
    for (const { kind, id, data } of rows) {
      if (this.#verdict === true) return;
      if (!SEALED_KINDS.has(kind)) continue;
      this.#verdict = opensSealed({ id: String(id), data: String(data) }, this.#cipher) ?? this.#verdict;
    }
  }

  requireRight(): void {
    if (this.#verdict !== false) return;
    throw new BackupProblem('the secret key here is not the one of the store: what is sealed does not open with it');
  }
}
