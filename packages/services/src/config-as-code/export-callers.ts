import type { Entity } from '@gatehouse/store';
import { dataOf, listOf, type Data } from '../json-data.ts';
import { LIVE, termsOf } from '../moves/subscription-terms.ts';
import type { ExportedValues } from './export-values.ts';
import type { LeftOut } from './left-out.ts';
import { nameOf } from './reading.ts';

/** A version as a file calls it. */
export interface Entry {
  readonly entry: string;
  readonly version: string;
}

export interface CallersInputs {
  readonly applications: readonly Entity[];
  readonly credentials: readonly Entity[];
  readonly subscriptions: readonly Entity[];
  readonly plans: readonly Entity[];
  /** By their ids. */
  readonly teams: ReadonlyMap<string, string>;
  /** Of what is served, by the names of apis. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  readonly values: ExportedValues;
  readonly left: LeftOut;
}

export interface ExportedCallers {
  readonly applications: Data;
  readonly access: readonly unknown[];
  /** Plans that need not be said: they become again what they are by what they are for. */
  readonly impliedPlans: ReadonlySet<string>;
}

/** In which an application is not gone for good. */
const KEPT: ReadonlySet<string> = new Set(['active', 'suspended']);
const OPEN: ReadonlySet<string> = new Set(['published', 'deprecated']);
const CALLING: ReadonlySet<string> = new Set(['active', 'rotating']);

/** Who calls what, under which plan. */
export function exportedCallers(inputs: CallersInputs): ExportedCallers {
  const callers = new Callers(inputs);
  const applications: Record<string, unknown> = {};
  const access: unknown[] = [];
  for (const application of inputs.applications) {
    if (!KEPT.has(application.state)) continue;
    const rules = callers.rulesOf(application);
    access.push(...rules.map((plan) => callers.rule(application, plan)));
    applications[application.name] = callers.application(application, new Set(rules.map(({ name }) => name)));
  }
  return { applications, access, impliedPlans: callers.implied };
}

class Callers {
  readonly implied = new Set<string>();
  readonly #inputs: CallersInputs;
  /** Those that are open, by their names. */
  readonly #plans: ReadonlyMap<string, Entity>;
  readonly #keys: ReadonlyMap<string, readonly Entity[]>;
  /** Those that are not over, by their applications and by their plans. */
  readonly #subscriptions: ReadonlyMap<string, readonly Entity[]>;
  readonly #under: ReadonlyMap<string, readonly Entity[]>;

  constructor(inputs: CallersInputs) {
    this.#inputs = inputs;
    const open = inputs.plans.filter(({ state }) => OPEN.has(state));
    this.#plans = new Map(open.map((plan) => [plan.name, plan]));
    this.#keys = Map.groupBy(inputs.credentials, ({ parent }) => parent);
    const live = inputs.subscriptions.filter(({ state }) => LIVE.has(state));
    this.#subscriptions = Map.groupBy(live, ({ parent }) => parent);
    this.#under = Map.groupBy(live, (each) => termsOf(each).plan);
  }

  /** Plans that `ai.access` has made, and makes again under the same names: one after the other. */
  rulesOf({ id, name }: Entity): readonly Entity[] {
    const rules: Entity[] = [];
    for (;;) {
      const number = rules.length === 0 ? '' : `-${rules.length + 1}`;
      const plan = this.#plans.get(nameOf(`${name}-models${number}`));
      if (plan === undefined || rules.includes(plan) || !isRule(plan)) return rules;
      const [only, ...others] = this.#under.get(plan.name) ?? [];
      if (only?.parent !== id || only.state !== 'active' || others.length > 0 || termsOf(only).api !== '') return rules;
      rules.push(plan);
    }
  }

  rule({ name }: Entity, plan: Entity): unknown {
    this.implied.add(plan.name);
    return { application: name, ...dataOf(this.#inputs.values.of(plan.data['access'], `ai.access.${name}`)) };
  }

  /** `rules`: plans that are said elsewhere. */
  application({ id, name, state, ...entity }: Entity, rules: ReadonlySet<string>): unknown {
    const { teams, values, left } = this.#inputs;
    left.unsaid({ id, name, state, ...entity }, `the application ${name}`);
    if (state === 'suspended') left.leave(`that the application ${name} is suspended`);
    const { team } = entity.data;
    const subscriptions = (this.#subscriptions.get(id) ?? []).flatMap((each) => {
      const what = this.#calledOf(name, each);
      const isSaid = rules.has(termsOf(each).plan);
      const said = isSaid ? [] : this.#subscription(each, what);
      if (isSaid || said.length > 0) this.#leaveOf(each, what);
      return said;
    });
    return {
      ...(typeof team === 'string' && { team: values.of(teams.get(team) ?? team, `applications.${name}.team`) }),
      keys: (this.#keys.get(id) ?? []).filter((key) => CALLING.has(key.state)).map(keyOf),
      subscriptions,
    };
  }

  #calledOf(application: string, subscription: Entity): string {
    const { api, plan } = termsOf(subscription);
    return `the subscription of ${application} to ${api === '' ? `the models of ${plan}` : api}`;
  }

  #leaveOf(subscription: Entity, what: string): void {
    const { left } = this.#inputs;
    left.unsaid(subscription, what);
    for (const held of ['paused', 'stopped'] as const) {
      if (subscription.data[held] === true) left.leave(`that ${what} is ${held}`);
    }
  }

  #subscription(subscription: Entity, what: string): readonly Data[] {
    const { entries, left } = this.#inputs;
    const { api, plan: name } = termsOf(subscription);
    const plan = this.#plans.get(name);
    const { version } = subscription.data;
    const versions = entries.get(api) ?? [{ entry: api, version: undefined }];
    const kept = version === undefined ? versions : versions.filter((each) => each.version === version);
    const isOpen = plan !== undefined && listOf(plan.data['apis']).includes(api);
    if (subscription.state !== 'active' || !isOpen || kept.length === 0) {
      left.leave(subscription.state === 'active' ? what : `${what}, which is ${subscription.state}`);
      return [];
    }
    if (version !== undefined && versions.length === 1) left.leave(`that ${what} is kept to its version`);
    const isImplied = isUnlimited(plan, api);
    if (isImplied) this.implied.add(name);
    return kept.map(({ entry }) => ({ api: entry, ...(!isImplied && { plan: name }) }));
  }
}

/** What a subscription without a plan has become, and becomes again. */
function isUnlimited({ name, data: { apis, access, approval, spec } }: Entity, api: string): boolean {
  const [only, ...more] = listOf(apis);
  if (only !== api || more.length > 0 || access !== undefined || approval !== 'manual') return false;
  return name === nameOf(`${api}-unlimited`) && Object.keys(dataOf(spec)).length === 0;
}

/** What `ai.access` has become in the store, and becomes again. */
function isRule({ data: { apis, access, approval, spec } }: Entity): boolean {
  if (access === undefined || approval !== 'manual') return false;
  return listOf(apis).length === 0 && Object.keys(dataOf(spec)).length === 0;
}

function keyOf({ name, lookup, data }: Entity): Data {
  const { expiresAt, retiresAt } = data;
  const [expires] = [expiresAt, retiresAt].filter((at) => typeof at === 'string').toSorted();
  return { name, sha256: lookup, ...(expires !== undefined && { expires }) };
}
