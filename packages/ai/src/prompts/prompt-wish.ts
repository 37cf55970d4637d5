import type { CallFacts } from '../canonical/dialect.ts';
import { Untranslatable } from '../canonical/loss.ts';

/** How a prompt is to be run, which callers say beside its variables. */
export interface PromptWish {
  /** Undefined: the one that is live. */
  readonly version: string | undefined;
  readonly stream: boolean;
  readonly dryRun: boolean;
}

export const VERSION_HEADER = 'x-gatehouse-prompt-version';
/** A key may stand in the query of any AI path; it has been taken by now. */
const NAMES: ReadonlySet<string> = new Set(['version', 'stream', 'dry-run', 'key']);

/**
 * Reads `?version=`, `?stream=` and `?dry-run=`, else the headers that say the same of the first two. Throws `Untranslatable` for what it
 * does not know: a `dry-run` that is misspelt would be a call that costs money.
 */
export function readPromptWish(facts: { readonly query: string } & Pick<CallFacts, 'header'>): PromptWish {
  const given = new URLSearchParams(facts.query);
  for (const name of given.keys()) {
    if (!NAMES.has(name))
      throw new Untranslatable('The prompt knows version, stream and dry-run in its query.', 'query');
    if (given.getAll(name).length > 1) throw new Untranslatable(`'${name}' is in the query twice.`, name);
  }
  return {
    version: versionWished(given, facts),
    stream: flag(given, 'stream') ?? wantsEvents(facts.header('accept')),
    dryRun: flag(given, 'dry-run') ?? false,
  };
}

/** Undefined: the one that is live. */
export function versionWished(query: URLSearchParams, facts: Pick<CallFacts, 'header'>): string | undefined {
  return query.get('version') ?? facts.header(VERSION_HEADER);
}

function flag(given: URLSearchParams, name: string): boolean | undefined {
  const value = given.get(name);
  if (value === null) return undefined;
  if (value !== 'true' && value !== 'false') throw new Untranslatable(`'${name}' must be true or false.`, name);
  return value === 'true';
}

/** Who takes both gets the plain answer. */
function wantsEvents(accept = ''): boolean {
  const types = new Set(accept.split(',').map((one) => one.split(';', 1).join('').trim().toLowerCase()));
  return types.has('text/event-stream') && !types.has('application/json');
}
