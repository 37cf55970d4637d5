import { followed } from '../tree/followed.ts';
import { mapOf, type JsonMap } from '../tree/json-tree.ts';
import { InputSchemas } from './input-schemas.ts';
import { inputOf, type OperationInput, type Parameter } from './operation-input.ts';
import { ToolNames } from './tool-names.ts';

/** An operation as a tool: all that an agent, or whoever shows it to one, has to know. */
export interface ApiOperation extends OperationInput {
  /** Unique in its document, and fit for a tool: 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string;
  readonly method: string;
  /** As written, below the base path. */
  readonly path: string;
  readonly operationId?: string;
  readonly title?: string;
  readonly description: string;
  readonly tags?: readonly string[];
  readonly deprecated?: true;
  readonly hints: OperationHints;
}

/** What a call does to the world, by the promises of its method (RFC 9110 §9.2). */
export interface OperationHints {
  readonly readOnly: boolean;
  readonly idempotent: boolean;
  readonly destructive: boolean;
}

const READS: OperationHints = { readOnly: true, idempotent: true, destructive: false };
const METHODS: Readonly<Record<string, OperationHints>> = {
  get: READS,
  put: { readOnly: false, idempotent: true, destructive: true },
  post: { readOnly: false, idempotent: false, destructive: false },
  delete: { readOnly: false, idempotent: true, destructive: true },
  options: READS,
  head: READS,
  patch: { readOnly: false, idempotent: false, destructive: true },
  trace: READS,
  query: READS,
};
const DESCRIPTION_CHARS_MAX = 2000;
const TITLE_CHARS_MAX = 200;
const TAGS_MAX = 20;
/** What a text that is kept for each operation may come to; schemas behind it are left out. */
const INPUT_CHARS_MAX = 1_000_000;
/** More are not read. */
export const OPERATIONS_MAX = 5000;

/** The operations of an OpenAPI 3 document, at most `OPERATIONS_MAX`; bounded in size and time. Never throws. */
export function operationsOf(document: unknown): readonly ApiOperation[] {
  const root = mapOf(document) ?? {};
  const schemas = new InputSchemas(root);
  const names = new ToolNames();
  const found: ApiOperation[] = [];
  let chars = 0;
  for (const { method, path, item, operation } of eachOperation(root)) {
    if (found.length >= OPERATIONS_MAX) break;
    const parameters = parametersOf(root, item['parameters'], operation['parameters']);
    const body = followed(root, operation['requestBody']);
    const input = inputOf({ parameters, body }, chars < INPUT_CHARS_MAX ? schemas : undefined);
    chars += JSON.stringify(input).length;
    found.push({ ...described(operation, { method, path }, names), ...input });
  }
  return found;
}

interface Written {
  readonly method: string;
  readonly path: string;
  readonly item: JsonMap;
  readonly operation: JsonMap;
}

export function* eachOperation(root: JsonMap): Generator<Written> {
  for (const [path, written] of Object.entries(mapOf(root['paths']) ?? {})) {
    const item = path.startsWith('/') ? followed(root, written) : undefined;
    if (item === undefined) continue;
    for (const method of Object.keys(METHODS)) {
      const operation = mapOf(item[method]);
      if (operation !== undefined) yield { method, path, item, operation };
    }
  }
}

function described(
  operation: JsonMap,
  { method, path }: { readonly method: string; readonly path: string },
  names: ToolNames,
): Omit<ApiOperation, keyof OperationInput> {
  const { operationId, summary, description, tags, deprecated } = operation;
  const title = textOf(summary, TITLE_CHARS_MAX);
  const id = textOf(operationId, TITLE_CHARS_MAX);
  const said =
    textOf(description, DESCRIPTION_CHARS_MAX) ?? title ?? `${method.toUpperCase()} ${path}`.slice(0, TITLE_CHARS_MAX);
  const known = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string').slice(0, TAGS_MAX) : [];
  return {
    name: names.take(id, { method, path }),
    method: method.toUpperCase(),
    path,
    ...(id !== undefined && { operationId: id }),
    ...(title !== undefined && { title }),
    description: said,
    ...(known.length > 0 && { tags: known.map((tag) => tag.slice(0, TITLE_CHARS_MAX)) }),
    ...(deprecated === true && { deprecated }),
    hints: METHODS[method] ?? READS,
  };
}

function textOf(value: unknown, charsMax: number): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '') return undefined;
  return text.length > charsMax ? `${text.slice(0, charsMax - 1)}…` : text;
}

/** More than these are no call that anybody makes. */
const PARAMETERS_MAX = 200;

/** Those of the operation go before those of its path. */
function parametersOf(root: JsonMap, shared: unknown, own: unknown): readonly Parameter[] {
  const found = new Map<string, Parameter>();
  for (const list of [shared, own]) {
    for (const written of (Array.isArray(list) ? list : []).slice(0, PARAMETERS_MAX)) {
      const parameter = followed(root, written);
      const { name, in: place } = parameter ?? {};
      if (parameter === undefined || typeof name !== 'string' || typeof place !== 'string') continue;
      found.set(`${place} ${name}`, { name, place, written: parameter });
    }
  }
  return [...found.values()];
}
