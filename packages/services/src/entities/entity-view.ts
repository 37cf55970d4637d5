import type { Entity } from '@gatehouse/store';
import type { Kind } from '../kinds/kind.ts';
import { masked } from './sealed.ts';

/** An entity as the admin API shows it. */
export type EntityView = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
};

export function entityView(kind: Kind, entity: Entity): EntityView {
  const { id, name, state, revision, parent, data, createdMs, updatedMs } = entity;
  const shown = kind.secret === undefined ? data : masked(data);
  return {
    id,
    name,
    ...(kind.parent !== undefined && { [kind.parent.field]: parent }),
    ...(state !== '' && { state }),
    ...(typeof shown === 'object' ? shown : {}),
    revision,
    createdAt: new Date(createdMs).toISOString(),
    updatedAt: new Date(updatedMs).toISOString(),
  };
}
