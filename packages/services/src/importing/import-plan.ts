import { createHash } from 'node:crypto';
import {
  defaultSpec,
  operationsDifference,
  operationsOf,
  readApiDocument,
  type ApiDocument,
  type OperationsDifference,
} from '@gatehouse/governance';
import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { opened } from '../entities/sealed.ts';
import type { ServiceContext } from '../service-context.ts';

type Data = Readonly<Record<string, unknown>>;

export interface ImportRequest {
  readonly document: ApiDocument;
  /** The names of what it is to become. */
  readonly api: string;
  readonly version: string;
  /** What the caller says of it, as `apis.*` of a gatehouse.yaml. */
  readonly spec: Data | undefined;
}

/** What an import would do. */
export interface ImportPlan {
  readonly api: Entity | undefined;
  /** Of the same name: it gets the document. */
  readonly version: Entity | undefined;
  readonly spec: Data;
  /** Against the version of the same name, or else the newest. */
  readonly difference: OperationsDifference;
  readonly comparedWith: string | undefined;
  /** The text of that; undefined where there is none. */
  readonly before: string | undefined;
  /** Of all that was looked at: the same import of the same api as it is. */
  readonly hash: string;
}

export async function planImport(sql: Statements, ctx: ServiceContext, request: ImportRequest): Promise<ImportPlan> {
  const { workspace } = ctx;
  const [api] = await listEntities(sql, { workspace, kind: 'api', parent: '', name: request.api, limit: 1 });
  const known = api === undefined ? undefined : await versionsOf(sql, api, request.version);
  const compared = known?.same ?? known?.newest;
  const before = typeof compared?.data['document'] === 'string' ? compared.data['document'] : undefined;
  const spec = request.spec ?? specOf(compared, ctx) ?? defaultSpec(request.document);
  return {
    api,
    version: known?.same,
    spec,
    difference: operationsDifference(operationsIn(before), operationsOf(request.document.root)),
    comparedWith: compared?.name,
    before,
    hash: hashOf([
      request.document.text,
      request.api,
      request.version,
      request.spec ?? null,
      seen(api),
      seen(compared),
    ]),
  };
}

interface Versions {
  readonly same: Entity | undefined;
  readonly newest: Entity | undefined;
}

async function versionsOf(sql: Statements, api: Entity, name: string): Promise<Versions> {
  const query = { workspace: api.workspace, kind: 'version', parent: api.id };
  const [same] = await listEntities(sql, { ...query, name, limit: 1 });
  if (same !== undefined) return { same, newest: same };
  let newest: Entity | undefined;
  for (let after: string | undefined; ; after = newest?.id) {
    const page = await listEntities(sql, { ...query, after, limit: 200 });
    newest = page.at(-1) ?? newest;
    if (page.length < 200) return { same, newest };
  }
}

function operationsIn(document: string | undefined): ReturnType<typeof operationsOf> {
  const read = document === undefined ? undefined : readApiDocument(document);
  return read === undefined || 'problem' in read ? [] : operationsOf(read.root);
}

function seen(entity: Entity | undefined): readonly unknown[] {
  return entity === undefined ? [] : [entity.id, entity.revision];
}

function hashOf(facts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** Its secrets are sealed for its place, and may go to another. */
function specOf(version: Entity | undefined, { cipher }: ServiceContext): Data | undefined {
  return version && dataOf(dataOf(opened({ spec: version.data['spec'] }, cipher, version.id))?.['spec']);
}

export function dataOf(value: unknown): Data | undefined {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
}
