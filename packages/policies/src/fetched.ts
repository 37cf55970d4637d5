import { GatehouseError } from '@gatehouse/kernel';
import type { PolicyRuntime } from './policy.ts';

/** What asking takes; handed over each time, so that what is kept holds no snapshot. */
export type AskingTools = Pick<PolicyRuntime, 'ask' | 'clock' | 'log'>;

export interface FetchedOptions<T> {
  /** For the log. */
  readonly what: string;
  readonly fetch: (tools: AskingTools) => Promise<T>;
  /** From then on it is asked for anew, while nobody waits. */
  readonly freshMs: number;
  /** From then on it is not believed any more, when that has failed all the while. */
  readonly staleMs: number;
  /** No two questions follow each other sooner. */
  readonly floorMs: number;
}

/** After a failure with nothing in hand callers are told so for a moment, instead of each of them asking. */
const RETRY_MS = 1000;

/** Something that another server says: asked once for all who wait, kept while it is good, and longer while that server fails. */
export class Fetched<T> {
  readonly #options: FetchedOptions<T>;
  #kept: { readonly value: T; readonly atMs: number } | undefined;
  #askedMs = -Infinity;
  #flight: Promise<T> | undefined;

  constructor(options: FetchedOptions<T>) {
    this.#options = options;
  }

  /** At once where it is in hand. Throws or rejects with `auth.unavailable`. */
  value(tools: AskingTools): T | Promise<T> {
    const nowMs = tools.clock.monotonic();
    const { freshMs, staleMs, floorMs } = this.#options;
    const kept = this.#kept;
    if (kept !== undefined && nowMs - kept.atMs < staleMs) {
      if (nowMs - kept.atMs >= freshMs && nowMs - this.#askedMs >= floorMs) this.#ask(tools).catch(() => {});
      return kept.value;
    }
    if (this.#flight === undefined && nowMs - this.#askedMs < RETRY_MS) throw unavailable();
    return this.#ask(tools);
  }

  /** Anew, for who found that what is in hand does not do; what is in hand, where that may not be or fails. */
  renewed(tools: AskingTools): T | Promise<T> {
    const kept = this.#kept;
    if (kept === undefined) return this.value(tools);
    if (this.#flight === undefined && tools.clock.monotonic() - this.#askedMs < this.#options.floorMs)
      return kept.value;
    return this.#ask(tools).catch(() => kept.value);
  }

  async #ask(tools: AskingTools): Promise<T> {
    if (this.#flight !== undefined) return this.#flight;
    this.#askedMs = tools.clock.monotonic();
    this.#flight = this.#fetch(tools);
    return this.#flight;
  }

  async #fetch(tools: AskingTools): Promise<T> {
    try {
      const value = await this.#options.fetch(tools);
      this.#kept = { value, atMs: tools.clock.monotonic() };
      return value;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      tools.log.warn(`${this.#options.what} is not to be had`, { why });
      throw unavailable(error);
    } finally {
      this.#flight = undefined;
    }
  }
}

export function unavailable(cause?: unknown): GatehouseError {
  return new GatehouseError('auth.unavailable', 'whoever vouches for callers does not answer, try again', { cause });
}

const ASK_MS = 5000;
const JSON_BYTES_MAX = 512 * 1024;

/** A JSON document by GET. */
export async function fetchJson({ ask }: Pick<AskingTools, 'ask'>, url: string): Promise<unknown> {
  const headers = [['accept', 'application/json']] as const;
  const answer = await ask({ method: 'GET', url, headers, timeoutMs: ASK_MS, bytesMax: JSON_BYTES_MAX });
  if (answer.status !== 200) throw new Error(`it answers ${answer.status}`);
  return JSON.parse(answer.body.toString('utf8'));
}
