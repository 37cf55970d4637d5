import type { ApiOperation } from '../operations/operations-of.ts';

/** What becomes of the operations of an api, as `METHOD /path`. */
export interface OperationsDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly ChangedOperation[];
  readonly unchanged: number;
}

export interface ChangedOperation {
  readonly operation: string;
  /** Which parts of it. */
  readonly parts: readonly ('name' | 'description' | 'parameters' | 'input' | 'deprecated')[];
}

const PARTS: Readonly<Record<ChangedOperation['parts'][number], (operation: ApiOperation) => unknown>> = {
  name: ({ name }) => name,
  description: ({ title, description, tags }) => [title, description, tags],
  parameters: ({ places, input }) => [places, input['required']],
  input: ({ input, cut }) => [input, cut],
  deprecated: ({ deprecated }) => deprecated,
};

/** Paths are the same when they take the same requests, whatever their parameters are called. */
export function operationsDifference(
  before: readonly ApiOperation[],
  after: readonly ApiOperation[],
): OperationsDifference {
  const old = new Map(before.map((operation) => [keyOf(operation), operation]));
  const now = new Map(after.map((operation) => [keyOf(operation), operation]));
  const changed: ChangedOperation[] = [];
  for (const [key, operation] of now) {
    const known = old.get(key);
    const parts = known === undefined ? [] : changedParts(known, operation);
    if (parts.length > 0) changed.push({ operation: nameOf(operation), parts });
  }
  const added = after.filter((operation) => !old.has(keyOf(operation))).map(nameOf);
  const removed = before.filter((operation) => !now.has(keyOf(operation))).map(nameOf);
  return { added, removed, changed, unchanged: now.size - added.length - changed.length };
}

function changedParts(before: ApiOperation, after: ApiOperation): ChangedOperation['parts'] {
  const names = ['name', 'description', 'parameters', 'input', 'deprecated'] as const;
  return names.filter((name) => JSON.stringify(PARTS[name](before)) !== JSON.stringify(PARTS[name](after)));
}

function nameOf({ method, path }: ApiOperation): string {
  return `${method} ${path}`;
}

function keyOf({ method, path }: ApiOperation): string {
  return `${method} ${path.replaceAll(/\{[^{}/]*\}/g, '{}')}`;
}
