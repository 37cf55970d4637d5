import { eachEntity, type Entity, type Statements } from '@gatehouse/store';
import type { Cipher } from '../cipher.ts';
import { opened } from '../entities/sealed.ts';
import type { Gate, GateConfig } from './gate.ts';

type Data = Readonly<Record<string, unknown>>;
type Named = Record<string, unknown>;

/** In which a version answers callers, if only to say that it is gone. */
const SERVED: ReadonlySet<string> = new Set(['published', 'deprecated', 'preview', 'suspended', 'retired']);
const GRANTED: ReadonlySet<string> = new Set(['published', 'deprecated']);
const LIVE_KEYS: ReadonlySet<string> = new Set(['active', 'rotating']);
export const DEFAULT_WORKSPACE = 'default';

export interface ComposeInputs {
  readonly cipher: Cipher;
  readonly gate: Pick<Gate, 'apisOfOthers'>;
}

/** All that gates serve of the store, as the text of one gatehouse.yaml. */
export async function composeConfig(sql: Statements, { cipher, gate }: ComposeInputs): Promise<GateConfig> {
  const names = { workspaces: await workspaceNames(sql), ofOthers: await gate.apisOfOthers() };
  const composer = new Composer(cipher, names);
  for (const kind of ['upstream', 'provider', 'model', 'budget', 'guard', 'prompt'] as const) {
    for await (const entity of eachEntity(sql, kind)) composer.part(entity);
  }
  for await (const api of eachEntity(sql, 'api')) composer.api(api);
  const revisions = await deployedRevisions(sql);
  for await (const version of eachEntity(sql, 'version')) composer.version(version, revisions);
  for await (const plan of eachEntity(sql, 'plan')) composer.plan(plan);
  for await (const application of eachEntity(sql, 'application')) composer.application(application);
  for await (const credential of eachEntity(sql, 'credential')) composer.credential(credential);
  for await (const subscription of eachEntity(sql, 'subscription')) composer.subscription(subscription);
  return composer.config();
}

async function workspaceNames(sql: Statements): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for await (const { id, name } of eachEntity(sql, 'workspace')) names.set(id, name);
  return names;
}

async function deployedRevisions(sql: Statements): Promise<ReadonlyMap<string, Entity>> {
  const found = new Map<string, Entity>();
  for await (const revision of eachEntity(sql, 'revision')) {
    if (revision.state === 'deployed') found.set(revision.id, revision);
  }
  return found;
}

interface ServedVersion {
  readonly entry: string;
  readonly api: string;
  readonly name: string;
}

interface ApplicationEntry {
  readonly team?: string;
  readonly keys: Named[];
  readonly subscriptions: Named[];
}

interface Names {
  readonly workspaces: ReadonlyMap<string, string>;
  readonly ofOthers: ReadonlySet<string>;
}

