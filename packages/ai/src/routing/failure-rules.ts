import type { CircuitRule } from './circuit.ts';
import type { FailureCause } from './failure-cause.ts';

/** Where a call may go on to after a failure that its caller has seen nothing of. */
export type NextStop =
  /** Nowhere: the same would happen everywhere. */
  | 'nowhere'
  /** To models that take a longer prompt. */
  | 'larger-context'
  /** To another key of the same target, then to other targets. */
  | 'other-keys'
  | 'other-targets';

export interface FailureRule {
  /** Who has to rest: nobody, for the call itself was at fault; the key with all its models; or the key for this model. */
  readonly concerns: 'call' | 'key' | 'key-and-model';
  readonly circuit: CircuitRule;
  readonly next: NextStop;
  /** May the same call be made there again a little later? */
  readonly again: boolean;
}

const NEVER: CircuitRule = { threshold: Infinity, firstMs: 0, capMs: 0, shared: false };
/** One failure may be chance, and many one worker's own. */
const WEATHER: CircuitRule = { threshold: 3, firstMs: 1000, capMs: 60_000, shared: false };
const LIMITED: CircuitRule = { threshold: 1, firstMs: 5000, capMs: 60_000, shared: true };
/** These do not heal by waiting: somebody has to act. */
const BROKEN: CircuitRule = { threshold: 1, firstMs: 60_000, capMs: 15 * 60_000, shared: true };

const callersFault: FailureRule = { concerns: 'call', circuit: NEVER, next: 'nowhere', again: false };
const keysFault: FailureRule = { concerns: 'key', circuit: BROKEN, next: 'other-keys', again: false };
const weather: FailureRule = { concerns: 'key-and-model', circuit: WEATHER, next: 'other-targets', again: true };

export const FAILURE_RULES: Readonly<Record<FailureCause, FailureRule>> = {
  invalid_request: callersFault,
  content_blocked: callersFault,
  conflict: callersFault,
  too_large: callersFault,
  context_length: { ...callersFault, next: 'larger-context' },
  authentication: keysFault,
  billing: keysFault,
  permission: { ...keysFault, concerns: 'key-and-model' },
  not_found: { ...keysFault, concerns: 'key-and-model', next: 'other-targets' },
  rate_limited: { concerns: 'key-and-model', circuit: LIMITED, next: 'other-keys', again: true },
  upstream: weather,
  overloaded: weather,
  connect: weather,
  // Our own bound, of which the provider knows nothing.
  crowded: { concerns: 'call', circuit: NEVER, next: 'other-targets', again: true },
  truncated: weather,
  // It may still be at work on the first call, and has cost the caller a whole time limit already.
  timeout: { ...weather, again: false },
};
