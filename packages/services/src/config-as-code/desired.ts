import { createHash } from 'node:crypto';
import { parseSpec } from '@gatehouse/governance';
import { dataOf, type Data } from '../json-data.ts';

/** What is to be there, as a file says it. */
export interface Desired {
  readonly kind: string;
  readonly name: string;
  /** The name of what it belongs to; undefined for what stands by itself. */
  readonly parent: string | undefined;
  /** Exactly what a gatehouse.yaml can say of it; what is undefined, it does not say. */
  readonly data: Data;
  /** Of a credential: the SHA-256 of its key. */
  readonly lookup?: string;
  /** Where the file says it: `apis.users`. */
  readonly at: string;
}

export interface DesiredProblem {
  readonly at: string;
  readonly message: string;
}

export interface ConfigDocuments {
  /** A gatehouse.yaml as JSON. */
  readonly source: unknown;
  /** What `openapi:` names → its text. */
  readonly documents: Readonly<Record<string, string>>;
}

/** The entities that a gatehouse.yaml stands for, parents first, and what of it the store cannot take. */
export function desiredEntities(config: ConfigDocuments): {
  readonly entities: readonly Desired[];
  readonly problems: readonly DesiredProblem[];
} {
  const reading = new Reading(config.documents);
  const sections = Object.entries(reading.members(config.source, ''));
  for (const [name, value] of sections) {
    if (name === 'gatehouse') continue;
    const section = SECTIONS[name];
    if (section === undefined)
      reading.problem(name, `\`${name}\` belongs to the machine, keep it in the file that it starts with`);
    else reading.sections.set(name, value);
  }
  for (const [name, read] of Object.entries(SECTIONS)) {
    if (reading.sections.has(name)) read(reading, reading.sections.get(name));
  }
  for (const { application, plan, at } of reading.modelRules) {
    const data = { api: '', plan };
    reading.add({ kind: 'subscription', parent: application, name: plan, data, at });
  }
  return { entities: reading.entities, problems: reading.problems };
}

class Reading {
  readonly entities: Desired[] = [];
  readonly problems: DesiredProblem[] = [];
  readonly sections = new Map<string, unknown>();
  /** What an api of the file is in the store: a version of a product. */
  readonly versions = new Map<string, { readonly api: string; readonly version: string }>();
  /** Whose subscriptions follow when all applications are there. */
  readonly modelRules: { readonly application: string; readonly plan: string; readonly at: string }[] = [];
  readonly documents: Readonly<Record<string, string>>;

  constructor(documents: Readonly<Record<string, string>>) {
    this.documents = documents;
  }

  problem(at: string, message: string): void {
    this.problems.push({ at, message });
  }

  add(entity: Omit<Desired, 'parent'> & { readonly parent?: string }): void {
    this.entities.push({ parent: undefined, ...entity });
  }

  members(value: unknown, at: string): Data {
    if (isData(value)) return value;
    if (value !== undefined && value !== null) this.problem(at, 'this is no map of names');
    return {};
  }

  list(value: unknown, at: string): readonly unknown[] {
    if (Array.isArray(value)) return value;
    if (value !== undefined) this.problem(at, 'this is no list');
    return [];
  }
}

/** In the order in which they are written: nothing comes before what it names. */
const SECTIONS: Readonly<Record<string, (reading: Reading, value: unknown) => void>> = {
  upstreams: (reading, value) => {
    for (const [name, spec] of Object.entries(reading.members(value, 'upstreams'))) {
      reading.add({ kind: 'upstream', name, data: { spec }, at: `upstreams.${name}` });
    }
  },
  apis,
  ai,
  plans,
  applications,
};

const SHA256 = /^[0-9a-f]{64}$/;

function apis(reading: Reading, value: unknown): void {
  const products = new Map<string, string | undefined>();
  const versions: (() => void)[] = [];
  for (const [entry, api] of Object.entries(reading.members(value, 'apis'))) {
    const at = `apis.${entry}`;
    const { product, version: named, openapi, ...spec } = reading.members(api, at);
    const name = typeof product === 'string' ? product : entry;
    const document = typeof openapi === 'string' ? own(reading.documents, openapi) : undefined;
    if (openapi !== undefined && document === undefined)
      reading.problem(`${at}.openapi`, `the document ${JSON.stringify(openapi)} was not sent along`);
    const version = typeof named === 'string' || typeof named === 'number' ? String(named) : versionOf(document);
    reading.versions.set(entry, { api: name, version });
    if (!products.has(name)) products.set(name, typeof spec['title'] === 'string' ? spec['title'] : undefined);
    versions.push(() => reading.add({ kind: 'version', parent: name, name: version, data: { spec, document }, at }));
  }
  for (const [name, title] of products) reading.add({ kind: 'api', name, data: { title }, at: `apis.${name}` });
  for (const add of versions) add();
}

/** That of its document, where nothing else is said. */
function versionOf(document: string | undefined): string {
  const fallback = '1.0.0';
  if (document === undefined) return fallback;
  try {
    const { info } = dataOf(parseSpec(document, 'document').root);
    const { version } = dataOf(info);
    return typeof version === 'string' && version !== '' ? version : fallback;
  } catch {
    // What is wrong with it is told where it is sealed.
    return fallback;
  }
}

const AI_KINDS: Readonly<Record<string, string>> = {
  providers: 'provider',
  models: 'model',
  guards: 'guard',
  prompts: 'prompt',
};

