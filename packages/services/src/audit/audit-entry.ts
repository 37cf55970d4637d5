import { createHash } from 'node:crypto';
import type { AuditHead, AuditRow } from '@gatehouse/store';
import type { Principal } from '../service-context.ts';

export interface AuditFacts {
  readonly workspace: string;
  readonly atMs: number;
  readonly principal: Principal;
  readonly requestId: string;
  /** `api.create` */
  readonly action: string;
  readonly entity: { readonly kind: string; readonly id: string };
  /** As everybody sees it: without secrets. */
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | undefined;
}

export const GENESIS = '0'.repeat(64);

/** The next link of a workspace's chain: its hash is over all of it and over the hash before. */
export function auditEntry(head: AuditHead | undefined, facts: AuditFacts): AuditRow {
  const { workspace, atMs, principal, requestId, action, entity, before, after, reason } = facts;
  const seq = (head?.seq ?? 0) + 1;
  const content = {
    seq,
    workspace,
    at: atMs,
    actor: { kind: principal.kind, id: principal.id },
    action,
    entity,
    change: { before: before ?? null, after: after ?? null },
    reason: reason ?? null,
    requestId,
    prev: head?.hash ?? GENESIS,
  };
  const hash = hashOf(content);
  const entry = JSON.stringify({ ...content, hash });
  return { workspace, seq, atMs, entity: `${entity.kind} ${entity.id}`, entry, hash };
}

/** Of an entry without its hash. */
export function hashOf(content: unknown): string {
  return createHash('sha256').update(canonical(content)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${members
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`)
    .join(',')}}`;
}
