import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import { isSecretName, MASK, masked } from '../entities/sealed.ts';
import type { ServiceContext } from '../service-context.ts';
import { PLAN_PERMISSION, requireRight } from './config-verbs.ts';
import { dataOf, listOf, type Data } from '../json-data.ts';

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
  readonly #documents: Record<string, string> = {};
  readonly #left: string[] = [];

  constructor(workspace: string, sql: Statements) {
    this.#workspace = workspace;
    this.#sql = sql;
  }

  async export(): Promise<Omit<ExportedConfig, 'ofFile'>> {
    const upstreams = await this.#specs('upstream', 'upstreams');
    const { apis, entries } = await this.#apis();
    const names = new Set((await this.#all('application')).map(({ name }) => name));
    const { plans, ofModels } = await this.#plans(entries, names);
    const { applications, access } = await this.#applications(entries, ofModels);
    const { ai: settings } = await this.#specs('setting', '');
    for (const { name } of await this.#all('certificate'))
      this.#left.push(`the certificate ${name}: kept in the store`);
    for (const { name } of await this.#all('policy')) this.#left.push(`the shared policy ${name}: kept in the store`);
    const ai = {
      ...dataOf(settings),
      providers: await this.#specs('provider', 'ai.providers'),
      models: await this.#specs('model', 'ai.models'),
      guards: await this.#specs('guard', 'ai.guards'),
      prompts: await this.#specs('prompt', 'ai.prompts'),
      budgets: Object.values(await this.#specs('budget', 'ai.budgets')),
      access,
    };
    const isEmpty = (value: unknown): boolean => Object.keys(Object(value)).length === 0;
    const sections = { upstreams, apis, plans, applications, ai: withoutEmpty(ai, isEmpty) };
    return {
      source: { gatehouse: 1, ...withoutEmpty(sections, isEmpty) },
      documents: this.#documents,
      left: this.#left,
    };
  }

  async #all(kind: string): Promise<readonly Entity[]> {
    return listEntities(this.#sql, { workspace: this.#workspace, kind, limit: MANY });
  }

  async #specs(kind: string, at: string): Promise<Named> {
    const all = await this.#all(kind);
    return Object.fromEntries(
      all.map(({ name, data }) => [name, withVariables(masked(data['spec'] ?? {}), `${at}.${name}`)]),
    );
  }

  /** `entries`: the name of each version's entry, by api and version. */
  async #apis(): Promise<{ readonly apis: Named; readonly entries: ReadonlyMap<string, readonly Entry[]> }> {
    const names = new Map((await this.#all('api')).map(({ id, name }) => [id, name]));
    const served = (await this.#all('version')).filter(
      ({ state, data }) => SERVED.has(state) && data['deployed'] !== undefined,
    );
    const byApi = Map.groupBy(served, ({ parent }) => names.get(parent) ?? parent);
    const apis: Named = {};
    const entries = new Map<string, readonly Entry[]>();
    for (const [api, versions] of byApi) {
      const own = versions.map((version) => ({
        entry: versions.length === 1 ? api : `${api}-${version.name}`,
        version,
      }));
      entries.set(
        api,
        own.map(({ entry, version }) => ({ entry, version: version.name })),
      );
      for (const { entry, version } of own) apis[entry] = await this.#version(entry, { api, version });
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
    if (version.data['lifecycle'] !== undefined)
      this.#left.push(`the end that was announced of ${api} ${version.name}: it is kept in the store`);
    const file = `./${entry}.openapi.yaml`;
    if (typeof document === 'string') this.#documents[file] = document;
    const data = withVariables(masked(spec ?? {}), `apis.${entry}`);
    return {
      ...(entry !== api && { product: api }),
      version: version.name,
      ...dataOf(data),
      ...(typeof document === 'string' && { openapi: file }),
    };
  }

  async #plans(
    entries: ReadonlyMap<string, readonly Entry[]>,
    applicationNames: ReadonlySet<string>,
  ): Promise<{ readonly plans: Named; readonly ofModels: ReadonlyMap<string, unknown> }> {
    const plans: Named = {};
    const ofModels = new Map<string, unknown>();
    for (const { name, state, data } of await this.#all('plan')) {
      if (!OPEN.has(state)) continue;
      const { apis, spec, access, approval, process, terms } = data;
      if (isOfModels(name, data, applicationNames)) {
        ofModels.set(name, access);
        continue;
      }
      if (isUnlimited(name, data)) continue;
      for (const [what, value] of Object.entries({ process, terms })) {
        if (value !== undefined) this.#left.push(`the ${what} of the plan ${name}: kept in the store`);
      }
      const listed = listOf(apis).flatMap((api) => entries.get(String(api))?.map(({ entry }) => entry) ?? [api]);
      plans[name] = {
        apis: listed,
        ...(approval !== undefined && { approval }),
        ...dataOf(spec),
        ...(access !== undefined && { ai: access }),
      };
    }
    return { plans, ofModels };
  }

  async #applications(
    entries: ReadonlyMap<string, readonly Entry[]>,
    ofModels: ReadonlyMap<string, unknown>,
  ): Promise<{ readonly applications: Named; readonly access: readonly unknown[] }> {
    const teams = new Map((await this.#all('team')).map(({ id, name }) => [id, name]));
    const keys = Map.groupBy(await this.#all('credential'), ({ parent }) => parent);
    const subscriptions = Map.groupBy(await this.#all('subscription'), ({ parent }) => parent);
    const applications: Named = {};
    const access: unknown[] = [];
    for (const { id, name, state, data } of await this.#all('application')) {
      if (state !== 'active') continue;
      const { team } = data;
      const active = (subscriptions.get(id) ?? []).filter((each) => each.state === 'active');
      for (const { data: terms } of active) {
        const rule = ofModels.get(String(terms['plan']));
        if (rule !== undefined) access.push({ application: name, ...dataOf(rule) });
      }
      applications[name] = {
        ...(typeof team === 'string' && { team: teams.get(team) ?? team }),
        keys: (keys.get(id) ?? []).filter((key) => key.state === 'active' || key.state === 'rotating').map(keyOf),
        subscriptions: active
          .filter(({ data: terms }) => !ofModels.has(String(terms['plan'])))
          .flatMap(({ data: terms }) => subscriptionOf(terms, entries)),
      };
    }
    return { applications, access };
  }
}

interface Entry {
  readonly entry: string;
  readonly version: string;
}

/** What a subscription without a plan has become, and becomes again. */
function isUnlimited(name: string, { apis, access, approval, spec }: Data): boolean {
  const [api, ...more] = listOf(apis);
  if (more.length > 0 || access !== undefined || approval !== 'manual') return false;
  return name === `${String(api)}-unlimited` && Object.keys(dataOf(spec)).length === 0;
}

/** What `ai.access` has become in the store, and becomes again. */
function isOfModels(name: string, { apis, access, approval, spec }: Data, applications: ReadonlySet<string>): boolean {
  const [, application] = /^(.*)-models(?:-\d+)?$/.exec(name) ?? [];
  if (application === undefined || !applications.has(application) || access === undefined) return false;
  return listOf(apis).length === 0 && approval === 'manual' && Object.keys(dataOf(spec)).length === 0;
}

function keyOf({ name, lookup, data }: Entity): Data {
  const { expiresAt, retiresAt } = data;
  const [expires] = [expiresAt, retiresAt].filter((at) => typeof at === 'string').toSorted();
  return { name, sha256: lookup, ...(expires !== undefined && { expires }) };
}

function subscriptionOf({ api, plan, version }: Data, entries: ReadonlyMap<string, readonly Entry[]>): readonly Data[] {
  const known = entries.get(String(api));
  const under = plan === `${String(api)}-unlimited` ? {} : { plan };
  if (known === undefined) return [{ api, ...under }];
  const kept = version === undefined ? known.slice(0, 1) : known.filter((each) => each.version === version);
  return kept.map(({ entry }) => ({ api: entry, ...under }));
}

/** `***` of `ai.providers.openai.apiKey` → `${AI_PROVIDERS_OPENAI_API_KEY}` */
function withVariables(value: unknown, at: string, name = ''): unknown {
  if (value === MASK && isSecretName(name)) return `\${${variableOf(at)}}`;
  // Else it would be taken for a variable.
  if (typeof value === 'string') return value.replaceAll('${', '$${');
  if (Array.isArray(value)) return value.map((item, index) => withVariables(item, `${at}.${index}`, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withVariables(item, `${at}.${key}`, key)]),
  );
}

function variableOf(at: string): string {
  const words = at.replaceAll(/([a-z])([A-Z])/g, '$1_$2').replaceAll(/[^A-Za-z0-9]+/g, '_');
  return words
    .toUpperCase()
    .slice(-64)
    .replace(/^[^A-Z_]+/, '');
}

function withoutEmpty(members: Data, isEmpty: (value: unknown) => boolean): Data {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)));
}
