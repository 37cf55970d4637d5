import { createHash } from 'node:crypto';
import { findEntity, listEntities, type Entity } from '@gatehouse/store';
import { newEntity } from '../entities/entity-verbs.ts';
import { readInput } from '../entities/read-input.ts';
import { MASK, opened, sealed, unsealed } from '../entities/sealed.ts';
import type { Data } from '../json-data.ts';
import { termsOf } from '../moves/subscription-terms.ts';
import { kindOf } from '../kinds/kinds.ts';
import { ServiceError } from '../service-error.ts';
import { NAME_CHARS_MAX, type Desired } from './reading.ts';
import { requireRightTo } from './rights.ts';
import { asData, requireNoMask, said, withoutFields } from './said.ts';
import { unique } from './unique.ts';
import { fieldChanges, type FieldChange } from './field-changes.ts';
import { handlerOf, subscriptionProblem, type Handler, type Handling, type Standing } from './handlers.ts';
import { keyMoves, requireFreeKey } from './keys.ts';
import { managerOf } from './managed.ts';

/** What an apply does to one entity. */
export interface PlannedChange {
  /** `own`: it is as it should be, and belongs to the source from now on; `release`: it stays, and belongs to nobody. */
  readonly action: 'create' | 'update' | 'delete' | 'own' | 'release';
  readonly kind: string;
  readonly name: string;
  readonly parent?: string;
  readonly fields?: readonly FieldChange[];
  /** Somebody has changed it since it was applied. */
  readonly drift?: true;
  readonly note?: string;
}

export interface PlanProblem {
  /** Where the file says it; '' for what the gate says of the whole. */
  readonly at: string;
  readonly message: string;
  readonly code?: string;
  readonly facts?: Data;
}

/** What a source owns, and as what it was left. */
export interface OwnedEntry {
  readonly kind: string;
  readonly id: string;
  readonly hash: string;
}

export interface ReconcileInputs {
  readonly source: string;
  readonly owned: readonly OwnedEntry[];
  /** Whether what another source owns becomes this one's. */
  readonly takeOver: boolean;
}

/** Nothing is taken away before what needs it. */
const REMOVAL_ORDER = [
  'subscription',
  'credential',
  'application',
  'plan',
  'version',
  'api',
  'prompt',
  'guard',
  'budget',
  'setting',
  'model',
  'provider',
  'upstream',
];

/** Makes entities what a source says they are, and finds out what that changes; within one write, which may be undone. */
export class Reconciler {
  readonly changes: PlannedChange[] = [];
  readonly problems: PlanProblem[] = [];
  readonly entries: OwnedEntry[] = [];
  /** What was there of that, as it was. */
  readonly seen: string[] = [];
  readonly #handling: Handling;
  readonly #inputs: ReconcileInputs;
  readonly #hashes: ReadonlyMap<string, string>;
  /** Before their keys were free for others. */
  readonly #asTheyWere = new Map<string, Entity>();
  /** Of what the file names: by kind and name. */
  readonly #parents = new Map<string, Entity>();

  constructor(handling: Handling, inputs: ReconcileInputs) {
    this.#handling = handling;
    this.#inputs = inputs;
    this.#hashes = new Map(inputs.owned.map(({ kind, id, hash }) => [`${kind} ${id}`, hash]));
  }

  async run(desired: readonly Desired[]): Promise<void> {
    await this.#freeKeys(desired);
    for (const one of desired) {
      await this.#guarded(one.at, async () => this.#reconcile(await this.#withTeam(one)));
    }
    const named = new Set(this.entries.map(({ kind, id }) => `${kind} ${id}`));
    // With problems some are not among the entries that ought to be.
    if (this.problems.length > 0) return;
    for (const kind of REMOVAL_ORDER) {
      for (const entry of this.#inputs.owned) {
        if (entry.kind === kind && !named.has(`${kind} ${entry.id}`))
          await this.#guarded('', async () => this.#remove(entry));
      }
    }
  }

  async #freeKeys(desired: readonly Desired[]): Promise<void> {
    const { owned, source } = this.#inputs;
    const entries = owned.filter(({ kind }) => kind === 'credential');
    const { gone, rekeyed } = await keyMoves(this.#handling, { ids: entries.map(({ id }) => id), source, desired });
    for (const entry of entries) {
      if (gone.has(entry.id)) await this.#guarded('', async () => this.#remove(entry));
    }
    for (const entity of rekeyed) {
      this.#asTheyWere.set(entity.id, entity);
      await this.#handling.own.update(entity, { ...entity, lookup: undefined }, 'apply');
    }
  }

