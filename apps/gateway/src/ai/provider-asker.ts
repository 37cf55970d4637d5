import {
  classifyProviderError,
  ModelRouter,
  providerRow,
  readRetryAfter,
  type Attempt,
  type FailureCause,
  type ProviderRow,
  type RoutePlan,
} from '@gatehouse/ai';
import type { AiSpec } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import type { House } from '../house.ts';
import { Alarm } from '../body/alarm.ts';
import { ProviderAsking, type AskedReply, type AskingHost, type ProviderAnswer } from './provider-asking.ts';

/** A call of the gate's own. */
export interface ProviderQuestion {
  /** By its name in the configuration. */
  readonly provider: string;
  /** Below the provider's base, from its slash on. */
  readonly path: string;
  /** JSON. */
  readonly body: Buffer;
  /** For everything, further tries by other keys included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks configured providers for what the gate itself wants to know: vectors, verdicts of moderators. Such calls go over
 * the connections of callers' calls, by the same keys, and what comes of them is remembered with what came of those.
 */
export class ProviderAsker {
  readonly #house: House;
  readonly #spec: Pick<AiSpec, 'providers' | 'timeouts'>;
  readonly #router: ModelRouter;

  constructor(house: House, spec: Pick<AiSpec, 'providers' | 'timeouts'>) {
    this.#house = house;
    this.#spec = spec;
    this.#router = new ModelRouter({ ...spec, models: {} }, { memory: house.routing });
  }

  /** Whatever the provider answers; rejects with a `GatehouseError` when it answers nothing that is whole and in time. */
  async ask(question: ProviderQuestion): Promise<ProviderAnswer> {
    const { provider, path } = question;
    const known = Object.hasOwn(this.#spec.providers, provider) ? this.#spec.providers[provider] : undefined;
    const row = known && providerRow(known.kind);
    if (row === undefined) throw new GatehouseError('gateway.internal', `no such provider: ${provider}`);
    const { clock, random } = this.#house;
    // What is asked for stands where callers' calls have a model: an endpoint that fails is no model that does.
    const plan = this.#router.begin(`${provider}/${path}`, { random, now: clock.monotonic, streaming: false });
    if (plan === undefined) throw new GatehouseError('gateway.internal', `no way to ${provider}`);
    return new Asking(this.#house, { question, row, plan }).run();
  }
}

interface AskingParts {
  readonly question: ProviderQuestion;
  readonly row: ProviderRow;
  readonly plan: RoutePlan;
}

/** One question: a try, and further ones where its plan has another way. */
class Asking implements AskingHost {
  readonly #house: House;
  readonly #parts: AskingParts;
  readonly #answer = Promise.withResolvers<ProviderAnswer>();
  readonly #deadlineMs: number;
  readonly #limit: Alarm;
  /** Between two tries. */
  readonly #pause: Alarm;
  #attempt: Attempt | undefined;
  #asking: ProviderAsking | undefined;
  #begunMs = 0;

  constructor(house: House, parts: AskingParts) {
    this.#house = house;
    this.#parts = parts;
    this.#deadlineMs = house.clock.monotonic() + parts.question.timeoutMs;
    this.#limit = new Alarm(house.wheel);
    this.#pause = new Alarm(house.wheel);
  }

  async run(): Promise<ProviderAnswer> {
    const { plan, question } = this.#parts;
    const { signal, timeoutMs, provider } = question;
    const leave = (): void => this.#answer.reject(new GatehouseError('request.cancelled', 'nobody waits any more'));
    signal?.addEventListener('abort', leave);
    try {
      if (signal?.aborted === true) leave();
      else {
        this.#limit.set(timeoutMs, this, () => this.#outOfTime());
        const first = plan.first();
        if (first !== undefined) this.#try(first);
        else this.#answer.reject(limited(provider));
      }
      return await this.#answer.promise;
    } finally {
      signal?.removeEventListener('abort', leave);
      this.#limit.off();
      this.#pause.off();
      this.#asking?.stop();
      plan.close();
    }
  }

  #try(attempt: Attempt): void {
    const { clock, pools } = this.#house;
    const { question, row, plan } = this.#parts;
    const { path, body } = question;
    const pool = pools.ofVendor(attempt.provider.endpoint);
    this.#attempt = attempt;
    this.#begunMs = clock.monotonic();
    this.#asking = new ProviderAsking(this, {
      attempt,
      row,
      path,
      body,
      pool,
      timeouts: plan.timeouts,
      now: clock.now,
    });
    this.#asking.begin();
  }

  onReply({ status, body, ...waits }: AskedReply): void {
    const answer = { status, body };
    if (status >= 200 && status < 300) this.#succeeded(answer);
    else {
      const { kind } = classifyProviderError(status, body);
      const retryAfterMs = readRetryAfter(waits, this.#house.clock.now());
      if (!this.#again(kind, retryAfterMs)) this.#answer.resolve(answer);
    }
  }

  #succeeded(answer: ProviderAnswer): void {
    const durationMs = this.#house.clock.monotonic() - this.#begunMs;
    const { plan } = this.#parts;
    if (this.#attempt !== undefined) plan.succeeded(this.#attempt, { firstTokenMs: durationMs, durationMs });
    this.#answer.resolve(answer);
  }

  onFailed(cause: FailureCause, error: GatehouseError): void {
    if (!this.#again(cause, undefined)) this.#answer.reject(error);
  }

  onFault(error: unknown): void {
    this.#answer.reject(error);
  }

  /** By another key, or by the same a little later; false when there is no way or no time. */
  #again(cause: FailureCause, retryAfterMs: number | undefined): boolean {
    const attempt = this.#attempt;
    if (attempt === undefined) return false;
    const next = this.#parts.plan.after({ attempt, cause, retryAfterMs, committed: false });
    if (next === undefined || next.delayMs >= this.#deadlineMs - this.#house.clock.monotonic()) return false;
    if (next.delayMs === 0) this.#try(next.attempt);
    else this.#pause.set(next.delayMs, this, () => this.#try(next.attempt));
    return true;
  }

  #outOfTime(): void {
    const { plan, question } = this.#parts;
    const { provider, timeoutMs } = question;
    if (this.#attempt !== undefined) plan.after({ attempt: this.#attempt, cause: 'timeout', committed: true });
    const detail = `the provider \`${provider}\` has not answered in ${timeoutMs} ms`;
    this.#answer.reject(new GatehouseError('provider.timeout', detail));
  }
}

function limited(provider: string): GatehouseError {
  return new GatehouseError('provider.overloaded', `the limits of all keys of \`${provider}\` are reached`);
}
