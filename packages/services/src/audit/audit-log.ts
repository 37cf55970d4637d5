import { appendAudit, auditHead, type Statements } from '@gatehouse/store';
import type { Cipher } from '../cipher.ts';
import type { Principal, ServiceContext } from '../service-context.ts';
import type { AuditedChange } from './audited-change.ts';
import { auditEntry } from './audit-entry.ts';
import { SubjectKeys } from './personal.ts';
import { withPersonalParts } from './personal-parts.ts';
import { CHECKPOINT_ENTRIES, signWhole } from './take-checkpoints.ts';

/** Who writes, when, and in the course of what. */
export type AuditContext = Pick<ServiceContext, 'clock' | 'principal' | 'requestId' | 'origin'> & {
  /** Left out by commands that know no secret of the house, and so can say nothing of persons. */
  readonly cipher?: Cipher;
};

export interface Happened {
  /** The chain that tells of it; '' for what stands above workspaces. */
  readonly workspace: string;
  /** `api.create` */
  readonly action: string;
  readonly entity: { readonly kind: string; readonly id: string };
  /** Left out where nothing was changed. */
  readonly change?: AuditedChange;
  /** What else is to be said of it. */
  readonly details?: object;
  readonly reason?: string | undefined;
}

const USER_AGENT_CHARS = 200;
const UNCHANGED: AuditedChange = { patch: [] };

/** The audit within one transaction, which has to hold the lock of the house: chains have one end. */
export class AuditLog {
  readonly #sql: Statements;
  readonly #ctx: AuditContext;
  readonly #keys: SubjectKeys | undefined;

  constructor(sql: Statements, ctx: AuditContext) {
    this.#sql = sql;
    this.#ctx = ctx;
    this.#keys = ctx.cipher && new SubjectKeys(sql, ctx.cipher);
  }

  async append({
    workspace,
    action,
    entity: { kind, id },
    change = UNCHANGED,
    details,
    reason,
  }: Happened): Promise<void> {
    const { cipher, clock, principal, requestId } = this.#ctx;
    const head = await auditHead(this.#sql, workspace);
    const atMs = clock.now();
    const subjects = { actor: subjectOf(principal, { kind, id }), entity: id };
    const place = placeOf(workspace, (head?.seq ?? 0) + 1);
    const parts = await withPersonalParts(
      { actor: this.#actor(), entity: { kind }, change },
      async (value, { whose, path }) => {
        const isOfNobody = whose === 'actor' && path === '/actor/name' && !isPerson(principal);
        if (isOfNobody) return value;
        if (this.#keys === undefined) throw new Error('what is of persons needs the key of the house');
        return this.#keys.seal(value, { subject: subjects[whose], place: place + path, atMs });
      },
    );
    const row = auditEntry(head, {
      ...parts,
      workspace,
      atMs,
      requestId,
      action,
      entity: { kind, id },
      details,
      reason,
    });
    await appendAudit(this.#sql, row);
    if (cipher !== undefined && row.seq % CHECKPOINT_ENTRIES === 0) await signWhole(this.#sql, cipher, row);
  }

  #actor(): Readonly<Record<string, string>> {
    const { principal, origin } = this.#ctx;
    const { kind, id, name } = principal;
    if (origin === undefined) return { kind, id, name };
    const { address, userAgent } = origin;
    return {
      kind,
      id,
      name,
      ip: address,
      ...(userAgent !== '' && { userAgent: userAgent.slice(0, USER_AGENT_CHARS) }),
    };
  }
}

/** A sealed part of one entry is of no use in another. */
export function placeOf(workspace: string, seq: number): string {
  return `${workspace} ${seq} `;
}

function isPerson({ kind, via }: Principal): boolean {
  return kind === 'user' || via !== undefined;
}

/** Whoever is at the door without a name is, as far as we know, whom it is about. */
function subjectOf(principal: Principal, entity: Happened['entity']): string {
  return !isPerson(principal) && entity.kind === 'user' ? entity.id : principal.id;
}
