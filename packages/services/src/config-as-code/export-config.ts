import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { dataOf, listOf, type Data } from '../json-data.ts';
import type { ServiceContext } from '../service-context.ts';
import { PLAN_PERMISSION, requireRight } from './config-verbs.ts';
import { exportedCallers, type Entry } from './export-callers.ts';
import { ExportedValues } from './export-values.ts';
import { LeftOut } from './left-out.ts';
import { NAME_CHARS_MAX } from './reading.ts';
import { unique } from './unique.ts';

type Named = Record<string, unknown>;

/** What is served of a workspace, as a gatehouse.yaml; an apply of it changes nothing. */
export interface ExportedConfig {
  /** Secrets stand as `${NAME}`. */
  readonly source: Data;
  /** File → text. */
  readonly documents: Readonly<Record<string, string>>;
  /** What a gatehouse.yaml has no words for, and is left out. */
  readonly left: readonly string[];
  /** Apis that the gate serves out of the file that it was started with. */
  readonly ofFile: readonly string[];
}

const MANY = 1_000_000;
const SERVED: ReadonlySet<string> = new Set(['published', 'deprecated', 'suspended']);
/** Callers reach those, too, and no file makes them. */
const UNSAID: ReadonlySet<string> = new Set(['preview', 'retired']);
const OPEN: ReadonlySet<string> = new Set(['published', 'deprecated']);

export async function exportConfig(ctx: ServiceContext): Promise<ExportedConfig> {
  requireRight(ctx, PLAN_PERMISSION);
  const ofFile = [...(await ctx.gate.apisOfFile())];
  const exported = await ctx.database.read(async (sql) => new Exporter(ctx.workspace, sql).export());
  return { ...exported, ofFile };
}

class Exporter {
  readonly #workspace: string;
  readonly #sql: Statements;
  readonly #values = new ExportedValues();
  readonly #left = new LeftOut();
  readonly #documents: Record<string, string> = {};

  constructor(workspace: string, sql: Statements) {
    this.#workspace = workspace;
    this.#sql = sql;
  }

