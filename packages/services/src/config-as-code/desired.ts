import { parseSpec } from '@gatehouse/governance';
import { dataOf, type Data } from '../json-data.ts';
import { applications } from './desired-callers.ts';
import { nameOf, own, Reading, type Desired, type DesiredProblem } from './reading.ts';

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
    if (name === 'gatehouse') {
      if (value !== 1) reading.problem(name, 'this is no gatehouse.yaml of version 1');
      continue;
    }
    const section = own(SECTIONS, name);
    if (section === undefined)
      reading.problem(name, `\`${name}\` belongs to the machine, keep it in the file that it starts with`);
    else reading.sections.set(name, value);
  }
  for (const [name, read] of Object.entries(SECTIONS)) {
    if (reading.sections.has(name)) read(reading, reading.sections.get(name));
  }
  for (const { application, plan, at } of reading.modelRules) {
    const data = { plan };
    reading.add({ kind: 'subscription', parent: application, name: plan, data, at });
  }
  return { entities: reading.entities, problems: reading.problems };
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

function apis(reading: Reading, value: unknown): void {
  const products = new Map<string, string | undefined>();
  const versions: (() => void)[] = [];
  for (const [entry, api] of Object.entries(reading.members(value, 'apis'))) {
    const at = `apis.${entry}`;
    const { product, version: named, openapi, ...spec } = reading.members(api, at);
    const name = reading.text(product, `${at}.product`) ?? entry;
    const document = typeof openapi === 'string' ? own(reading.documents, openapi) : undefined;
    if (openapi !== undefined && document === undefined)
      reading.problem(`${at}.openapi`, `the document ${JSON.stringify(openapi)} was not sent along`);
    const version = reading.text(named, `${at}.version`) ?? versionOf(document);
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
    reading.add({ kind: 'budget', name: budgetName(reading, dataOf(spec)), data: { spec }, at });
  }
  for (const [index, rule] of reading.list(access, 'ai.access').entries())
    modelRule(reading, rule, `ai.access[${index}]`);
}

/** `application-mobile-month`, and `application-mobile-month-2` for another of that name. */
function budgetName(reading: Reading, { of, name, per }: Data): string {
  const parts = [of, name, per].filter((part) => typeof part === 'string').join('-');
  return reading.free('budget', nameOf(parts === '' ? 'budget' : parts));
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
    const products = reading.list(listed, `${at}.apis`).flatMap((api, index) => {
      const called = reading.text(api, `${at}.apis[${index}]`);
      return called === undefined ? [] : [reading.versions.get(called)?.api ?? called];
    });
    reading.add({ kind: 'plan', name, data: { apis: [...new Set(products)], spec, access, approval }, at });
  }
}
