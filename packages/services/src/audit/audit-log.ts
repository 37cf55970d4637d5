import { appendAudit, auditHead, type Statements } from '@gatehouse/store';
import type { ServiceContext } from '../service-context.ts';
import type { AuditedChange } from './audited-change.ts';
import { auditEntry } from './audit-entry.ts';
import { CHECKPOINT_ENTRIES, sign } from './take-checkpoints.ts';

/** Who writes, when, and in the course of what. */
export type AuditContext = Pick<ServiceContext, 'cipher' | 'clock' | 'principal' | 'requestId'>;

export interface Happened {
  /** The chain that tells of it; '' for what stands above workspaces. */
  readonly workspace: string;
  /** `api.create` */
  readonly action: string;
  readonly entity: { readonly kind: string; readonly id: string };
  readonly change: AuditedChange;
  readonly reason?: string | undefined;
}

/** The audit within one transaction, which has to hold the lock of the house: chains have one end. */
export class AuditLog {
  readonly #sql: Statements;
  readonly #ctx: AuditContext;

  constructor(sql: Statements, ctx: AuditContext) {
    this.#sql = sql;
    this.#ctx = ctx;
  }

  async append({ workspace, action, entity, change, reason }: Happened): Promise<void> {
    const { principal, requestId, clock } = this.#ctx;
    const row = auditEntry(await auditHead(this.#sql, workspace), {
      workspace,
      atMs: clock.now(),
      actor: { kind: principal.kind, id: principal.id },
      requestId,
      action,
      entity: { kind: entity.kind, id: entity.id },
      change,
      reason,
    });
    await appendAudit(this.#sql, row);
    if (row.seq % CHECKPOINT_ENTRIES === 0) await sign(this.#sql, this.#ctx.cipher, row);
  }
}
