import { FIELDS, kindOf, type Field } from '../sql/fields.ts';

export { quoted } from '../sql/columns.ts';

/** Columns in which whole numbers stand. All other numbers are times in ms. */
const WHOLE: Readonly<Partial<Record<Field, string>>> = {
  time: 'BIGINT',
  worker: 'USMALLINT',
  status: 'USMALLINT',
  bytesIn: 'BIGINT',
  bytesOut: 'BIGINT',
  attempts: 'UINTEGER',
  aiAttempts: 'UINTEGER',
  aiInputTokens: 'BIGINT',
  aiCachedTokens: 'BIGINT',
  aiOutputTokens: 'BIGINT',
  aiReasoningTokens: 'BIGINT',
  aiCostMicroUsd: 'BIGINT',
};

export interface Column {
  readonly name: Field;
  readonly type: string;
}

/** A column for each field of a record, in their order. */
export const COLUMNS: readonly Column[] = FIELDS.map((name) => ({ name, type: typeOf(name) }));

function typeOf(name: Field): string {
  const { kind } = kindOf(name);
  if (kind === 'text') return 'VARCHAR';
  return kind === 'flag' ? 'BOOLEAN' : (WHOLE[name] ?? 'DOUBLE');
}
