import {
  apiNameOf,
  breakingHints,
  DOCUMENT_CHARS_MAX,
  hintsOfOperations,
  operationsOf,
  readApiDocument,
  type ApiDocument,
  type Breaking,
  type BreakingHint,
  type ImportFinding,
  type OperationsDifference,
} from '@gatehouse/governance';
import { Type } from 'typebox';
import type { Entity } from '@gatehouse/store';
import { newEntity } from '../entities/entity-verbs.ts';
import { requireUnmanaged } from '../config-as-code/managed.ts';
import { readInput } from '../entities/read-input.ts';
import { sealed } from '../entities/sealed.ts';
import { write, type Write, type Written } from '../entities/write.ts';
import { nameSchema, spec, title } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';
import { listOf } from '../json-data.ts';
import { refused } from '../moves/move.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { fetchDocument } from './fetch-document.ts';
import { dataOf, planImport, type ImportPlan, type ImportRequest } from './import-plan.ts';

export const IMPORT = Type.Object(
  {
    api: Type.Optional(nameSchema),
    title,
    version: Type.Optional(nameSchema),
    text: Type.Optional(
      Type.String({
        maxLength: DOCUMENT_CHARS_MAX,
        description: 'The document: OpenAPI 3.0, 3.1, 3.2 or Swagger 2.0, in JSON or YAML.',
      }),
    ),
    url: Type.Optional(Type.String({ maxLength: 8192, description: 'Where to fetch it instead.' })),
    spec: Type.Optional(spec('apis.*')),
  },
  { additionalProperties: false },
);
export const IMPORT_PERMISSION = 'apis:import';

export interface ImportOutcome {
  readonly outcome: 'created' | 'preview' | 'applied';
  /** Of a preview: what `apply` takes. */
  readonly preview?: string;
  readonly api: { readonly name: string; readonly id?: string };
  readonly version: {
    readonly name: string;
    readonly id?: string;
    readonly revision?: number;
    readonly isNew: boolean;
  };
  readonly format: string;
  readonly comparedWith?: string;
  readonly difference: OperationsDifference;
  /** What breaks callers, or may. */
  readonly breaking: readonly BreakingHint[];
  /** So many changes more were found than are looked at, the gravest first. */
  readonly breakingLeftOut?: number;
  readonly operations: readonly { readonly name: string; readonly method: string; readonly path: string }[];
  readonly findings: readonly ImportFinding[];
}

/** In which a version cannot take another document. */
const ENDED: ReadonlySet<string> = new Set(['retired', 'suspended']);

export interface ImportOrder {
  readonly input: unknown;
  readonly apply: string | undefined;
  /** What becomes of callers; in a thread of its own where that takes long. Throws `admin.invalid` where nobody can say. */
  readonly compare: (both: { readonly old: string; readonly new: string }) => Promise<Breaking>;
}

type Hints = Pick<ImportOutcome, 'breaking' | 'breakingLeftOut'>;
type Shown = Omit<ImportOutcome, keyof Hints>;

/**
 * A document becomes an api with a version to be reviewed. Where there is such an api already, the first answer is a
 * preview; `apply` is the hash of that, and anything that has changed since then makes it stale.
 */
export async function importDocument(
  ctx: ServiceContext,
  { input, apply, compare }: ImportOrder,
): Promise<Written<ImportOutcome>> {
  const refusal = ctx.principal.refusal(IMPORT_PERMISSION, ctx.workspace);
  if (refusal !== undefined) throw new ServiceError('admin.forbidden', refusal, { permission: IMPORT_PERMISSION });
  const asked = readInput(IMPORT, input);
  const document = documentIn(await textOf(ctx, asked));
  const request: ImportRequest = {
    document,
    api: asked.api ?? apiNameOf(document.title.toLowerCase(), 'api'),
    version: asked.version ?? apiNameOf(document.version, '1.0.0'),
    spec: dataOf(asked.spec),
  };
  const plan = await ctx.database.read(async (sql) => planImport(sql, ctx, request));
  if (apply !== undefined) requireSame(plan, apply);
  // Before the write, which all others wait for: what was compared is part of the plan's hash.
  const hints = await hintsOf({ request, plan, compare });
  if (plan.api !== undefined && apply === undefined) {
    return { result: { ...shown('preview', request, plan), ...hints, preview: plan.hash }, enforcement: undefined };
  }
  const written = await write(ctx, async (own) => carryOut(ctx, own, { request, apply, title: asked.title }));
  return { ...written, result: { ...written.result, ...hints } };
}

