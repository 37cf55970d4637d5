import { createHash } from 'node:crypto';
import { eachEntity, type Entity, type Statements } from '@gatehouse/store';
import { canariesOf, type Canary } from './canaries.ts';
import { environmentsOf, nothingElse, stagedOf, type Environment, type Staged } from './environments.ts';
import type { Cipher } from '../cipher.ts';
import { opened } from '../entities/sealed.ts';
import type { Gate, GateConfig } from './gate.ts';
import { renamed, type Rename } from './references.ts';
import { dataOf, listOf, type Data } from '../json-data.ts';

type Named = Record<string, unknown>;

/** In which a version answers callers, if only to say that it is gone. */
const SERVED: ReadonlySet<string> = new Set(['published', 'deprecated', 'preview', 'suspended', 'retired']);
const GRANTED: ReadonlySet<string> = new Set(['published', 'deprecated']);
export const DEFAULT_WORKSPACE = 'default';

const PARTS = [
  'upstream',
  'provider',
  'model',
  'budget',
  'guard',
  'prompt',
  'policy',
  'setting',
  'certificate',
] as const;
/** Of what gates serve, but for who calls; a version changes with every revision that is deployed of it. */
const COMPOSED = [...PARTS, 'api', 'version', 'deployment', 'plan', 'workspace'] as const;

/** Another text whenever anything has changed that gates serve, but for who calls. */
export async function composedState(sql: Statements): Promise<string> {
  const hash = createHash('sha256');
  for (const kind of COMPOSED) {
    for await (const { workspace, id, revision } of eachEntity(sql, kind))
      hash.update(JSON.stringify([workspace, id, revision]));
  }
  return hash.digest('hex');
}

export interface ComposeInputs {
  readonly cipher: Cipher;
  readonly gate: Pick<Gate, 'apisOfOthers'>;
}

/** What gates serve of the store, but for who calls, as the text of one gatehouse.yaml. */
export async function composeConfig(sql: Statements, { cipher, gate }: ComposeInputs): Promise<GateConfig> {
  const names = { workspaces: await workspaceNames(sql), ofOthers: await gate.apisOfOthers() };
  const composer = new Composer(cipher, names);
  for (const kind of PARTS) {
    for await (const entity of eachEntity(sql, kind)) composer.part(entity);
  }
  for await (const api of eachEntity(sql, 'api')) composer.api(api);
  const revisions = await deployedRevisions(sql);
  composer.canaries = await canariesOf(sql);
  for await (const version of eachEntity(sql, 'version')) composer.version(version, revisions);
  for await (const workspace of eachEntity(sql, 'workspace')) composer.workspace(workspace);
  for (const staged of await stagedOf(sql)) composer.staged(staged);
  for await (const plan of eachEntity(sql, 'plan')) composer.plan(plan);
  return composer.config();
}

