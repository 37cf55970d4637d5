import type { Entity } from '@gatehouse/store';
import { ScimError } from './scim-error.ts';
import type { Json } from './scim-values.ts';

export interface ScimQuery {
  readonly filter?: string | undefined;
  /** From 1 on. */
  readonly startIndex?: string | undefined;
  readonly count?: string | undefined;
}

export interface ScimList {
  readonly schemas: readonly string[];
  readonly totalResults: number;
  readonly startIndex: number;
  readonly itemsPerPage: number;
  readonly Resources: readonly Json[];
}

const PAGE_MAX = 200;
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

interface Wish {
  readonly isWanted: (entity: Entity) => boolean;
  readonly view: (entity: Entity) => Promise<Json>;
}

/** RFC 7644 §3.4.2.4. */
export async function pageOf(
  entities: AsyncIterable<Entity>,
  query: ScimQuery,
  { isWanted, view }: Wish,
): Promise<ScimList> {
  const startIndex = Math.max(1, numberOf(query.startIndex, 'startIndex', 1));
  const count = Math.min(PAGE_MAX, Math.max(0, numberOf(query.count, 'count', PAGE_MAX)));
  const found: Entity[] = [];
  let totalResults = 0;
  for await (const entity of entities) {
    if (!isWanted(entity)) continue;
    totalResults++;
    if (totalResults >= startIndex && found.length < count) found.push(entity);
  }
  const shown = await Promise.all(found.map(async (each) => view(each)));
  return { schemas: [LIST], totalResults, startIndex, itemsPerPage: shown.length, Resources: shown };
}

function numberOf(text: string | undefined, what: string, absent: number): number {
  if (text === undefined) return absent;
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new ScimError(400, `${what} is a whole number`, 'invalidValue');
}

export function requireVersion({ revision }: Entity, version: string | undefined): void {
  if (version === undefined || version === '*' || version.replace(/^W\//, '') === `"${revision}"`) return;
  throw new ScimError(412, 'it has changed since it was read');
}
