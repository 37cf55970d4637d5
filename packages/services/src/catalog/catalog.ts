import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { dataOf, listOf } from '../json-data.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { requireCatalog, sees, seesModels } from './visible.ts';

/** A version that is offered, without anything of what stands behind it. */
interface OfferedVersion {
  readonly name: string;
  readonly state: string;
  readonly stability?: unknown;
  /** Where its paths begin. */
  readonly basePath?: unknown;
  readonly hosts?: unknown;
  /** When it is deprecated, when it ends, and what comes after it. */
  readonly lifecycle?: unknown;
  readonly hasDocument: boolean;
}

interface OfferedPlan {
  readonly name: string;
  readonly title?: unknown;
  readonly description?: unknown;
  /** Whether somebody has to agree. */
  readonly approval: 'auto' | 'manual';
  readonly terms?: unknown;
  /** What an applicant is asked. */
  readonly form?: unknown;
  /** Limits, quotas and budgets. */
  readonly spec: unknown;
}

export interface Offered {
  readonly id: string;
  readonly name: string;
  readonly title?: unknown;
  readonly description?: unknown;
  readonly labels?: unknown;
  readonly visibility: string;
  readonly versions: readonly OfferedVersion[];
  readonly plans: readonly OfferedPlan[];
}

export interface Catalog {
  readonly items: readonly Offered[];
  /** Plans that allow models alone. */
  readonly modelPlans: readonly OfferedPlan[];
  /** Where the next page begins; absent behind the last. */
  readonly next?: string;
}

export interface CatalogInput {
  /** What name, title or description have in them, in any case. */
  readonly q?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** In which versions are called; new subscriptions are for those of them that are not deprecated. */
const OFFERED: ReadonlySet<string> = new Set(['published', 'preview', 'deprecated']);
const PIECE = 200;
/** So many apis are looked at for a page. */
const LOOKED_AT_MAX = 20_000;
const MANY = 10_000;

/** What whoever asks may subscribe to: apis that are shown to them and called, with the plans that are open. */
export async function listCatalog(ctx: ServiceContext, { q, after, limit }: CatalogInput): Promise<Catalog> {
  requireCatalog(ctx);
  return ctx.database.read(async (sql) => {
    const plans = await publishedPlans(sql, ctx.workspace);
    const modelPlans = seesModels(ctx) ? plans.filter(isForModels).map(offeredPlan) : [];
    const items: Offered[] = [];
    let last = after;
    for (let seen = 0; seen < LOOKED_AT_MAX; seen += PIECE) {
      const query = { workspace: ctx.workspace, kind: 'api', after: last, limit: PIECE };
      const apis = await listEntities(sql, query);
      for (const api of apis) {
        const found = isAbout(api, q) ? await offered(ctx, sql, { api, plans }) : undefined;
        if (found !== undefined && items.length === limit) return { items, modelPlans, next: items.at(-1)?.id ?? '' };
        if (found !== undefined) items.push(found);
        last = api.id;
      }
      if (apis.length < PIECE) return { items, modelPlans };
    }
    return { items, modelPlans, ...(last !== undefined && { next: last }) };
  });
}

/** One of them, by its name or its id. */
export async function getOffered(ctx: ServiceContext, asked: string): Promise<Offered> {
  requireCatalog(ctx);
  return ctx.database.read(async (sql) => {
    const plans = await publishedPlans(sql, ctx.workspace);
    return (await requireOffered(ctx, sql, { asked, plans })).shown;
  });
}

export interface OfferedDocument {
  readonly api: string;
  readonly version: string;
  /** The OpenAPI document of the revision that is called, as text. */
  readonly document: string;
}

/** What callers are told of a version: the document that was sealed with what is called now. */
export async function getOfferedDocument(
  ctx: ServiceContext,
  { api: asked, version: named }: { readonly api: string; readonly version: string },
): Promise<OfferedDocument> {
  requireCatalog(ctx);
  return ctx.database.read(async (sql) => {
    const { api } = await requireOffered(ctx, sql, { asked, plans: [] });
    const version = (await offeredVersions(sql, api)).find(({ name }) => name === named);
    const document = version && (await sealedRevision(sql, version))?.data['document'];
    if (typeof document !== 'string') throw new ServiceError('admin.not_found', 'there is no document of that version');
    return { api: api.name, version: named, document };
  });
}

async function requireOffered(
  ctx: ServiceContext,
  sql: Statements,
  { asked, plans }: { readonly asked: string; readonly plans: readonly Entity[] },
): Promise<{ readonly api: Entity; readonly shown: Offered }> {
  const { workspace } = ctx;
  const [named] = await listEntities(sql, { workspace, kind: 'api', parent: '', name: asked, limit: 1 });
  const api = named ?? (await findEntity(sql, { workspace, kind: 'api', id: asked }));
  const shown = api && (await offered(ctx, sql, { api, plans }));
  if (api === undefined || shown === undefined) throw new ServiceError('admin.not_found', 'there is no such api');
  return { api, shown };
}

async function offered(
  ctx: ServiceContext,
  sql: Statements,
  { api, plans }: { readonly api: Entity; readonly plans: readonly Entity[] },
): Promise<Offered | undefined> {
  if (!(await sees(ctx, sql, api))) return undefined;
  const versions = await offeredVersions(sql, api);
  if (versions.length === 0) return undefined;
  const { title, description, labels, visibility = 'workspace' } = api.data;
  return {
    id: api.id,
    name: api.name,
    ...given({ title, description, labels }),
    visibility: String(visibility),
    versions: await Promise.all(versions.map(async (version) => offeredVersion(sql, version))),
    plans: plans.filter(({ data }) => listOf(data['apis']).includes(api.name)).map(offeredPlan),
  };
}

async function offeredVersions(sql: Statements, { workspace, id: parent }: Entity): Promise<readonly Entity[]> {
  const all = await listEntities(sql, { workspace, kind: 'version', parent, limit: MANY });
  return all.filter(({ state }) => OFFERED.has(state));
}

async function offeredVersion(sql: Statements, version: Entity): Promise<OfferedVersion> {
  const { stability, lifecycle } = version.data;
  const revision = await sealedRevision(sql, version);
  const { basePath, hosts } = dataOf(revision?.data['spec']);
  return {
    name: version.name,
    state: version.state,
    ...given({ stability, basePath, hosts, lifecycle }),
    hasDocument: typeof revision?.data['document'] === 'string',
  };
}

/** What is called, and not what is being written. */
async function sealedRevision(sql: Statements, { workspace, data }: Entity): Promise<Entity | undefined> {
  return findEntity(sql, { workspace, kind: 'revision', id: String(data['deployed']) });
}

async function publishedPlans(sql: Statements, workspace: string): Promise<readonly Entity[]> {
  return listEntities(sql, { workspace, kind: 'plan', state: 'published', limit: MANY });
}

function isForModels({ data }: Entity): boolean {
  return data['access'] !== undefined;
}

function offeredPlan({ name, data }: Entity): OfferedPlan {
  const { title, description, terms, form, spec = {} } = data;
  const approval = data['approval'] === 'manual' ? 'manual' : 'auto';
  return { name, ...given({ title, description, terms, form }), approval, spec };
}

function given(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function isAbout({ name, data }: Entity, q: string | undefined): boolean {
  if (q === undefined || q === '') return true;
  const wanted = q.toLowerCase();
  return [name, data['title'], data['description']].some(
    (text) => typeof text === 'string' && text.toLowerCase().includes(wanted),
  );
}
