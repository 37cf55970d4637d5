import type { AiSpec } from '@gatehouse/config';
import { randomFrom } from '@gatehouse/kernel';
import type { Attempt } from '../attempt.ts';
import type { FailureCause } from '../failure-cause.ts';
import { ModelRouter } from '../model-router.ts';
import type { Candidate } from '../place.ts';
import { keysOf } from '../provider-keys.ts';
import type { RoutedCall, RoutePlan, RoutingFacts } from '../route-plan.ts';
import { modelRoute } from '../route.ts';
import { RoutingMemory, type RoutingMemoryOptions, type TargetMemory } from '../routing-memory.ts';

type Spec = Pick<AiSpec, 'providers' | 'models' | 'timeouts'>;
type CallOptions = Partial<Pick<RoutedCall, 'affinityKey' | 'streaming' | 'estimateTokens'>>;

/** What a target does with an attempt; all times from its start. */
export type Behaviour =
  | { readonly firstTokenMs: number; readonly durationMs: number }
  | {
      readonly cause: FailureCause;
      readonly afterMs?: number;
      readonly retryAfterMs?: number;
      /** The caller has seen a token by then. */
      readonly committed?: boolean;
    };

export type Behave = (label: string, nowMs: number) => Behaviour;

export const WELL = { firstTokenMs: 200, durationMs: 1000 };

export const label = ({ provider, model, key }: Attempt): string =>
  `${provider.name}/${model}${key.name === 'default' ? '' : `#${key.name}`}`;

/** One worker with a clock of its own. */
export class RoutingBench {
  nowMs = 100_000;
  readonly memory: RoutingMemory;
  readonly random: () => number;
  readonly #facts: Partial<RoutingFacts>;
  router: ModelRouter;
  #spec: Spec;
  readonly #events: { readonly atMs: number; readonly happen: () => void }[] = [];

  constructor(spec: Spec, options: Partial<RoutingFacts> & { seed?: number } & RoutingMemoryOptions = {}) {
    const { seed = 1, meterOf, onRest, ...facts } = options;
    this.memory = new RoutingMemory({ ...(meterOf && { meterOf }), ...(onRest && { onRest }) });
    this.random = randomFrom(seed);
    this.#facts = facts;
    this.#spec = spec;
    this.router = this.#routerOf(spec);
  }

  publish(spec: Spec): void {
    this.#spec = spec;
    this.router = this.#routerOf(spec);
  }

  plan(model: string, options: CallOptions = {}): RoutePlan {
    const call = { random: this.random, now: () => this.nowMs, streaming: true, ...options };
    const plan = this.router.begin(model, call);
    if (plan === undefined) throw new Error(`nobody knows ${model}`);
    return plan;
  }

  /** Where the first attempt of a call goes, which then ends well at once. */
  first(model: string, options: CallOptions = {}): string {
    const plan = this.plan(model, options);
    const attempt = plan.first();
    if (attempt === undefined) return 'nowhere';
    plan.succeeded(attempt, { firstTokenMs: 100, durationMs: 100 });
    return label(attempt);
  }

  /** How often each is the first of so many calls. */
  shares(model: string, calls: number, options: (call: number) => CallOptions = () => ({})): Record<string, number> {
    const counts: Record<string, number> = {};
    for (let n = 0; n < calls; n++) {
      const name = this.first(model, options(n));
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  /** One call from its begin to its end, the clock running along: what it did, a line for each attempt. */
  story(model: string, behave: Behave, options: CallOptions = {}): string[] {
    const lines: string[] = [];
    this.#drive(this.plan(model, options), behave, (line) => lines.push(line));
    this.run();
    return lines;
  }

  /** Calls at even distances; they overlap as their behaviour makes them. */
  traffic(
    model: string,
    load: { calls: number; everyMs: number; behave: Behave },
    options: CallOptions = {},
  ): string[] {
    const lines: string[] = [];
    const { nowMs } = this;
    for (let n = 0; n < load.calls; n++) {
      this.#at(nowMs + n * load.everyMs, () =>
        this.#drive(this.plan(model, options), load.behave, (line) => lines.push(line)),
      );
    }
    this.run();
    return lines;
  }

  /** Wherever calls of a configured model may go, with what the bench has learnt of it. */
  candidatesOf(model: string): readonly Candidate[] {
    const spec = this.#spec.models[model];
    if (spec === undefined) throw new Error(`nobody has configured ${model}`);
    const providers = new Map(
      Object.entries(this.#spec.providers).map(([name, provider]) => [name, { provider, keys: keysOf(provider) }]),
    );
    return modelRoute(spec, { providers, memory: this.memory }).candidates;
  }

  targetsOf(model: string): TargetMemory[] {
    return this.candidatesOf(model).map(({ target }) => target);
  }

  /** Until nothing more is going to happen. */
  run(): void {
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      this.nowMs = Math.max(this.nowMs, event.atMs);
      event.happen();
    }
  }

  #routerOf(spec: Spec): ModelRouter {
    return new ModelRouter(spec, { memory: this.memory, ...this.#facts });
  }

  #at(atMs: number, happen: () => void): void {
    const later = this.#events.findIndex((event) => event.atMs > atMs);
    this.#events.splice(later === -1 ? this.#events.length : later, 0, { atMs, happen });
  }

  #drive(plan: RoutePlan, behave: Behave, tell: (line: string) => void): void {
    const drive = { plan, behave, tell, live: new Set<Attempt>() };
    const first = plan.first();
    if (first === undefined) {
      tell('nowhere');
      return;
    }
    this.#go(drive, first);
    const { hedgeAfterMs } = plan;
    if (hedgeAfterMs === undefined) return;
    this.#at(this.nowMs + hedgeAfterMs, () => {
      const second = plan.nextForHedge();
      if (second !== undefined) this.#go(drive, second, 'beside it ');
    });
  }

  #go(drive: Drive, attempt: Attempt, how = '', delayMs = 0): void {
    drive.live.add(attempt);
    this.#at(this.nowMs + delayMs, () => this.#try(drive, attempt, how));
  }

  #try(drive: Drive, attempt: Attempt, how: string): void {
    const { plan, live } = drive;
    const what = drive.behave(label(attempt), this.nowMs);
    drive.tell(`${how}${label(attempt)} ${'cause' in what ? what.cause : 'answers'}`);
    const later = (ms: number, happen: () => void): void =>
      this.#at(this.nowMs + ms, () => {
        if (live.has(attempt)) happen();
      });
    const answers = (firstTokenMs: number): void => {
      plan.answers(attempt, firstTokenMs);
      for (const other of live) if (other !== attempt) plan.abandoned(other);
      live.clear();
      live.add(attempt);
    };
    if (!('cause' in what)) {
      later(what.firstTokenMs, () => answers(what.firstTokenMs));
      later(what.durationMs, () => plan.succeeded(attempt, what));
      return;
    }
    const { cause, afterMs = 0, retryAfterMs, committed = false } = what;
    if (committed) later(Math.min(afterMs, 100), () => answers(100));
    later(afterMs, () => {
      live.delete(attempt);
      const next = plan.after({ attempt, cause, retryAfterMs, committed });
      if (next === undefined) return;
      this.#go(drive, next.attempt, next.delayMs > 0 ? `after ${next.delayMs} ms ` : '', next.delayMs);
    });
  }
}

interface Drive {
  readonly plan: RoutePlan;
  readonly behave: Behave;
  readonly tell: (line: string) => void;
  /** Attempts that nobody has ended yet. */
  readonly live: Set<Attempt>;
}