  async export(): Promise<Omit<ExportedConfig, 'ofFile'>> {
    const upstreams = await this.#specs('upstream', 'upstreams');
    const { apis, entries } = await this.#apis();
    const plans = await this.#all('plan');
    const { applications, access, impliedPlans } = exportedCallers({
      applications: await this.#all('application'),
      credentials: await this.#all('credential'),
      subscriptions: await this.#all('subscription'),
      plans,
      teams: new Map((await this.#all('team')).map(({ id, name }) => [id, name])),
      entries,
      values: this.#values,
      left: this.#left,
    });
    const sections = {
      upstreams,
      apis,
      plans: this.#plans(plans, { entries, implied: impliedPlans }),
      applications,
      ai: await this.#ai(access),
    };
    for (const { name } of await this.#all('certificate')) this.#left.leave(`the certificate ${name}`);
    for (const { name } of await this.#all('policy')) this.#left.leave(`the shared policy ${name}`);
    for (const kind of ['alert', 'contact', 'silence', 'objective', 'digest'])
      for (const { name } of await this.#all(kind)) this.#left.leave(`the ${kind} ${name}`);
    return {
      source: { gatehouse: 1, ...withoutEmpty(sections) },
      documents: this.#documents,
      left: this.#left.lines,
    };
  }

  async #all(kind: string): Promise<readonly Entity[]> {
    return listEntities(this.#sql, { workspace: this.#workspace, kind, limit: MANY });
  }

  async #specs(kind: string, at: string): Promise<Named> {
    const all = await this.#all(kind);
    for (const entity of all) this.#left.unsaid(entity, `the ${kind} ${entity.name}`);
    return Object.fromEntries(
      all.map(({ name, data }) => [name, this.#values.of(data['spec'] ?? {}, `${at}.${name}`)]),
    );
  }

  async #ai(access: readonly unknown[]): Promise<Data> {
    const { ai: settings } = await this.#specs('setting', '');
    const ai = withoutEmpty({
      ...dataOf(settings),
      providers: await this.#specs('provider', 'ai.providers'),
      models: await this.#specs('model', 'ai.models'),
      guards: await this.#specs('guard', 'ai.guards'),
      prompts: await this.#specs('prompt', 'ai.prompts'),
      budgets: Object.values(await this.#specs('budget', 'ai.budgets')),
    });
    // A file without the list lets everybody call all models, which the store never does.
    return access.length === 0 && isEmpty(ai) ? {} : { ...ai, access };
  }

  /** `entries`: what the file calls versions, by the names of apis. */
  async #apis(): Promise<{ readonly apis: Named; readonly entries: ReadonlyMap<string, readonly Entry[]> }> {
    const byApi = Map.groupBy(await this.#all('version'), ({ parent }) => parent);
    const served: ServedApi[] = [];
    for (const api of await this.#all('api')) {
      const all = byApi.get(api.id) ?? [];
      const versions = all.filter(({ state, data }) => SERVED.has(state) && data['deployed'] !== undefined);
      if (versions.length === 0) this.#left.leave(`the api ${api.name}, of which nothing is served`);
      else served.push({ api, versions });
      for (const { name, state } of all) {
        if (UNSAID.has(state)) this.#left.leave(`the version ${name} of the api ${api.name}, which is ${state}`);
      }
    }
    const entries = entriesOf(served);
    const apis: Named = {};
    for (const { api, versions } of served.toSorted((a, b) => (firstOf(a) < firstOf(b) ? -1 : 1))) {
      for (const [index, version] of versions.entries()) {
        const { entry = api.name } = entries.get(api.name)?.[index] ?? {};
        apis[entry] = await this.#version(entry, { api: api.name, version });
      }
      const [said] = versions.map(({ data }) => dataOf(data['spec'])['title']);
      this.#left.unsaid(api, `the api ${api.name}`, api.data['title'] === said ? [] : ['title']);
    }
    return { apis, entries };
  }

  /** As it is served, which is its last revision and not what is being written. */
  async #version(
    entry: string,
    { api, version }: { readonly api: string; readonly version: Entity },
  ): Promise<unknown> {
    const query = { workspace: this.#workspace, kind: 'revision', parent: version.id, state: 'deployed', limit: 1 };
    const [revision] = await listEntities(this.#sql, query);
    const { document, spec } = revision?.data ?? version.data;
    const what = `the version ${version.name} of the api ${api}`;
    this.#left.unsaid(version, what);
    if (version.state === 'suspended') this.#left.leave(`that ${what} is suspended`);
    if (version.data['lifecycle'] !== undefined) this.#left.leave(`the end that was announced of ${what}`);
    const canary = await listEntities(this.#sql, { ...query, kind: 'deployment', state: 'rolling' });
    if (canary.length > 0) this.#left.leave(`that a share of the calls of ${what} goes to another revision`);
    const file = `./${entry}.openapi.yaml`;
    if (typeof document === 'string') this.#documents[file] = document;
    return {
      ...(entry !== api && { product: api }),
      version: version.name,
      ...dataOf(this.#values.of(spec ?? {}, `apis.${entry}`)),
      ...(typeof document === 'string' && { openapi: file }),
    };
  }

  #plans(
    all: readonly Entity[],
    {
      entries,
      implied,
    }: { readonly entries: ReadonlyMap<string, readonly Entry[]>; readonly implied: ReadonlySet<string> },
  ): Named {
    const plans: Named = {};
    for (const plan of all) {
      const { name, state, data } = plan;
      if (!OPEN.has(state)) continue;
      this.#left.unsaid(plan, `the plan ${name}`);
      if (implied.has(name)) continue;
      const { apis, spec, access, approval } = data;
      plans[name] = {
        apis: listOf(apis).flatMap((api) => entries.get(String(api))?.map(({ entry }) => entry) ?? [api]),
        ...(approval !== undefined && { approval }),
        ...dataOf(this.#values.of(spec, `plans.${name}`)),
        ...(access !== undefined && { ai: this.#values.of(access, `plans.${name}.ai`) }),
      };
    }
    return plans;
  }
}

interface ServedApi {
  readonly api: Entity;
  readonly versions: readonly Entity[];
}

const firstOf = ({ versions: [first] }: ServedApi): string => first?.id ?? '';

/** An api with one version is called like it, whatever others are called. */
function entriesOf(served: readonly ServedApi[]): ReadonlyMap<string, readonly Entry[]> {
  const alone = served.filter(({ versions }) => versions.length === 1);
  const used = new Set(alone.map(({ api }) => api.name));
  return new Map(
    served.map(({ api: { name }, versions }) => [
      name,
      versions.map(({ name: version }) => ({
        entry: versions.length === 1 ? name : unique(`${name}-${version}`, { used, charsMax: NAME_CHARS_MAX }),
        version,
      })),
    ]),
  );
}

function isEmpty(value: unknown): boolean {
  return Object.keys(Object(value)).length === 0;
}

function withoutEmpty(members: Data): Data {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)));
}