function requireSame({ hash }: ImportPlan, apply: string | undefined): void {
  if (hash === apply) return;
  const detail = 'this is not what the preview was of, look at a new one';
  throw new ServiceError('admin.stale', detail, { preview: hash });
}

async function hintsOf({ request, plan, compare }: Compared): Promise<Hints> {
  if (plan.before === undefined) return { breaking: [] };
  try {
    const found = await compare({ old: plan.before, new: request.document.text });
    return { breaking: breakingHints(found), ...(found.leftOut > 0 && { breakingLeftOut: found.leftOut }) };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'admin.invalid') throw error;
    return { breaking: hintsOfOperations(plan.difference, error.detail) };
  }
}

interface Compared extends Versioned {
  readonly compare: ImportOrder['compare'];
}

async function textOf(ctx: ServiceContext, { text, url }: { readonly text?: string; readonly url?: string }) {
  if ((text === undefined) === (url === undefined)) {
    throw new ServiceError('admin.invalid', 'send the document as `text`, or say by `url` where it is');
  }
  return text ?? fetchDocument(url ?? '', ctx.importFrom);
}

function documentIn(text: string): ApiDocument {
  const document = readApiDocument(text);
  if ('problem' in document) throw new ServiceError('admin.invalid', document.problem);
  const first = document.findings.find(({ severity }) => severity === 'error');
  if (first === undefined) return document;
  const { findings } = document;
  throw new ServiceError('admin.invalid', `${first.message} (#${first.pointer})`.slice(0, 1000), { findings });
}

interface CarryingOut {
  readonly request: ImportRequest;
  readonly apply: string | undefined;
  readonly title: string | undefined;
}

async function carryOut(
  ctx: ServiceContext,
  own: Write,
  { request, apply, title: named }: CarryingOut,
): Promise<Shown> {
  const plan = await planImport(own.sql, ctx, request);
  if (plan.api !== undefined || apply !== undefined) requireSame(plan, apply);
  const called = named ?? request.document.title;
  const api = plan.api ?? (await newApi(ctx, own, { name: request.api, ...(called !== '' && { title: called }) }));
  const version = await (plan.version === undefined
    ? newVersion(ctx, own, { api, request, plan })
    : changedVersion(ctx, own, { version: plan.version, request, plan }));
  const outcome = shown(plan.api === undefined ? 'created' : 'applied', request, plan);
  return {
    ...outcome,
    api: { name: api.name, id: api.id },
    version: { ...outcome.version, id: version.id, revision: version.revision },
  };
}

async function newApi(ctx: ServiceContext, own: Write, input: Readonly<Record<string, unknown>>): Promise<Entity> {
  return own.insert(await newEntity(ctx, own, { kind: kindOf('api'), input }), 'import');
}

interface Versioned {
  readonly request: ImportRequest;
  readonly plan: ImportPlan;
}

async function newVersion(
  ctx: ServiceContext,
  own: Write,
  { api, request, plan }: Versioned & { readonly api: Entity },
): Promise<Entity> {
  const input = { name: request.version, api: api.id, spec: plan.spec, document: request.document.text };
  return own.insert(await newEntity(ctx, own, { kind: kindOf('version'), input }), 'import');
}

/** What it is now is kept by its revisions; whoever imports has had a hand in it. */
async function changedVersion(
  ctx: ServiceContext,
  own: Write,
  { version, request, plan }: Versioned & { readonly version: Entity },
): Promise<Entity> {
  requireUnmanaged(version, 'import');
  if (ENDED.has(version.state)) throw refused(`the version ${version.name} is ${version.state}, name another`);
  const { data, id } = version;
  const editors = [...new Set([...listOf(data['editors']), ctx.principal.id])];
  const after = { ...data, spec: plan.spec, document: request.document.text, editors };
  const kept = sealed(after, { cipher: ctx.cipher, place: id, before: data });
  return own.update(version, { ...version, data: kept }, 'import');
}

function shown(outcome: ImportOutcome['outcome'], request: ImportRequest, plan: ImportPlan): Shown {
  const { document } = request;
  const { api, version, difference, comparedWith } = plan;
  return {
    outcome,
    api: { name: request.api, ...(api !== undefined && { id: api.id }) },
    version: { name: request.version, ...(version !== undefined && { id: version.id }), isNew: version === undefined },
    format: document.format,
    ...(comparedWith !== undefined && { comparedWith }),
    difference,
    operations: operationsOf(document.root).map(({ name, method, path }) => ({ name, method, path })),
    findings: document.findings,
  };
}
