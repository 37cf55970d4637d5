import { Recent } from '../catalogue/recent.ts';
import { Circuit } from './circuit.ts';
import { FirstTokenEstimate } from './first-token-estimate.ts';
import type { KeyMeter, KeyMeterOf } from './key-meter.ts';
import { KeyUse } from './key-use.ts';
import { RetryBudget } from './retry-budget.ts';

/** What is known of one key of an endpoint and one model. */
export class TargetMemory {
  readonly circuit: Circuit;
  /** From the choice to the last byte. */
  inFlight = 0;
  /** Of these, how many wait for their first token. */
  waiting = 0;
  readonly #streamed = new FirstTokenEstimate();
  /** Of whole answers, whose time depends on their length. */
  readonly #whole = new FirstTokenEstimate();

  constructor(circuit = new Circuit()) {
    this.circuit = circuit;
  }

  estimate(streaming: boolean): FirstTokenEstimate {
    return streaming ? this.#streamed : this.#whole;
  }
}

/** Remembered of each, once or twice over. */
export const TARGETS_REMEMBERED = 1024;

/** A key, or a key for one model, that should be left alone for a while: what one worker has learnt for all. */
export interface Rest {
  readonly of: 'key' | 'target';
  readonly identity: string;
  readonly forMs: number;
}

export interface RoutingMemoryOptions {
  /** What the limits of keys are counted with; without it, by this worker alone. */
  readonly meterOf?: KeyMeterOf;
  /** Tells the other workers, for their `rest`. */
  readonly onRest?: (rest: Rest) => void;
}

const ofOneWorker: KeyMeterOf = (_identity, windowMs) => new KeyUse(windowMs);

/**
 * What a worker has learnt of targets, keys and models. It lives beside the snapshots and survives them. What it knows
 * things by holds the hash of the key, so that a repaired key starts afresh. Names that callers make up are kept apart:
 * they push out each other only.
 */
export class RoutingMemory {
  readonly #targets = new Recent<TargetMemory>(TARGETS_REMEMBERED);
  readonly #madeUp = new Recent<TargetMemory>(TARGETS_REMEMBERED);
  readonly #keys = new Recent<Circuit>(TARGETS_REMEMBERED);
  readonly #meters = new Recent<KeyMeter>(TARGETS_REMEMBERED);
  readonly #meterOf: KeyMeterOf;
  readonly #onRest: (rest: Rest) => void;
  readonly #budgets = new Recent<RetryBudget>(TARGETS_REMEMBERED);

  constructor({ meterOf = ofOneWorker, onRest = () => {} }: RoutingMemoryOptions = {}) {
    this.#meterOf = meterOf;
    this.#onRest = onRest;
  }

  target(identity: string, from: 'configuration' | 'caller'): TargetMemory {
    // What callers make up is nobody else's concern.
    if (from === 'caller') return recall(this.#madeUp, identity, () => new TargetMemory());
    return recall(this.#targets, identity, () => new TargetMemory(this.#circuit('target', identity)));
  }

  /** Of a key with all its models. */
  key(identity: string): Circuit {
    return recall(this.#keys, identity, () => this.#circuit('key', identity));
  }

  /** Another worker has learnt this. */
  rest({ of, identity, forMs }: Rest, nowMs: number): void {
    const circuit = of === 'key' ? this.key(identity) : this.target(identity, 'configuration').circuit;
    circuit.rest(forMs, nowMs);
  }

  meter(identity: string, windowMs: number): KeyMeter {
    return recall(this.#meters, `${windowMs} ${identity}`, () => this.#meterOf(identity, windowMs));
  }

  #circuit(of: Rest['of'], identity: string): Circuit {
    return new Circuit((forMs) => this.#onRest({ of, identity, forMs }));
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
