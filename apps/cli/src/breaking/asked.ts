import {
  parseOverrides,
  STABILITIES,
  WrongOverrides,
  type Breaking,
  type BreakingOptions,
  type Overrides,
} from '@gatehouse/governance';
import { CommandFailure } from '../failure.ts';
import type { BreakingFlags } from './define-breaking.ts';
import { readSpec } from './read-spec.ts';

const FAIL_ON = ['error', 'warning', 'info', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** What the flags ask for. */
export interface Asked {
  readonly options: BreakingOptions;
  readonly failOn: FailOn;
}

export function askedOf(flags: BreakingFlags, now: number): Asked {
  const failOn = oneOf(FAIL_ON, '--fail-on', flags.failOn);
  const stability = oneOf(STABILITIES, '--stability', flags.stability);
  const overrides = flags.overrides === undefined ? {} : { overrides: overridesIn(flags.overrides) };
  return { options: { now, stability, ...overrides }, failOn };
}

function oneOf<T extends string>(choices: readonly T[], name: string, written: string): T {
  const choice = choices.find((other) => other === written);
  if (choice === undefined) throw new CommandFailure(`${name} ${written}: write one of ${choices.join(', ')}`);
  return choice;
}

function overridesIn(file: string): Overrides {
  try {
    return parseOverrides(readSpec(file).root);
  } catch (error) {
    if (error instanceof WrongOverrides) throw new CommandFailure(`${file}: ${error.message}`);
    throw error;
  }
}

/** Whether something was found at the level or above it. */
export function reaches({ verdict, changes }: Breaking, failOn: FailOn): boolean {
  if (failOn === 'never') return false;
  if (failOn === 'info') return changes.length > 0;
  return verdict === 'breaking' || (failOn === 'warning' && verdict === 'warning');
}
