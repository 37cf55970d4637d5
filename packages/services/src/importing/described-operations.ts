import { operationsOf, readApiDocument, type ApiOperation } from '@gatehouse/governance';

/** What a document offers, as tools: kept with a revision, so that nobody has to read the document again. */
export function describedOperations(document: unknown): { readonly operations?: readonly ApiOperation[] } {
  if (typeof document !== 'string') return {};
  const read = readApiDocument(document);
  return 'problem' in read ? {} : { operations: operationsOf(read.root) };
}
