import type { BudgetSpec } from '@gatehouse/config';
import type { BudgetEntry } from '@gatehouse/counters';
import { hash64 } from '@gatehouse/kernel';
import type { Principal } from '@gatehouse/policies';

/** A budget that a call is charged to. */
export interface ChargedBudget extends BudgetEntry {
  /** As callers read it: `application`, `team`… */
  readonly of: BudgetSpec['of'];
  readonly per: BudgetSpec['per'];
}

export interface ChargedTo {
  readonly principal: Principal | undefined;
  /** As the caller named it. */
  readonly model: string;
  readonly provider: string;
}

/** The budgets of one snapshot. What they have spent is kept under names that outlive it, whatever its limits. */
export class AiBudgets {
  readonly #specs: readonly BudgetSpec[];

  constructor(specs: readonly BudgetSpec[]) {
    this.#specs = specs;
  }

  get none(): boolean {
    return this.#specs.length === 0;
  }

  /** All that this call is charged to, in the order of the configuration. */
  of(call: ChargedTo): ChargedBudget[] {
    return this.#specs.flatMap((spec) => {
      const holder = holderOf(spec, call);
      if (holder === undefined || (spec.name !== undefined && spec.name !== holder)) return [];
      if (spec.plan !== undefined && call.principal?.modelPlans?.includes(spec.plan) !== true) return [];
      const { of, per, limitMicroUsd: limitMicros, hard } = spec;
      const key = hash64(`budget\n${of}\n${holder}\n${per}`);
      return [{ of, per, key, budget: { limitMicros, per, warning: !hard } }];
    });
  }
}

function holderOf({ of }: BudgetSpec, { principal, model, provider }: ChargedTo): string | undefined {
  const holders: Readonly<Record<BudgetSpec['of'], string | undefined>> = {
    application: principal?.application,
    credential: principal && `${principal.application}/${principal.credential}`,
    team: principal?.team,
    model,
    provider,
    all: '',
  };
  return holders[of];
}
