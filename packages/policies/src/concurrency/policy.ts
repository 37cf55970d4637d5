import { hash64, type Hash64 } from '@gatehouse/kernel';
import { keyUnder } from '../count-key.ts';
import { countSubject } from '../count-subject.ts';
import { definePolicy } from '../define-policy.ts';
import { milliseconds } from '../parsed-units.ts';
import type { Exchange, PolicyHooks, PolicyTools, Reply } from '../policy.ts';
import type { Config } from './schema.ts';
import { WaitingLine } from './waiting-line.ts';

export const concurrency = definePolicy({
  name: 'concurrency',
  stage: 'admit',
  build(config: Config, tools): PolicyHooks {
    const places = new Places(config, tools);
    return {
      onRequest: (exchange) => places.enter(exchange),
      onEnd: (exchange) => places.end(exchange),
    };
  },
});

/** Lines of this worker, by whom they are of; kept over snapshots, and shared by the routes of one place. */
type Lines = Map<string, WaitingLine>;

class Places {
  readonly #tools: PolicyTools;
  readonly #limit: number;
  readonly #queue: { readonly size: number; readonly timeoutMs: number } | undefined;
  readonly #name: string;
  readonly #refused: Reply;
  readonly #subjectOf: (exchange: Exchange) => string;
  readonly #placesPrefix: Hash64;
  readonly #waitingPrefix: Hash64;
  readonly #linesName: string;
  readonly #held = new Map<Exchange, Hash64>();
  /** What a call that waits has to do when it ends. */
  readonly #leaving = new Map<Exchange, () => void>();

  constructor({ limit, by, queue, name = `${by ?? 'caller'}-at-once` }: Config, tools: PolicyTools) {
    this.#tools = tools;
    this.#limit = limit;
    this.#queue = queue && { size: queue.size, timeoutMs: milliseconds(queue.timeout) };
    this.#name = name;
    this.#refused = {
      code: 'limit.concurrency',
      detail: `"${name}" allows ${limit} calls at once`,
      headers: [['retry-after', '1']],
    };
    this.#subjectOf = countSubject(by ?? 'application');
    this.#placesPrefix = hash64(`${tools.scope}\nconcurrency ${name}\n`);
    this.#waitingPrefix = hash64(`${tools.scope}\nwaiting ${name}\n`);
    this.#linesName = `concurrency ${tools.scope}\n${name}`;
  }

  enter(exchange: Exchange): Reply | undefined | Promise<Reply | undefined> {
    const subject = this.#subjectOf(exchange);
    const places = keyUnder(this.#placesPrefix, subject);
    const line = this.#queue === undefined ? undefined : this.#lines.get(subject);
    // Who comes now stands behind those who wait.
    if (line === undefined || line.isEmpty) {
      if (this.#tools.counters.lease(places, this.#limit, exchange.startedAt).allowed) {
        this.#held.set(exchange, places);
        return undefined;
      }
    }
    if (this.#queue === undefined) return this.#refuse(exchange);
    const waiting = keyUnder(this.#waitingPrefix, subject);
    if (!this.#tools.counters.lease(waiting, this.#queue.size, exchange.startedAt).allowed)
      return this.#refuse(exchange);
    return this.#wait(exchange, { subject, places, waiting, timeoutMs: this.#queue.timeoutMs });
  }

  get #lines(): Lines {
    return this.#tools.runtime.state<Lines>(this.#linesName, () => new Map());
  }

  async #wait(exchange: Exchange, { subject, places, waiting, timeoutMs }: Wait): Promise<Reply | undefined> {
    const { counters, runtime } = this.#tools;
    const lines = this.#lines;
    const line =
      lines.get(subject) ?? new WaitingLine({ counters, places, limit: this.#limit, now: runtime.clock.now });
    lines.set(subject, line);
    const granted = await new Promise<boolean>((resolve) => {
      const settle = (isGranted: boolean): void => {
        cancel();
        line.leave(grant);
        this.#leaving.delete(exchange);
        counters.release(waiting);
        if (line.isEmpty) lines.delete(subject);
        if (isGranted) this.#held.set(exchange, places);
        resolve(isGranted);
      };
      const grant = (): void => settle(true);
      const cancel = runtime.later(timeoutMs, () => settle(false));
      this.#leaving.set(exchange, () => settle(false));
      line.join(grant);
    });
    return granted ? undefined : this.#refuse(exchange);
  }

  #refuse({ notes }: Exchange): Reply {
    notes.limit = this.#name;
    notes.limitLeft = 0;
    return this.#refused;
  }

  end(exchange: Exchange): void {
    this.#leaving.get(exchange)?.();
    const places = this.#held.get(exchange);
    if (places === undefined) return;
    this.#held.delete(exchange);
    this.#tools.counters.release(places);
  }
}

interface Wait {
  readonly subject: string;
  readonly places: Hash64;
  readonly waiting: Hash64;
  readonly timeoutMs: number;
}
