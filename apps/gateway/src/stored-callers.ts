import type { CredentialSpec, PlanSpec, SubscriptionSpec } from '@gatehouse/config';
import type { DirectoryReader, FoundCredential } from '@gatehouse/directory';
import type { CredentialsElsewhere, ElsewhereFound } from '@gatehouse/policies';

/** What the directory holds of an application, as JSON. */
export interface StoredApplication {
  readonly name: string;
  readonly team?: string;
  readonly subscriptions: readonly StoredSubscription[];
}

export interface StoredSubscription {
  /** What it is to: see `product` of a plan's grants. */
  readonly product: string;
  /** Kept to one version of it. */
  readonly version?: string;
  readonly plan: string;
}

/** Where the reader is, which is another one after the directory has outgrown its memory. */
export interface DirectoryPlace {
  reader: DirectoryReader;
}

type Shared = Omit<CredentialSpec, 'sha256' | 'name' | 'owner' | 'expiresMs'>;

const APPLICATIONS_MAX = 10_000;

/** Callers of the directory under the plans of one snapshot. */
export class StoredCallers implements CredentialsElsewhere {
  readonly #place: DirectoryPlace;
  readonly #plans: Readonly<Record<string, PlanSpec>>;
  /** By where their record is, which is another place after any change. */
  #applications = new Map<number, Shared>();
  #of: DirectoryReader | undefined;

  constructor(place: DirectoryPlace, plans: Readonly<Record<string, PlanSpec>>) {
    this.#place = place;
    this.#plans = plans;
  }

  get some(): boolean {
    return this.#place.reader.credentials > 0;
  }

  find(hash: Uint8Array): ElsewhereFound | undefined {
    const { reader } = this.#place;
    const found = reader.find(hash);
    if (found === undefined) return undefined;
    const { name, expiresMs } = found;
    const credential = { sha256: '', name, owner: undefined, expiresMs, ...this.#application(reader, found) };
    return { credential, holds: () => this.#place.reader === reader && reader.holds(found) };
  }

  #application(reader: DirectoryReader, found: FoundCredential): Shared {
    if (this.#of !== reader || this.#applications.size >= APPLICATIONS_MAX) this.#applications = new Map();
    this.#of = reader;
    const known = this.#applications.get(found.application);
    if (known !== undefined) return known;
    const made = this.#made(storedApplication(reader.applicationText(found)));
    this.#applications.set(found.application, made);
    return made;
  }

  #made({ name, team, subscriptions }: StoredApplication): Shared {
    const plans = subscriptions.flatMap((subscription) => {
      const plan = Object.hasOwn(this.#plans, subscription.plan) ? this.#plans[subscription.plan] : undefined;
      return plan === undefined ? [] : [{ subscription, plan }];
    });
    const specs = plans.flatMap(({ subscription, plan }) => granted(name, subscription, plan));
    const withModels = plans.flatMap(({ subscription, plan: { models } }) =>
      models === undefined ? [] : [{ plan: subscription.plan, ...models }],
    );
    const prompts = withModels.flatMap((models) => (models.prompts === undefined ? [] : [models.prompts]));
    return {
      application: name,
      team,
      subscriptions: Object.fromEntries(specs),
      models: withModels.length === 0 ? undefined : [...new Set(withModels.flatMap(({ models }) => models))],
      ...(prompts.length > 0 && { prompts: [...new Set(prompts.flat())] }),
      tokenLimits: withModels.flatMap(({ tokenLimits }) => tokenLimits),
      ...(withModels.length > 0 && { modelPlans: [...new Set(withModels.map(({ plan }) => plan))] }),
    };
  }
}

function granted(
  application: string,
  { product, version, plan }: StoredSubscription,
  { grants, limits, quota }: PlanSpec,
): readonly (readonly [string, SubscriptionSpec])[] {
  return grants
    .filter((grant) => grant.product === product && (version === undefined || grant.version === version))
    .map(({ api, operations }) => [
      api,
      { id: `${application}/${api}`, plan, limits, quota, ...(operations !== undefined && { operations }) },
    ]);
}

/** Written by this program's own control plane, in one version with what reads it. */
function storedApplication(text: string): StoredApplication {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(text) as StoredApplication;
}