export async function workspaceNames(sql: Statements): Promise<ReadonlyMap<string, string>> {
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

/** Names of the default workspace stand as they are; those of others behind the workspace's. */
export function nameAtGates(workspace: string, name: string): string {
  return workspace === DEFAULT_WORKSPACE ? name : `${workspace}.${name}`;
}

/** A version, as gates and so records call it. */
export function versionAtGates(workspace: string, api: string, version: string): string {
  return nameAtGates(workspace, `${api}-${version}`);
}

interface Names {
  readonly workspaces: ReadonlyMap<string, string>;
  readonly ofOthers: ReadonlySet<string>;
}

class Composer {
  readonly #cipher: Cipher;
  readonly #workspaces: ReadonlyMap<string, string>;
  readonly #ofOthers: ReadonlySet<string>;
  readonly #source: Record<'upstreams' | 'apis' | 'plans', Named> = { upstreams: {}, apis: {}, plans: {} };
  readonly #ai: Record<'providers' | 'models' | 'guards' | 'prompts', Named> & {
    budgets: unknown[];
  } = { providers: {}, models: {}, guards: {}, prompts: {}, budgets: [] };
  readonly #documents: Record<string, string> = {};
  /** `model acme.fast`: what there is at gates. */
  readonly #known = new Set<string>();
  /** For several apis, in the order in which they were made. */
  readonly #shared: { readonly entity: Entity; readonly value: Data }[] = [];
  readonly #certificates: Data[] = [];
  /** Of all model calls. */
  #settings: Data = {};
  #grantsModels = false;
  /** By the version that they are of. */
  canaries: ReadonlyMap<string, Canary> = new Map();
  readonly #environments = new Map<string, Environment>();
  readonly #apiNames = new Map<string, string>();
  readonly #served = new Map<string, ServedVersion[]>();

  constructor(cipher: Cipher, { workspaces, ofOthers }: Names) {
    this.#cipher = cipher;
    this.#workspaces = workspaces;
    this.#ofOthers = ofOthers;
  }

  /** The versions that callers can reach under the name of an api. */
  #servedAs(workspace: string, api: string): readonly ServedVersion[] {
    const own = this.#served.get(`${workspace} ${api}`);
    if (own !== undefined) return own;
    const isDefault = this.#workspaceName(workspace) === DEFAULT_WORKSPACE;
    return isDefault && this.#ofOthers.has(api) ? [{ entry: api, api, name: '' }] : [];
  }

  #named(workspace: string, name: string): string {
    return nameAtGates(this.#workspaceName(workspace), name);
  }

  #workspaceName(id: string): string {
    return this.#workspaces.get(id) ?? id;
  }

  #spec({ data, id }: Entity): Data {
    // A revision has what was sealed for its version.
    const { sealedFor = id } = data;
    const spec = opened({ spec: data['spec'] }, this.#cipher, String(sealedFor));
    return dataOf(dataOf(spec)['spec']);
  }

  part(entity: Entity): void {
    const { workspace, kind } = entity;
    if (kind === 'certificate') return this.#certificate(entity);
    const name = this.#named(workspace, entity.name);
    this.#known.add(`${kind} ${name}`);
    const value = this.#scoped(entity, this.#spec(entity));
    if (entity.kind === 'upstream') this.#source.upstreams[name] = value;
    else if (entity.kind === 'provider') this.#ai.providers[name] = value;
    else if (entity.kind === 'model') put(this.#ai.models, name, value);
    else if (entity.kind === 'guard') this.#ai.guards[name] = value;
    else if (entity.kind === 'prompt') this.#ai.prompts[name] = value;
    else if (entity.kind === 'budget') this.#ai.budgets.push(value);
    else if (entity.kind === 'setting') this.#settings = value;
    else if (entity.kind === 'policy' && entity.data['disabled'] !== true) this.#shared.push({ entity, value });
  }

  #certificate({ data, id }: Entity): void {
    const { cert, key, hosts } = dataOf(opened(data, this.#cipher, id));
    this.#certificates.push({ cert, key, ...(hosts !== undefined && { hosts }) });
  }

  /** Names of the workspace's own; others are of the file, or of nobody. Models come behind providers, and so on. */
  #renameIn(workspace: string): Rename {
    return (kind, name) => {
      const own = this.#named(workspace, name);
      if (kind === 'upstream') return name.includes('://') ? name : own;
      return kind === 'application' || this.#known.has(`${kind} ${own}`) ? own : name;
    };
  }

  #isTenant(workspace: string): boolean {
    return (this.#workspaces.get(workspace) ?? workspace) !== DEFAULT_WORKSPACE;
  }

  /** What a tenant says of all models, it says of its own. */
  #ownModels(workspace: string): readonly string[] {
    const prefix = this.#named(workspace, '');
    return Object.keys(this.#ai.models).filter((name) => name.startsWith(prefix));
  }

  /** What holds for calls holds for those of its tenant, and of nobody else. */
  #scoped({ kind, workspace }: Entity, spec: Data): Data {
    if (!this.#isTenant(workspace)) return renamed(kind, spec, this.#renameIn(workspace));
    if (kind !== 'guard' && kind !== 'budget') return renamed(kind, spec, this.#renameIn(workspace));
    const own = renamed(kind, spec, (_, name) => this.#named(workspace, name));
    const isForAll = kind === 'guard' && spec['models'] === undefined && spec['applications'] === undefined;
    return isForAll ? { ...own, models: this.#ownModels(workspace) } : own;
  }

  #access(workspace: string, access: Data): Data {
    const own = renamed('access', access, this.#renameIn(workspace));
    if (!this.#isTenant(workspace)) return own;
    const models = listOf(own['models']).flatMap((name) =>
      name === '*' ? this.#ownModels(workspace) : [String(name)],
    );
    return { ...own, models };
  }

  api({ id, name }: Entity): void {
    this.#apiNames.set(id, name);
  }

  /** Its environments, in which nothing is to be had but what is deployed there. */
  workspace(workspace: Entity): void {
    const { id, name } = workspace;
    for (const environment of environmentsOf(workspace)) {
      this.#environments.set(`${id} ${environment.name}`, environment);
      this.#source.apis[`${nameAtGates(name, 'nothing-else')}--${environment.name}`] = nothingElse(environment);
    }
  }

  version(version: Entity, revisions: ReadonlyMap<string, Entity>): void {
    const revision = revisions.get(textOf(version.data['deployed']));
    if (revision === undefined || !SERVED.has(version.state)) return;
    this.#serve(version, revision, undefined);
  }

  staged({ environment: name, version, revision }: Staged): void {
    const environment = this.#environments.get(`${version.workspace} ${name}`);
    const isServed = SERVED.has(version.state) || version.state === 'approved';
    if (environment !== undefined && isServed) this.#serve(version, revision, environment);
  }

  #serve(version: Entity, revision: Entity, environment: Environment | undefined): void {
    const api = this.#apiNames.get(version.parent) ?? version.parent;
    const suffix = environment === undefined ? '' : `--${environment.name}`;
    const entry = versionAtGates(this.#workspaceName(version.workspace), api, `${version.name}${suffix}`);
    const own = this.#renameIn(version.workspace);
    const { upstreams = {}, hosts } = environment ?? {};
    const spec = renamed('version', this.#spec(revision), (kind, name) =>
      own(kind, kind === 'upstream' && Object.hasOwn(upstreams, name) ? (upstreams[name] ?? name) : name),
    );
    const document = revision.data['document'];
    const file = `store/${revision.id}.yaml`;
    if (typeof document === 'string') this.#documents[file] = document;
    this.#source.apis[entry] = {
      product: this.#named(version.workspace, api),
      version: version.name,
      ...spec,
      ...(hosts !== undefined && { hosts }),
      ...(typeof document === 'string' && { openapi: file }),
      policies: [
        ...statePolicies(version),
        ...(environment === undefined ? this.#canary(version) : []),
        ...this.#sharedBy(version.workspace, api),
        ...listOf(spec['policies']),
      ],
    };
    const key = `${version.workspace} ${api}`;
    this.#served.set(key, [...(this.#served.get(key) ?? []), { entry, api, name: version.name }]);
  }

  #sharedBy(workspace: string, api: string): readonly Data[] {
    return this.#shared
      .filter(({ entity }) => entity.workspace === workspace)
      .filter(({ entity: { data } }) => data['apis'] === undefined || listOf(data['apis']).includes(api))
      .map(({ value }) => value);
  }

  /** A share of the calls goes where the next revision would send them. */
  #canary({ id, workspace }: Entity): readonly Data[] {
    const canary = this.canaries.get(id);
    if (canary === undefined) return [];
    const upstream = textOf(this.#spec(canary.revision)['upstream']);
    const weight = `${canary.weight}%`;
    return [
      { canary: { upstream: this.#renameIn(workspace)('upstream', upstream), weight, sticky: { by: 'application' } } },
    ];
  }

  plan(plan: Entity): void {
    if (!GRANTED.has(plan.state)) return;
    const { access } = plan.data;
    const apis = listOf(plan.data['apis']).flatMap((api) => this.#servedAs(plan.workspace, String(api)));
    this.#source.plans[this.#named(plan.workspace, plan.name)] = {
      ...this.#spec(plan),
      apis: apis.map(({ entry }) => entry),
      ...(access !== undefined && { ai: this.#access(plan.workspace, dataOf(access)) }),
    };
    if (access !== undefined) this.#grantsModels = true;
  }

  config(): GateConfig {
    const { providers, ...rest } = this.#ai;
    const hasAi = this.#grantsModels || Object.keys(providers).length > 0;
    // Nobody may call any model but under a plan that says so.
    const ai = hasAi ? { ...this.#settings, providers, access: [], ...rest } : undefined;
    const gateway = this.#certificates.length > 0 && { gateway: { tls: { certificates: this.#certificates } } };
    const source = { gatehouse: 1, ...gateway, ...this.#source, ...(ai !== undefined && { ai }) };
    return { text: JSON.stringify(source), documents: this.#documents };
  }
}

/** Models may be called anything, `__proto__` too. */
function put(record: Named, name: string, value: unknown): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

/** What the state of a version does to its callers. */
function statePolicies({ state, data }: Entity): readonly Data[] {
  if (state === 'suspended') return [{ maintenance: {} }];
  const lifecycle = dataOf(data['lifecycle']);
  return Object.keys(lifecycle).length === 0 ? [] : [{ lifecycle }];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
