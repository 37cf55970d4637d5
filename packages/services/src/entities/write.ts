import { isDeepStrictEqual } from 'node:util';
import type { CallerChange } from '@gatehouse/directory';
import {
  addToOutbox,
  insertEntity,
  NotUnique,
  updateEntity,
  deleteEntity,
  type Entity,
  type Statements,
} from '@gatehouse/store';
import { ALERT_RULES } from '../alerts/alert-rules.ts';
import { auditedChange } from '../audit/audited-change.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { kindOf } from '../kinds/kinds.ts';
import { applicationChange, credentialChanges, type ApplicationId } from '../publishing/compose-callers.ts';
import { composeConfig } from '../publishing/compose-config.ts';
import { requireOwn } from '../publishing/tenant-rules.ts';
import type { Enforcement, GateChange, Prepared, Preview } from '../publishing/gate.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { PEOPLE_RULES } from '../people/people-rules.ts';
import { orderedId } from '../ordered-id.ts';

/** What holds for changes, by kind. */
const RULES = { ...PEOPLE_RULES, ...ALERT_RULES };
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
  readonly #audit: AuditLog;
  #config = false;
  readonly #applications = new Map<string, ApplicationId>();
  readonly #callers: CallerChange[] = [];
  #isSeconded = false;

  constructor(ctx: ServiceContext, sql: Statements) {
    this.#ctx = ctx;
    this.sql = sql;
    this.nowMs = ctx.clock.now();
    this.#audit = new AuditLog(sql, ctx);
  }

  /** What gates are to be told of it; undefined: nothing. */
  async gateChange(): Promise<GateChange | undefined> {
    const applications = [...this.#applications.values()];
    if (!this.#config && applications.length + this.#callers.length === 0) return undefined;
    const config = this.#config ? await composeConfig(this.sql, this.#ctx) : undefined;
    const changes: CallerChange[] = [];
    for (const application of applications) changes.push(await applicationChange(this.sql, application));
    return { config, callers: [...changes, ...this.#callers] };
  }

  #serve(before: Entity | undefined, after: Entity | undefined): void {
    for (const entity of [before, after]) {
      if (entity === undefined) continue;
      const { kind, workspace } = entity;
      if (kind === 'application') this.#applications.set(entity.id, { workspace, id: entity.id });
      else if (kind === 'subscription') this.#applications.set(entity.parent, { workspace, id: entity.parent });
      else if (kind !== 'credential' && kindOf(kind).served) this.#config = true;
    }
    const [was, is] = [before?.data['environments'], after?.data['environments']];
    if (!isDeepStrictEqual(was, is)) this.#config = true;
    if ((after ?? before)?.kind === 'credential') this.#callers.push(...credentialChanges(before, after));
  }

  newId(kind: string): string {
    return `${kindOf(kind).prefix}_${orderedId(this.nowMs)}`;
  }

  async insert(entity: Entity, action = 'create', reason?: string): Promise<Entity> {
    await this.#checkRules(undefined, entity);
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
    await this.#checkRules(before, next);
    const done = await updateEntity(this.sql, next).catch((error: unknown) => {
      if (!(error instanceof NotUnique)) throw error;
      throw new ServiceError('admin.conflict', `another ${after.kind} has the name ${after.name}`);
    });
    if (!done) throw new ServiceError('admin.stale', 'somebody else has changed it, read it again');
    await this.#tell(action, before, next, reason);
    return next;
  }

  async remove(entity: Entity): Promise<void> {
    await this.#checkRules(entity, undefined);
    await deleteEntity(this.sql, entity);
    await this.#tell('delete', entity, undefined);
  }

  async #checkRules(before: Entity | undefined, after: Entity | undefined): Promise<void> {
    const rule = RULES[after?.kind ?? before?.kind ?? ''];
    const { principal, grantsTakeTwo = false } = this.#ctx;
    const takesTwo = grantsTakeTwo && !this.#isSeconded && principal.kind !== 'system';
    await rule?.({ sql: this.sql, principal, takesTwo, before, after });
    if (after !== undefined) await requireOwn(this.sql, after);
  }

  /** A second person has agreed to what follows. */
  seconded(): void {
    this.#isSeconded = true;
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
    this.#serve(before, after);
    const { workspace } = entity;
    const topic = `${entity.kind}.${action}`;
    await this.#audit.append({ workspace, action: topic, entity, change: auditedChange(kind, before, after), reason });
    await addToOutbox(this.sql, {
      id: `evt_${orderedId(this.nowMs)}`,
      workspace,
      topic,
      event: { entity: entity.id, name: entity.name, state: entity.state, parent: entity.parent, ...facts },
      dueMs: this.nowMs,
    });
  }

  /** What is deployed has changed though no served kind has. */
  touchGates(): void {
    this.#config = true;
  }
}

/** Does `work` in one transaction. Where gates are concerned, what they get is compiled before it is committed. */
export async function write<T>(ctx: ServiceContext, work: (write: Write) => Promise<T>): Promise<Written<T>> {
  const { result, prepared } = await ctx.database.write(LOCK, async (sql) => {
    const own = new Write(ctx, sql);
    const value = await work(own);
    const change = await own.gateChange();
    return { result: value, prepared: change && (await prepare(ctx, change)) };
  });
  return { result, enforcement: prepared && (await enforced(prepared)) };
}

/** What `work` would do, and what gates would serve after it; nothing of it is kept. */
export async function rehearse<T>(
  ctx: ServiceContext,
  work: (write: Write) => Promise<T>,
): Promise<{ readonly result: T; readonly preview: Preview | undefined }> {
  let rehearsed: { readonly result: T; readonly preview: Preview | undefined } | undefined;
  const undone = new Error('a rehearsal is undone');
  await ctx.database
    .write(LOCK, async (sql) => {
      const own = new Write(ctx, sql);
      const result = await work(own);
      const change = await own.gateChange();
      rehearsed = { result, preview: change && (await ctx.gate.preview(change)) };
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  if (rehearsed === undefined) throw undone;
  return rehearsed;
}

async function prepare(ctx: ServiceContext, change: GateChange): Promise<Prepared> {
  const outcome = await ctx.gate.prepare(change);
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
