import { newRequestId } from '@gatehouse/kernel';
import {
  addToOutbox,
  appendAudit,
  auditHead,
  insertEntity,
  NotUnique,
  updateEntity,
  deleteEntity,
  type Entity,
  type Statements,
} from '@gatehouse/store';
import { auditEntry } from '../audit/audit-entry.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { Enforcement, Prepared } from '../publishing/gate.ts';
import { composeConfig } from '../publishing/compose-config.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { PEOPLE_RULES } from '../people/people-rules.ts';
import { entityView } from './entity-view.ts';

/** Writes come one after another: what a verb has read is so until it ends, and audits are chains. */
const LOCK = 'house';

export interface Written<T> {
  readonly result: T;
  /** Where it changes what gates serve. */
  readonly enforcement: Enforcement | undefined;
}

/** One change: its rows, its entries in the audit and its events in the outbox, or none of them. */
export class Write {
  readonly sql: Statements;
  readonly nowMs: number;
  readonly #ctx: ServiceContext;
  #served = false;

  constructor(ctx: ServiceContext, sql: Statements) {
    this.#ctx = ctx;
    this.sql = sql;
    this.nowMs = ctx.clock.now();
  }

  get served(): boolean {
    return this.#served;
  }

  newId(kind: string): string {
    return `${kindOf(kind).prefix}_${newRequestId(this.nowMs)}`;
  }

  async insert(entity: Entity, action = 'create', reason?: string): Promise<Entity> {
    await this.#checkPeople(undefined, entity);
    await insertEntity(this.sql, entity).catch((error: unknown) => {
      if (!(error instanceof NotUnique)) throw error;
      throw new ServiceError('admin.conflict', `another ${entity.kind} has the name ${entity.name}`);
    });
    await this.#tell(action, undefined, entity, reason);
    return entity;
  }

  /** `after`: what it is to be, with the revision that was read. */
  async update(before: Entity, after: Entity, action = 'update', reason?: string): Promise<Entity> {
    const next = { ...after, revision: before.revision + 1, updatedMs: this.nowMs };
    await this.#checkPeople(before, next);
    const done = await updateEntity(this.sql, next).catch((error: unknown) => {
      if (!(error instanceof NotUnique)) throw error;
      throw new ServiceError('admin.conflict', `another ${after.kind} has the name ${after.name}`);
    });
    if (!done) throw new ServiceError('admin.stale', 'somebody else has changed it, read it again');
    await this.#tell(action, before, next, reason);
    return next;
  }

  async remove(entity: Entity): Promise<void> {
    await this.#checkPeople(entity, undefined);
    await deleteEntity(this.sql, entity);
    await this.#tell('delete', entity, undefined);
  }

  async #checkPeople(before: Entity | undefined, after: Entity | undefined): Promise<void> {
    const rule = PEOPLE_RULES[after?.kind ?? before?.kind ?? ''];
    await rule?.({ sql: this.sql, principal: this.#ctx.principal, before, after });
  }

  /** Something of it that is kept apart has changed, such as its password: that it has is told, never what. */
  async note(entity: Entity, action: string, event: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#tell(action, entity, entity, undefined, event);
  }

  async #tell(
    action: string,
    before: Entity | undefined,
    after: Entity | undefined,
    reason?: string,
    facts: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const entity = after ?? before;
    if (entity === undefined) return;
    const kind = kindOf(entity.kind);
    if (kind.served) this.#served = true;
    const { workspace } = entity;
    const topic = `${entity.kind}.${action}`;
    const head = await auditHead(this.sql, workspace);
    const row = auditEntry(head, {
      workspace,
      atMs: this.nowMs,
      principal: this.#ctx.principal,
      requestId: this.#ctx.requestId,
      action: topic,
      entity: { kind: entity.kind, id: entity.id },
      before: before && entityView(kind, before),
      after: after && entityView(kind, after),
      reason,
    });
    await appendAudit(this.sql, row);
    await addToOutbox(this.sql, {
      id: `evt_${newRequestId(this.nowMs)}`,
      workspace,
      topic,
      event: { entity: entity.id, name: entity.name, state: entity.state, parent: entity.parent, ...facts },
      dueMs: this.nowMs,
    });
  }

  /** What is deployed has changed though no served kind has. */
  touchGates(): void {
    this.#served = true;
  }
}

/** Does `work` in one transaction. Where gates are concerned, what they get is compiled before it is committed. */
export async function write<T>(ctx: ServiceContext, work: (write: Write) => Promise<T>): Promise<Written<T>> {
  const { result, prepared } = await ctx.database.write(LOCK, async (sql) => {
    const own = new Write(ctx, sql);
    const value = await work(own);
    return { result: value, prepared: own.served ? await prepare(ctx, sql) : undefined };
  });
  return { result, enforcement: prepared && (await enforced(prepared)) };
}

async function prepare(ctx: ServiceContext, sql: Statements): Promise<Prepared> {
  const outcome = await ctx.gate.prepare(await composeConfig(sql, ctx.cipher));
  if (!('problems' in outcome)) return outcome;
  const [first = 'it cannot be served'] = outcome.problems;
  throw new ServiceError('admin.invalid', first, { problems: outcome.problems });
}

async function enforced(prepared: Prepared): Promise<Enforcement> {
  try {
    return await prepared.enforce();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServiceError('admin.unenforced', `it is stored, and gates get it when they can: ${why}`);
  }
}
