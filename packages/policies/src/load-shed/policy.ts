import { definePolicy } from '../define-policy.ts';
import { milliseconds } from '../parsed-units.ts';
import type { Exchange, Outcome, PolicyHooks, PolicyTools, Reply } from '../policy.ts';
import { LoadEstimate, type EstimateOptions } from './load-estimate.ts';
import { overloadSignals, type OverloadSignals } from './overload-signals.ts';
import { priorityRule, type Priority, type PriorityRule } from './priority.ts';
import type { Config } from './schema.ts';

/** Before anybody is asked who calls: what is shed must cost next to nothing. */
export const loadShed = definePolicy({
  name: 'load-shed',
  stage: 'guard',
  build(config: Config, tools): PolicyHooks {
    const shedder = new Shedder(config, tools);
    return {
      onRequest: (exchange) => shedder.enter(exchange),
      ...(shedder.asksTwice && { onIdentified: (exchange: Exchange) => shedder.check(exchange) }),
      onReplyHead: (exchange, head) => {
        // What follows is a tunnel, which may stand idle for hours: no work that would be in the way of other work.
        if (head.status === 101) shedder.leave(exchange);
      },
      onEnd: (exchange, outcome) => shedder.end(exchange, outcome),
    };
  },
});

/** How many times the limit each may fill: the more important ones find room where others do not. */
const ROOM: Readonly<Record<Priority, number>> = { critical: 1.25, high: 1.1, normal: 1, low: 0.8 };
/** From how many times its threshold on a sign of overload begins to shed them. */
const PRESSURE: Readonly<Record<Priority, number>> = { critical: Infinity, high: 1.5, normal: 1, low: 0.75 };
/** So much more pressure, and all of them are shed. */
const PRESSURE_SPAN = 0.5;

type Shed = 'limit' | 'overload' | undefined;

class Shedder {
  readonly #tools: PolicyTools;
  readonly #config: Config;
  readonly #estimateOptions: EstimateOptions;
  readonly #rule: PriorityRule;
  readonly #loopDelayMs: number;
  readonly #memoryShare: number;
  readonly #learns: boolean;
  readonly #refused: Reply;
  #kept: { readonly estimate: LoadEstimate<Exchange>; readonly signals: OverloadSignals } | undefined;

  constructor(config: Config, tools: PolicyTools) {
    this.#tools = tools;
    this.#config = config;
    this.#estimateOptions = { ...config.adaptive, windowMs: milliseconds(config.adaptive.window) };
    this.#rule = priorityRule(config);
    this.#loopDelayMs = milliseconds(config.overload.eventLoopDelay);
    this.#memoryShare = Number(config.overload.memory.slice(0, -1)) / 100;
    // How long a model thinks says nothing of how much its vendor has to do.
    this.#learns = config.adaptive.enabled && tools.route.target.kind === 'upstream';
    this.#refused = {
      code: 'gateway.overloaded',
      detail: 'there is too much to do at the moment',
      headers: [['retry-after', String(Math.ceil(milliseconds(config.retryAfter) / 1000))]],
    };
  }

  /** Is more known of a call's priority once it is known who calls? */
  get asksTwice(): boolean {
    return this.#rule.late !== undefined;
  }

  /** Made by the first call and not before, since it starts to measure. */
  get #state(): { readonly estimate: LoadEstimate<Exchange>; readonly signals: OverloadSignals } {
    const { runtime, scope } = this.#tools;
    const { initial } = this.#config.adaptive;
    return (this.#kept ??= {
      estimate: runtime.state(`load-shed ${scope}`, () => new LoadEstimate<Exchange>(initial)),
      signals: runtime.state('overload signals', () => overloadSignals()),
    });
  }

  enter(exchange: Exchange): Reply | undefined {
    const { request, notes } = exchange;
    // A preflight never reaches the upstream, and who answers it may be another route.
    if (request.method === 'OPTIONS' && request.header('access-control-request-method') !== undefined) return undefined;
    const { clock, random } = this.#tools.runtime;
    const admitted = { sinceMs: clock.monotonic(), draw: random() };
    const { estimate, signals } = this.#state;
    const shed = this.#sheds(this.#rule.early(exchange), admitted, estimate.underWay);
    if (shed !== undefined) return this.#refuse(notes, shed);
    estimate.enter(exchange, admitted);
    signals.underWay++;
    return undefined;
  }

  /** The second look, by what is known now; the call itself is under way already. */
  check(exchange: Exchange): Reply | undefined {
    const { estimate } = this.#state;
    const admitted = estimate.admitted(exchange);
    const priority = this.#rule.late?.(exchange);
    if (admitted === undefined || priority === undefined) return undefined;
    const shed = this.#sheds(priority, admitted, estimate.underWay - 1);
    return shed === undefined ? undefined : this.#refuse(exchange.notes, shed);
  }

  #sheds(priority: Priority, call: { readonly sinceMs: number; readonly draw: number }, others: number): Shed {
    if (this.#learns && others + 1 > Math.floor(this.#state.estimate.limit * ROOM[priority])) return 'limit';
    const chance = (this.#pressure(call.sinceMs) - PRESSURE[priority]) / PRESSURE_SPAN;
    return call.draw < chance ? 'overload' : undefined;
  }

  /** How the worst of the signs stands to its threshold: 1 is at it. */
  #pressure(nowMs: number): number {
    const { signals } = this.#state;
    const { inFlight } = this.#config.overload;
    const loop = signals.loopDelayMs(nowMs) / this.#loopDelayMs;
    // Memory ends where the threshold of a delay could be doubled: what is left above it counts as one threshold more.
    const left = Math.max(0.01, 1 - this.#memoryShare);
    const memory = 1 + (signals.memoryShare(nowMs) - this.#memoryShare) / left;
    const calls = inFlight === undefined ? 0 : (signals.underWay + 1) / inFlight;
    return Math.max(loop, memory, calls);
  }

  #refuse(notes: Exchange['notes'], shed: 'limit' | 'overload'): Reply {
    notes.policies = { ...notes.policies, 'load-shed': shed };
    return this.#refused;
  }

  end(exchange: Exchange, outcome: Outcome): void {
    const { estimate } = this.#state;
    const admitted = estimate.admitted(exchange);
    if (admitted === undefined) return;
    const nowMs = this.#tools.runtime.clock.monotonic();
    const latencyMs = latencyOf(outcome, nowMs - admitted.sinceMs);
    if (this.#learns && latencyMs !== undefined) estimate.sample(latencyMs, nowMs, this.#estimateOptions);
    this.leave(exchange);
  }

  leave(exchange: Exchange): void {
    const { estimate, signals } = this.#state;
    if (estimate.leave(exchange)) signals.underWay--;
  }
}

/** Failures come fast and say nothing of how fast work is done; one that took too long took at least as long. */
function latencyOf({ status, code, upstreamMs }: Outcome, wholeMs: number): number | undefined {
  if (code === 'upstream.timeout') return wholeMs;
  return status >= 500 || status === 429 ? undefined : upstreamMs;
}
