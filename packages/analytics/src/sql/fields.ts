import { RECORD_FIELDS } from '@gatehouse/record/spool';

export type Field = keyof typeof RECORD_FIELDS;

/** Fields of a record, in their order. */
export const FIELDS: readonly Field[] = Object.keys(RECORD_FIELDS).filter(
  (name): name is Field => name in RECORD_FIELDS,
);

export interface FieldKind {
  readonly kind: 'text' | 'number' | 'flag';
  readonly isOptional: boolean;
}

export function kindOf(name: Field): FieldKind {
  const kind = RECORD_FIELDS[name];
  const isOptional = kind.endsWith('?');
  if (kind.startsWith('text')) return { kind: 'text', isOptional };
  return { kind: kind.startsWith('flag') ? 'flag' : 'number', isOptional };
}
