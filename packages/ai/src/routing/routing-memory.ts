import { Recent } from '../catalogue/recent.ts';
import { Circuit } from './circuit.ts';
import { FirstTokenEstimate } from './first-token-estimate.ts';
import { KeyUse } from './key-use.ts';
import { RetryBudget } from './retry-budget.ts';

/** What is known of one key of an endpoint and one model. */
export class TargetMemory {
  readonly circuit = new Circuit();
  /** From the choice to the last byte. */
  inFlight = 0;
  /** Of these, how many wait for their first token. */
  waiting = 0;
  readonly #streamed = new FirstTokenEstimate();
  /** Of whole answers, whose time depends on their length. */
  readonly #whole = new FirstTokenEstimate();

  estimate(streaming: boolean): FirstTokenEstimate {
    return streaming ? this.#streamed : this.#whole;
  }
}

/** Remembered of each, once or twice over. */
export const TARGETS_REMEMBERED = 1024;

/**
 * What a worker has learnt of targets, keys and models. It lives beside the snapshots and survives them. What it knows
 * things by holds the hash of the key, so that a repaired key starts afresh. Names that callers make up are kept apart:
 * they push out each other only.
 */
export class RoutingMemory {
  /** How many share the limits of keys. */
  readonly workers: number;
  readonly #targets = new Recent<TargetMemory>(TARGETS_REMEMBERED);
  readonly #madeUp = new Recent<TargetMemory>(TARGETS_REMEMBERED);
  readonly #keys = new Recent<Circuit>(TARGETS_REMEMBERED);
  readonly #uses = new Recent<KeyUse>(TARGETS_REMEMBERED);
  readonly #budgets = new Recent<RetryBudget>(TARGETS_REMEMBERED);

  constructor({ workers = 1 }: { readonly workers?: number } = {}) {
    this.workers = workers;
  }

  target(identity: string, from: 'configuration' | 'caller'): TargetMemory {
    return recall(from === 'caller' ? this.#madeUp : this.#targets, identity, () => new TargetMemory());
  }

  /** Of a key with all its models. */
  key(identity: string): Circuit {
    return recall(this.#keys, identity, () => new Circuit());
  }

  use(identity: string, windowMs: number): KeyUse {
    return recall(this.#uses, `${windowMs} ${identity}`, () => new KeyUse(windowMs));
  }

  budget(model: string, share: number): RetryBudget {
    const budget = recall(this.#budgets, model, () => new RetryBudget(share));
    budget.share = share;
    return budget;
  }
}

function recall<T>(memory: Recent<T>, name: string, create: () => T): T {
  const known = memory.get(name);
  if (known !== undefined) return known;
  const created = create();
  memory.set(name, created);
  return created;
}
