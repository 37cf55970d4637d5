import { createHash } from 'node:crypto';
import type { Entity } from '@gatehouse/store';
import { entityView } from '../entities/entity-view.ts';
import { isSealed, replacedSecrets } from '../entities/sealed.ts';
import type { Kind } from '../kinds/kind.ts';
import { canonicalJson } from './canonical-json.ts';
import { jsonPatch, type PatchOperation } from './json-patch.ts';

/** What became of something: a new one whole, of others a JSON Patch from what was; `remove` of all of it is the end. */
export type AuditedChange =
  | { readonly after: Readonly<Record<string, unknown>> }
  | { readonly patch: readonly PatchOperation[] };

/** What stands for a secret. That it was written anew is told, and never what it is. */
export const SEALED = '[sealed]';
/** Fields that are larger as JSON stand by their hash. */
export const FIELD_BYTES_MAX = 64 * 1024;

export const GONE: AuditedChange = { patch: [{ op: 'remove', path: '' }] };

export function auditedChange(kind: Kind, before: Entity | undefined, after: Entity | undefined): AuditedChange {
  if (after === undefined) return GONE;
  const now = auditedView(kind, after);
  if (before === undefined) return { after: withoutSecrets(now) };
  const patch = jsonPatch(auditedView(kind, before), now, isSealed);
  return {
    patch: patch.map((each) => ('value' in each ? { ...each, value: replacedSecrets(each.value, SEALED) } : each)),
  };
}

/** As everybody sees it, with secrets still as they are kept, so that a new one differs; plain JSON, and of a size. */
function auditedView(kind: Kind, entity: Entity): Readonly<Record<string, unknown>> {
  const { secret: _masked, ...unmasked } = kind;
  const fields = Object.entries(entityView(unmasked, entity)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields.map(([name, value]) => [name, bounded(value)]));
}

function bounded(value: unknown): unknown {
  const text = canonicalJson(value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= FIELD_BYTES_MAX) return JSON.parse(text);
  return { sha256: createHash('sha256').update(text).digest('hex'), bytes };
}

function withoutSecrets(view: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(view).map(([name, value]) => [name, replacedSecrets(value, SEALED)]));
}