  async #guarded(at: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const { code, detail: message, facts } = error;
      this.problems.push({ at, message, code, ...(Object.keys(facts).length > 0 && { facts }) });
    }
  }

  async #reconcile(desired: Desired): Promise<void> {
    const parent = await this.#parentOf(desired);
    const handler = handlerOf(desired.kind);
    const present = await this.#find(desired, { parent, handler });
    this.#see(present);
    if (desired.kind === 'subscription') {
      const problem = await subscriptionProblem(this.#handling, desired, present);
      if (problem !== undefined) return this.#problem(desired.at, problem);
    }
    await requireFreeKey(this.#handling, desired, present);
    const entity =
      present === undefined
        ? await this.#create(desired, { parent, handler })
        : await this.#adjust(desired, { present, handler });
    if (entity === undefined) return;
    this.#parents.set(`${entity.kind} ${entity.name}`, entity);
    this.entries.push({ kind: entity.kind, id: entity.id, hash: hashOf(entity, handler) });
  }

  /** A file names a team; where the store knows it, applications belong to that. */
  async #withTeam(desired: Desired): Promise<Desired> {
    const { team } = desired.data;
    if (desired.kind !== 'application' || typeof team !== 'string') return desired;
    const known = await this.#named('team', team, '');
    return known === undefined ? desired : { ...desired, data: { ...desired.data, team: known.id } };
  }

  #see(entity: Entity | undefined): void {
    if (entity !== undefined) this.seen.push(`${entity.id} ${entity.revision}`);
  }

  #problem(at: string, message: string): void {
    this.problems.push({ at, message });
  }

  async #parentOf({ kind, parent }: Desired): Promise<Entity | undefined> {
    const { kind: above } = kindOf(kind).parent ?? {};
    if (parent === undefined || above === undefined) return undefined;
    const known = this.#parents.get(`${above} ${parent}`) ?? (await this.#named(above, parent, ''));
    if (known === undefined) throw new ServiceError('admin.invalid', `there is no ${above} ${parent}`);
    return known;
  }

  async #named(kind: string, name: string, parent: string): Promise<Entity | undefined> {
    const { workspace } = this.#handling.ctx;
    const [found] = await listEntities(this.#handling.own.sql, { workspace, kind, parent, name, limit: 1 });
    return found;
  }

  async #find(
    desired: Desired,
    { parent, handler }: { readonly parent: Entity | undefined; readonly handler: Handler },
  ): Promise<Entity | undefined> {
    const id = parent?.id ?? '';
    if (handler.find === undefined) return this.#named(desired.kind, desired.name, id);
    const { workspace } = this.#handling.ctx;
    const query = { workspace, kind: desired.kind, parent: id, limit: 100_000 };
    const all = await listEntities(this.#handling.own.sql, query);
    const named = new Set(this.entries.map((entry) => entry.id));
    return handler.find(
      all.filter((each) => !named.has(each.id)),
      desired,
    );
  }

  async #nameOf({ kind, name }: Desired): Promise<string> {
    if (kind === 'subscription') return 'subscription';
    // A file has no names for budgets, so that another may be called like it.
    if (kind !== 'budget') return name;
    const { workspace } = this.#handling.ctx;
    const all = await listEntities(this.#handling.own.sql, { workspace, kind, limit: 100_000 });
    return unique(name, { used: new Set(all.map((each) => each.name)), charsMax: NAME_CHARS_MAX });
  }

  async #create(
    desired: Desired,
    { parent, handler }: { readonly parent: Entity | undefined; readonly handler: Handler },
  ): Promise<Entity> {
    const { ctx, own } = this.#handling;
    const kind = kindOf(desired.kind);
    const data = said(desired.data);
    requireNoMask(data, {});
    const name = await this.#nameOf(desired);
    const input = { name, ...data, ...(parent !== undefined && kind.parent && { [kind.parent.field]: parent.id }) };
    const facts = { managedBy: this.#inputs.source, ...FACTS[desired.kind] };
    const made = await newEntity(ctx, own, { kind, input, facts });
    const isManual = desired.kind === 'subscription' && (await this.#isManual(desired));
    await requireRightTo(this.#handling, made, { deed: 'create', besides: isManual ? ['approve'] : [] });
    const entity = await own.insert(
      {
        ...made,
        ...(kind.kind === 'subscription' && { name: made.id }),
        state: handler.initial ?? made.state,
        lookup: desired.lookup,
      },
      'apply',
    );
    const settled = (await handler.settle?.(this.#handling, entity, true)) ?? entity;
    const { note } = desired;
    this.changes.push({
      action: 'create',
      ...called(desired),
      fields: fieldChanges({}, data),
      ...(note !== undefined && { note }),
    });
    return settled;
  }

  /** Somebody would have to agree to it. */
  async #isManual({ data }: Desired): Promise<boolean> {
    return (await this.#named('plan', String(data['plan']), ''))?.data['approval'] === 'manual';
  }

  async #adjust(
    desired: Desired,
    { present: entity, handler }: { readonly present: Entity; readonly handler: Handler },
  ): Promise<Entity | undefined> {
    const { own } = this.#handling;
    const owner = managerOf(entity);
    const { source, takeOver } = this.#inputs;
    if (owner !== undefined && owner !== source && !takeOver) {
      this.#problem(
        desired.at,
        `${owner} owns the ${desired.kind} ${desired.name}: take it out of one of them, or apply with --take-over`,
      );
      return undefined;
    }
    const standing: Standing = handler.standing?.(entity, desired) ?? { state: entity.state };
    if ('problem' in standing) {
      this.#problem(desired.at, standing.problem);
      return undefined;
    }
    const wanted = this.#wanted(desired, { entity, handler });
    const moved = entity.state !== standing.state;
    const rekeyed = desired.lookup !== undefined && desired.lookup !== entity.lookup;
    const fields = [
      ...fieldChanges(wanted.before, wanted.after),
      ...(moved ? [{ path: 'state', before: entity.state, after: standing.state }] : []),
      ...(rekeyed ? [{ path: 'key', before: MASK, after: MASK }] : []),
    ];
    const isOwned = owner === source;
    if (fields.length === 0 && isOwned) {
      if (standing.note !== undefined) this.changes.push({ action: 'own', ...called(desired), note: standing.note });
      return entity;
    }
    const data = this.#sealed(
      { ...withoutFields(entity.data, handler.fields), ...wanted.after, managedBy: source },
      entity,
    );
    const toBe = {
      ...entity,
      data,
      state: handler.settle === undefined ? standing.state : entity.state,
      lookup: desired.lookup ?? entity.lookup,
    };
    const besides = moved && entity.kind === 'plan' ? ['publish'] : [];
    // Nobody hands over to a team what they could not change there.
    for (const each of [entity, toBe]) await requireRightTo(this.#handling, each, { deed: 'update', besides });
    const updated = await own.update(entity, toBe, fields.length === 0 ? 'own' : 'apply');
    const settled = (await handler.settle?.(this.#handling, updated, fields.length > 0)) ?? updated;
    const was = this.#asTheyWere.get(entity.id) ?? entity;
    const drifted = isOwned && this.#hashes.get(`${entity.kind} ${entity.id}`) !== hashOf(was, handler);
    this.changes.push({
      action: fields.length === 0 ? 'own' : 'update',
      ...called(desired),
      ...(fields.length > 0 && { fields }),
      ...(drifted && { drift: true }),
      ...noteOf([standing.note, desired.note], { owner, source }),
    });
    return settled;
  }

  /** Both as a gatehouse.yaml would say them, in clear. */
  #wanted(
    { data }: Desired,
    { entity, handler }: { readonly entity: Entity; readonly handler: Handler },
  ): { readonly before: Data; readonly after: Data } {
    const { cipher } = this.#handling.ctx;
    const kind = kindOf(entity.kind);
    const clear = asData(kind.secret === undefined ? entity.data : opened(entity.data, cipher, entity.id));
    const before = said(Object.fromEntries(handler.fields.map((field) => [field, clear[field]])));
    const after = said(
      Object.fromEntries(
        handler.fields.map((field) => {
          const silent = data[field] === undefined && handler.optional?.includes(field) === true;
          return [field, silent ? clear[field] : data[field]];
        }),
      ),
    );
    readInput(kind.fields, after);
    kind.check?.(after);
    requireNoMask(after, before);
    return { before, after };
  }

  #sealed(data: Data, entity: Entity): Data {
    const { cipher } = this.#handling.ctx;
    if (kindOf(entity.kind).secret === undefined) return unsealed(data);
    return sealed(data, { cipher, place: entity.id, before: entity.data });
  }

  async #remove({ kind, id, hash }: OwnedEntry): Promise<void> {
    const { ctx, own } = this.#handling;
    const entity = await findEntity(own.sql, { workspace: ctx.workspace, kind, id });
    this.#see(entity);
    // Somebody else has taken it away, or it belongs to somebody else by now.
    if (entity === undefined || managerOf(entity) !== this.#inputs.source) return;
    const handler = handlerOf(kind);
    const outcome = (await handler.remove?.(this.#handling, entity)) ?? 'deleted';
    if (typeof outcome !== 'string') {
      this.#problem('', `${outcome.problem}, or leave it in the file`);
      return;
    }
    await requireRightTo(this.#handling, entity, { deed: outcome });
    if (outcome === 'deleted') await own.remove(entity);
    const drifted = hash !== hashOf(entity, handler);
    const name = kind === 'subscription' ? termsOf(entity).api : entity.name;
    this.changes.push({
      action: outcome === 'deleted' ? 'delete' : 'release',
      kind,
      name,
      ...(drifted && { drift: true }),
    });
  }
}

/** What is kept of new ones besides what the file says. */
const FACTS: Readonly<Record<string, Data>> = {
  credential: { shown: 'of a file' },
};

function called({ kind, name, parent }: Desired): {
  readonly kind: string;
  readonly name: string;
  readonly parent?: string;
} {
  return { kind, name, ...(parent !== undefined && { parent }) };
}

function noteOf(
  notes: readonly (string | undefined)[],
  { owner, source }: { readonly owner: string | undefined; readonly source: string },
): { readonly note?: string } {
  const taken =
    owner === undefined ? 'owned by nobody so far' : owner === source ? undefined : `taken over from ${owner}`;
  const all = [...notes, taken].filter((one) => one !== undefined).join('; ');
  return all === '' ? {} : { note: all };
}

/** As what it was left; changes when anybody has changed what the file says of it. */
export function hashOf({ data, state, lookup }: Entity, { fields }: Handler): string {
  const content = [...fields.map((field) => data[field] ?? null), state, lookup ?? null];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