class Composer {
  readonly #cipher: Cipher;
  readonly #workspaces: ReadonlyMap<string, string>;
  readonly #ofOthers: ReadonlySet<string>;
  readonly #source: Record<'upstreams' | 'apis' | 'plans' | 'applications', Named> = {
    upstreams: {},
    apis: {},
    plans: {},
    applications: {},
  };
  readonly #ai: Record<'providers' | 'models' | 'guards' | 'prompts', Named> & {
    budgets: unknown[];
    access: unknown[];
  } = { providers: {}, models: {}, guards: {}, prompts: {}, budgets: [], access: [] };
  readonly #documents: Record<string, string> = {};
  readonly #apiNames = new Map<string, string>();
  readonly #served = new Map<string, ServedVersion[]>();
  readonly #plans = new Map<string, Entity>();
  readonly #applications = new Map<string, { readonly name: string; readonly entry: ApplicationEntry }>();

  constructor(cipher: Cipher, { workspaces, ofOthers }: Names) {
    this.#cipher = cipher;
    this.#workspaces = workspaces;
    this.#ofOthers = ofOthers;
  }

  /** The versions that callers can reach under the name of an api. */
  #servedAs(workspace: string, api: string): readonly ServedVersion[] {
    const own = this.#served.get(`${workspace} ${api}`);
    if (own !== undefined) return own;
    const isDefault = (this.#workspaces.get(workspace) ?? workspace) === DEFAULT_WORKSPACE;
    return isDefault && this.#ofOthers.has(api) ? [{ entry: api, api, name: '' }] : [];
  }

  /** Names of the default workspace stand as they are; those of others behind the workspace's. */
  #named(workspace: string, name: string): string {
    const of = this.#workspaces.get(workspace) ?? workspace;
    return of === DEFAULT_WORKSPACE ? name : `${of}.${name}`;
  }

  #spec({ data, id }: Entity): Data {
    // A revision has what was sealed for its version.
    const { sealedFor = id } = data;
    const spec = opened({ spec: data['spec'] }, this.#cipher, String(sealedFor));
    return dataOf(dataOf(spec)['spec']);
  }

  part(entity: Entity): void {
    const name = this.#named(entity.workspace, entity.name);
    const value = this.#spec(entity);
    if (entity.kind === 'upstream') this.#source.upstreams[name] = value;
    else if (entity.kind === 'provider') this.#ai.providers[name] = value;
    else if (entity.kind === 'model') this.#ai.models[name] = value;
    else if (entity.kind === 'guard') this.#ai.guards[name] = value;
    else if (entity.kind === 'prompt') this.#ai.prompts[name] = value;
    else if (entity.kind === 'budget') this.#ai.budgets.push(value);
  }

  api({ id, name }: Entity): void {
    this.#apiNames.set(id, name);
  }

  version(version: Entity, revisions: ReadonlyMap<string, Entity>): void {
    const revision = revisions.get(textOf(version.data['deployed']));
    if (revision === undefined || !SERVED.has(version.state)) return;
    const api = this.#apiNames.get(version.parent) ?? version.parent;
    const entry = this.#named(version.workspace, `${api}-${version.name}`);
    const spec = this.#spec(revision);
    const document = revision.data['document'];
    const file = `store/${revision.id}.yaml`;
    if (typeof document === 'string') this.#documents[file] = document;
    const upstream = spec['upstream'];
    this.#source.apis[entry] = {
      version: version.name,
      ...spec,
      ...(typeof upstream === 'string' && { upstream: this.#upstream(version.workspace, upstream) }),
      ...(typeof document === 'string' && { openapi: file }),
      policies: [...statePolicies(version), ...listOf(spec['policies'])],
    };
    const key = `${version.workspace} ${api}`;
    this.#served.set(key, [...(this.#served.get(key) ?? []), { entry, api, name: version.name }]);
  }

  #upstream(workspace: string, reference: string): string {
    return reference.includes('://') ? reference : this.#named(workspace, reference);
  }

  plan(plan: Entity): void {
    if (!GRANTED.has(plan.state)) return;
    const apis = listOf(plan.data['apis']).flatMap((api) => this.#servedAs(plan.workspace, String(api)));
    this.#plans.set(`${plan.workspace} ${plan.name}`, plan);
    this.#source.plans[this.#named(plan.workspace, plan.name)] = {
      ...this.#spec(plan),
      apis: apis.map(({ entry }) => entry),
    };
  }

  application(application: Entity): void {
    if (application.state !== 'active') return;
    const { id, workspace, data } = application;
    const team = data['team'];
    const entry = { ...(typeof team === 'string' && { team }), keys: [], subscriptions: [] };
    const name = this.#named(workspace, application.name);
    this.#source.applications[name] = entry;
    this.#applications.set(id, { name, entry });
  }

  credential({ parent, name, state, lookup, data }: Entity): void {
    const application = this.#applications.get(parent);
    if (application === undefined || lookup === undefined || !LIVE_KEYS.has(state)) return;
    const expires = [data['expiresAt'], data['retiresAt']].filter((at) => typeof at === 'string').toSorted()[0];
    application.entry.keys.push({ name, sha256: lookup, ...(expires !== undefined && { expires }) });
  }

  subscription({ workspace, parent, state, data }: Entity): void {
    const application = this.#applications.get(parent);
    const plan = this.#plans.get(`${workspace} ${textOf(data['plan'])}`);
    if (application === undefined || plan === undefined || state !== 'active') return;
    if (data['paused'] === true || data['stopped'] === true) return;
    const { entry, name } = application;
    const inPlan = listOf(plan.data['apis']).includes(data['api']);
    for (const version of inPlan ? this.#servedAs(workspace, textOf(data['api'])) : []) {
      if (typeof data['version'] === 'string' && data['version'] !== version.name) continue;
      entry.subscriptions.push({ api: version.entry, plan: this.#named(workspace, plan.name) });
    }
    const access = plan.data['access'];
    if (access !== undefined) this.#ai.access.push({ ...dataOf(access), application: name });
  }

  config(): GateConfig {
    const { providers, access, ...rest } = this.#ai;
    const ai = Object.keys(providers).length === 0 ? undefined : { providers, access, ...rest };
    const source = { gatehouse: 1, ...this.#source, ...(ai !== undefined && { ai }) };
    return { text: JSON.stringify(source), documents: this.#documents };
  }
}

/** What the state of a version does to its callers. */
function statePolicies({ state, data }: Entity): readonly Data[] {
  if (state === 'suspended') return [{ maintenance: {} }];
  const lifecycle = dataOf(data['lifecycle']);
  return Object.keys(lifecycle).length === 0 ? [] : [{ lifecycle }];
}

function dataOf(value: unknown): Data {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
