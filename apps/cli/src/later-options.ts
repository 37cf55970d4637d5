import { Option } from 'commander';
import { CommandFailure } from './failure.ts';

/*
 * Options that name what this version does not have yet. Their one value is what it does have, so that scripts may say
 * what they rely on; any other would be promised and not kept.
 */

interface LaterOption {
  readonly flag: string;
  readonly variable: string;
  readonly name: keyof LaterFlags;
  readonly placeholder: string;
  readonly only: string;
  /** What the value stands for. */
  readonly meaning: string;
}

export interface LaterFlags {
  readonly counters: string;
}

const later = (name: keyof LaterFlags, rest: Pick<LaterOption, 'placeholder' | 'only' | 'meaning'>): LaterOption => ({
  name,
  flag: `--${name}`,
  variable: `GATEHOUSE_${name.toUpperCase()}`,
  ...rest,
});

const EMBEDDED = { placeholder: 'url', only: 'embedded' };
const LATER: readonly LaterOption[] = [later('counters', { ...EMBEDDED, meaning: 'in memory that the workers share' })];

export const laterOptions = (): readonly Option[] =>
  LATER.map(({ flag, variable, placeholder, only, meaning }) =>
    new Option(`${flag} <${placeholder}>`, `nothing but "${only}" in this version: ${meaning}`)
      .env(variable)
      .default(only),
  );

/** Does not repeat the value, which may hold a password. */
export function requireNothingLater(flags: LaterFlags): void {
  for (const { name, flag, variable, only, meaning } of LATER) {
    const value = flags[name];
    if (value === only) continue;
    throw new CommandFailure(
      `${flag} (${variable}): ${whatOf(value)} is not available in this version; leave it out, or write "${only}" (${meaning})`,
    );
  }
}

function whatOf(value: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1];
  return scheme === undefined ? 'that value' : `${scheme}://`;
}
