import type { ChangeRow } from '@gatehouse/governance';
import { CommandFailure } from '../failure.ts';

const MEANING: Readonly<Record<ChangeRow['level'], string>> = {
  error: 'callers break',
  warning: 'callers may break; the documents cannot tell',
  info: 'callers go on as before',
};
const WHERE: Readonly<Record<ChangeRow['where'], string>> = {
  request: 'what callers send: it may only widen',
  response: 'what callers get: it may only narrow',
  operation: 'the operation as a whole',
  document: 'the document as a whole',
};

/** A few lines on one id of the table. */
export function explained(id: string, table: ReadonlyMap<string, ChangeRow>): string {
  const row = table.get(id);
  if (row === undefined) throw new CommandFailure(`--explain ${id}: there is no such id${nearest(id, table)}`);
  const wording = row.wording.replaceAll(/\{(\w+)\}/g, '<$1>');
  return [`${id}: ${wording}`, `level  ${row.level} (${MEANING[row.level]})`, `about  ${WHERE[row.where]}`].join('\n');
}

function nearest(id: string, table: ReadonlyMap<string, ChangeRow>): string {
  const words = new Set(id.split('-'));
  const shared = (other: string): number => other.split('-').filter((word) => words.has(word)).length;
  const [best] = [...table.keys()].toSorted((a, b) => shared(b) - shared(a));
  return best === undefined || shared(best) === 0 ? '' : `, did you mean ${best}?`;
}
