import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Fields, integer, text } from './fields.ts';

/** Who used which key for what. One caller's keys never meet another's. */
export interface IdempotencyScope {
  readonly caller: string;
  readonly operation: string;
  readonly key: string;
}

export interface KeptReply {
  /** Of the body that the reply answers. */
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const LIFETIME_MS = 24 * 60 * 60 * 1000;
/** Bounds what one request pays for cleaning up; more than one, so that cleaning outruns growth. */
const EXPIRED_PER_WRITE = 50;

/** Replies kept for retries, written in the transaction that did the work: both are there, or neither is. */
export class IdempotencyRecords {
  readonly #now: () => number;
  readonly #find: StatementSync;
  readonly #keep: StatementSync;
  readonly #expire: StatementSync;

  constructor(database: DatabaseSync, now: () => number) {
    this.#now = now;
    this.#find = database.prepare(
      `SELECT fingerprint, status, headers, body FROM idempotency_records
       WHERE caller = :caller AND operation = :operation AND key = :key AND expires_at_ms > :now`,
    );
    this.#keep = database.prepare(
      `INSERT OR REPLACE INTO idempotency_records
       VALUES (:caller, :operation, :key, :fingerprint, :status, :headers, :body, :expires)`,
    );
    this.#expire = database.prepare(
      `DELETE FROM idempotency_records WHERE (caller, operation, key) IN (
         SELECT caller, operation, key FROM idempotency_records
         WHERE expires_at_ms <= :now ORDER BY expires_at_ms LIMIT :most)`,
    );
  }

  find(scope: IdempotencyScope): KeptReply | undefined {
    const row = this.#find.get({ ...scope, now: this.#now() });
    if (row === undefined) return undefined;
    return {
      fingerprint: text(row, 'fingerprint'),
      status: integer(row, 'status'),
      headers: readHeaders(JSON.parse(text(row, 'headers'))),
      body: JSON.parse(text(row, 'body')),
    };
  }

  keep(scope: IdempotencyScope, reply: KeptReply): void {
    const now = this.#now();
    this.#expire.run({ now, most: EXPIRED_PER_WRITE });
    this.#keep.run({
      ...scope,
      fingerprint: reply.fingerprint,
      status: reply.status,
      headers: JSON.stringify(reply.headers),
      body: JSON.stringify(reply.body),
      expires: now + LIFETIME_MS,
    });
  }
}

/** The same for two bodies that mean the same, however their members are ordered and spaced. */
export function fingerprintOf(body: Fields): string {
  const members = Object.entries(body).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

function readHeaders(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, header]) => [name, String(header)]));
}