function ai(reading: Reading, value: unknown): void {
  const { access, budgets, ...rest } = reading.members(value, 'ai');
  const settings: Record<string, unknown> = {};
  for (const [section, part] of Object.entries(rest)) {
    const kind = own(AI_KINDS, section);
    if (kind === undefined) {
      settings[section] = part;
      continue;
    }
    for (const [name, spec] of Object.entries(reading.members(part, `ai.${section}`))) {
      reading.add({ kind, name, data: { spec }, at: `ai.${section}.${name}` });
    }
  }
  if (Object.keys(settings).length > 0)
    reading.add({ kind: 'setting', name: 'ai', data: { spec: settings }, at: 'ai' });
  for (const [index, spec] of reading.list(budgets, 'ai.budgets').entries()) {
    const at = `ai.budgets[${index}]`;
    reading.add({ kind: 'budget', name: budgetName(dataOf(spec)), data: { spec }, at });
  }
  for (const [index, rule] of reading.list(access, 'ai.access').entries())
    modelRule(reading, rule, `ai.access[${index}]`);
}

/** `application-mobile-month` */
function budgetName({ of, name, per }: Data): string {
  const parts = [of, name, per].filter((part) => typeof part === 'string').join('-');
  return nameOf(parts === '' ? 'budget' : parts);
}

/** Models that an application may call without a plan of its own are a plan that only it has. */
function modelRule(reading: Reading, rule: unknown, at: string): void {
  const { application, ...access } = reading.members(rule, at);
  if (typeof application !== 'string') return reading.problem(at, '`application` says whom the rule is for');
  const known = reading.modelRules.filter((each) => each.application === application).length;
  const plan = nameOf(`${application}-models${known === 0 ? '' : `-${known + 1}`}`);
  reading.add({ kind: 'plan', name: plan, data: { apis: [], spec: {}, access, approval: 'manual' }, at });
  reading.modelRules.push({ application, plan, at });
}

function plans(reading: Reading, value: unknown): void {
  for (const [name, plan] of Object.entries(reading.members(value, 'plans'))) {
    const at = `plans.${name}`;
    const { apis: listed, approval, ai: access, ...spec } = reading.members(plan, at);
    const products = reading
      .list(listed, `${at}.apis`)
      .map((api) => reading.versions.get(String(api))?.api ?? String(api));
    reading.add({ kind: 'plan', name, data: { apis: [...new Set(products)], spec, access, approval }, at });
  }
}

/** Ways to show who calls that are known to a gate's own file only. */
const NOT_STORED = ['basic', 'clients', 'certificates', 'signatures'] as const;

function applications(reading: Reading, value: unknown): void {
  for (const [name, application] of Object.entries(reading.members(value, 'applications'))) {
    const at = `applications.${name}`;
    const { team, keys, subscriptions, ...rest } = reading.members(application, at);
    for (const other of NOT_STORED) {
      if (Object.hasOwn(rest, other))
        reading.problem(
          `${at}.${other}`,
          'an application of the store has keys only, keep this in the file that the machine starts with',
        );
    }
    reading.add({ kind: 'application', name, data: { team }, at });
    for (const [index, key] of reading.list(keys, `${at}.keys`).entries())
      credential(reading, name, { key, at: `${at}.keys[${index}]` });
    for (const [index, one] of reading.list(subscriptions, `${at}.subscriptions`).entries()) {
      subscription(reading, name, { one, at: `${at}.subscriptions[${index}]` });
    }
  }
}

function credential(
  reading: Reading,
  parent: string,
  { key, at }: { readonly key: unknown; readonly at: string },
): void {
  const { name, secret, sha256, expires } = reading.members(key, at);
  const lookup =
    typeof sha256 === 'string' ? sha256.toLowerCase() : typeof secret === 'string' ? sha256Of(secret) : undefined;
  if (lookup === undefined || !SHA256.test(lookup) || secret === '***')
    return reading.problem(at, 'a key has a `secret`, or its `sha256`');
  const expiresAt = expires === undefined ? undefined : momentOf(expires);
  reading.add({ kind: 'credential', parent, name: String(name), data: { expiresAt }, lookup, at });
}

/** A day is its beginning. */
function momentOf(text: unknown): string {
  const ms = Date.parse(String(text));
  return Number.isNaN(ms) ? String(text) : new Date(ms).toISOString();
}

function sha256Of(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function subscription(
  reading: Reading,
  parent: string,
  { one, at }: { readonly one: unknown; readonly at: string },
): void {
  const { api, plan: named } = reading.members(one, at);
  const known = reading.versions.get(String(api));
  const product = known?.api ?? String(api);
  const plan = typeof named === 'string' ? named : unlimited(reading, { product, at });
  const isOneOfMany = [...reading.versions.values()].filter((each) => each.api === product).length > 1;
  const version = isOneOfMany ? known?.version : undefined;
  reading.add({ kind: 'subscription', parent, name: `${product}/${plan}`, data: { api: product, plan, version }, at });
}

/** Subscriptions of the store are under a plan: one that limits nothing stands for none. */
function unlimited(reading: Reading, { product, at }: { readonly product: string; readonly at: string }): string {
  const plan = nameOf(`${product}-unlimited`);
  if (!reading.entities.some(({ kind, name }) => kind === 'plan' && name === plan)) {
    reading.add({ kind: 'plan', name: plan, data: { apis: [product], spec: {}, approval: 'manual' }, at });
  }
  return plan;
}

function nameOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 64);
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
