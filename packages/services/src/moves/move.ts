import { Type, type TObject } from 'typebox';
import type { Entity } from '@gatehouse/store';
import { requireEntity, requireSeen, type EntityReference } from '../entities/entity-verbs.ts';
import { requirePermissionOn, requireSomewhere } from '../entities/permission-on.ts';
import { entityView, type EntityView } from '../entities/entity-view.ts';
import { readInput } from '../entities/read-input.ts';
import { write, type Write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import { requireUnmanaged } from '../config-as-code/managed.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

/** What a move works with. */
export interface Moving<Input> {
  readonly ctx: ServiceContext;
  readonly own: Write;
  readonly entity: Entity;
  readonly input: Input;
}

/** One event of a state machine: from which states it leads where, who may, and what it does besides. */
export interface Move {
  readonly kind: string;
  /** As in its address: `POST /versions/{id}/publish` */
  readonly event: string;
  readonly from: readonly string[];
  /** Left out: the state stays. */
  readonly to?: string;
  /** The verb of the permission, where it is not the event. */
  readonly permission?: string;
  readonly summary: string;
  readonly input: TObject;
  /** What becomes of the entity besides its state, and of others. Throws what stands in its way. */
  readonly apply?: (moving: Moving<Readonly<Record<string, unknown>>>) => Promise<Applied>;
}

export interface Applied {
  /** It is kept already, as this: nothing else is done. */
  readonly moved?: Entity;
  readonly data?: Entity['data'];
  readonly state?: string;
  readonly lookup?: string | undefined;
  /** What it belongs to from now on. */
  readonly parent?: string;
  /** Shown once, in this reply only. */
  readonly shown?: Readonly<Record<string, unknown>>;
}

export const reason = Type.Optional(Type.String({ maxLength: 2000, description: 'Why; it stands in the audit.' }));

export interface MoveInput extends EntityReference {
  readonly body: unknown;
  /** The revision that the caller has seen, where it says so. */
  readonly revision: number | undefined;
}

/** `moves`: the table that the move is of, so that a refusal can say what would be possible. */
export async function moveEntity(
  ctx: ServiceContext,
  { move, moves }: { readonly move: Move; readonly moves: readonly Move[] },
  input: MoveInput,
): Promise<Written<EntityView>> {
  const kind = kindOf(move.kind);
  const verb = move.permission ?? move.event;
  requireSomewhere(ctx, kind, verb);
  const body: Readonly<Record<string, unknown>> = readInput(move.input, input.body ?? {});
  return write(ctx, async (own) => {
    const entity = await requireEntity(own.sql, ctx, input);
    await requirePermissionOn(ctx, own.sql, { entity, verb, event: move.event });
    if (input.revision !== undefined) requireSeen(entity, input.revision);
    requireUnmanaged(entity, move.event);
    if (!move.from.includes(entity.state)) throw illegal(entity, move.event, allowedEvents(moves, entity));
    const { shown = {}, moved: kept, ...applied } = (await move.apply?.({ ctx, own, entity, input: body })) ?? {};
    if (kept !== undefined) return { ...entityView(kind, kept), ...shown };
    const after = { ...entity, ...(move.to !== undefined && { state: move.to }), ...applied };
    const why = body['reason'];
    const moved = await own.update(entity, after, move.event, typeof why === 'string' ? why : undefined);
    return { ...entityView(kind, moved), ...shown };
  });
}

/** What can be done with an entity as it is. */
export function allowedEvents(moves: readonly Move[], { kind, state }: Entity): readonly string[] {
  return moves.filter((move) => move.kind === kind && move.from.includes(state)).map(({ event }) => event);
}

export function illegal(entity: Entity, event: string, allowed: readonly string[] = []): ServiceError {
  const possible = allowed.length === 0 ? '' : `; possible: ${allowed.join(', ')}`;
  return new ServiceError('admin.illegal', `a ${entity.kind} that is ${entity.state} cannot ${event}${possible}`, {
    state: entity.state,
    allowed,
  });
}

export function refused(detail: string, facts: Readonly<Record<string, unknown>> = {}): ServiceError {
  return new ServiceError('admin.illegal', detail, facts);
}
