import { createHash } from 'node:crypto';
import type { AuditHead, AuditRow } from '@gatehouse/store';
import { canonicalJson } from './canonical-json.ts';

export interface AuditFacts {
  readonly workspace: string;
  readonly atMs: number;
  readonly requestId: string;
  /** `api.create` */
  readonly action: string;
  /** With what is of persons sealed, as in `change`. */
  readonly actor: object;
  readonly entity: { readonly kind: string; readonly id: string };
  readonly change: object;
  readonly details?: object | undefined;
  readonly reason: string | undefined;
}

export const GENESIS = '0'.repeat(64);

/** The next link of a workspace's chain, as text that is canonical: each of its bytes counts. */
export function auditEntry(head: AuditHead | undefined, facts: AuditFacts): AuditRow {
  const { workspace, atMs, actor, requestId, action, entity, change, details, reason } = facts;
  const seq = (head?.seq ?? 0) + 1;
  const prev = head?.hash ?? GENESIS;
  const content = {
    v: 2,
    seq,
    workspace,
    at: atMs,
    actor,
    action,
    entity,
    change,
    ...(details !== undefined && { details }),
    ...(reason !== undefined && { reason }),
    requestId,
    prev,
  };
  const hash = hashOf(content, prev);
  const entry = canonicalJson({ ...content, hash });
  return { workspace, seq, atMs, entity: `${entity.kind} ${entity.id}`, entry, hash };
}

/** Of an entry without its hash: SHA-256 over the hash before, as hexadecimal text, and the entry as canonical JSON. */
export function hashOf(content: unknown, prev: string): string {
  return createHash('sha256').update(prev).update(canonicalJson(content)).digest('hex');
}

/** As entries had it that carry no `v`. */
export function firstHashOf(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}
