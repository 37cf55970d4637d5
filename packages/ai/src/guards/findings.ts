import type { GuardAction, GuardFinding, GuardSide } from './guard-spec.ts';

/** What a guard does about something. */
export interface Effect {
  readonly guard: string;
  readonly action: GuardAction;
  readonly shadow: boolean;
}

/** Counts what the guards of a call find. */
export class Findings {
  readonly #counts = new Map<string, GuardFinding>();

  add(effect: Effect, what: { readonly on: GuardSide; readonly kind: string; readonly count?: number }): void {
    const { guard, action, shadow } = effect;
    const { on, kind, count = 1 } = what;
    const key = `${on} ${kind} ${action} ${shadow} ${guard}`;
    const before = this.#counts.get(key)?.count ?? 0;
    this.#counts.set(key, { guard, on, kind, count: before + count, action, shadow });
  }

  /** In the order in which they were first found. */
  list(side?: GuardSide): readonly GuardFinding[] {
    const all = [...this.#counts.values()];
    return side === undefined ? all : all.filter(({ on }) => on === side);
  }
}

/** What all of them together do: the strictest that is not in shadow. */
export function strictest(effects: readonly Effect[]): GuardAction | undefined {
  let found: GuardAction | undefined;
  for (const { action, shadow } of effects) {
    if (shadow || found === 'block') continue;
    if (action === 'block' || found === undefined || found === 'flag') found = action;
  }
  return found;
}
