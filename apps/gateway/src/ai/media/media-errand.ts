import { checkedMedium, type FetchedMedium, type MissingMedium } from '@gatehouse/ai';
import type { MediaSpec } from '@gatehouse/config';
import type { TimerWheel } from '@gatehouse/http';
import type { Fetched, FetchProblem, Resolve } from '@gatehouse/kernel/fetching';
import { Alarm } from '../../body/alarm.ts';

/** More in one call is a mistake, or a flood by our hand. */
const MEDIA_MAX = 20;

export interface ErrandTools {
  readonly wheel: TimerWheel;
  readonly resolve?: Resolve;
  readonly ca?: string;
}

export interface Supplied {
  supply(url: string, medium: FetchedMedium): void;
}

/**
 * Fetches what one call points at, for providers that take it inside the request only: each medium once, whichever of
 * the call's targets want it, and all of them within the bounds of one call.
 */
export class MediaErrand {
  readonly #spec: MediaSpec;
  readonly #tools: ErrandTools;
  readonly #limit: Alarm;
  readonly #leaving = new AbortController();
  readonly #allowance: { bytesLeft: number };
  readonly #under = new Map<string, Promise<string | undefined>>();

  constructor(spec: MediaSpec, tools: ErrandTools) {
    this.#spec = spec;
    this.#tools = tools;
    this.#limit = new Alarm(tools.wheel);
    this.#allowance = { bytesLeft: spec.bytesMax };
  }

  /** Undefined when all was supplied, else why the call cannot go there. */
  async bring(
    missing: readonly MissingMedium[],
    to: Supplied & { onFault(error: unknown): void },
  ): Promise<string | undefined> {
    const known = missing.filter(({ url }) => this.#under.has(url)).length;
    if (this.#under.size + missing.length - known > MEDIA_MAX) return `more than ${MEDIA_MAX} media have to be fetched`;
    if (this.#under.size === 0) this.#limit.set(this.#spec.timeoutMs, to, () => this.#leaving.abort());
    const problems = await Promise.all(missing.map(async (medium) => this.#once(medium, to)));
    return problems.find((problem) => problem !== undefined);
  }

  async #once(medium: MissingMedium, to: Supplied): Promise<string | undefined> {
    const under = this.#under.get(medium.url) ?? this.#fetch(medium, to);
    this.#under.set(medium.url, under);
    return under;
  }

  async #fetch(medium: MissingMedium, to: Supplied): Promise<string | undefined> {
    const fetched = await this.#fetched(medium.url);
    const checked = 'problem' in fetched ? fetched : checkedMedium(fetched, medium);
    if ('problem' in checked) return `the ${medium.kind} at ${hostOf(medium.url)} ${checked.problem}`;
    if ('bytes' in fetched) to.supply(medium.url, { mime: checked.mime, base64: fetched.bytes.toString('base64') });
    return undefined;
  }

  /** What fetches is loaded by the first who needs it. */
  async #fetched(url: string): Promise<Fetched | FetchProblem> {
    const { FetchRules, fetchOutside, resolveName } = await import('@gatehouse/kernel/fetching');
    const rules = new FetchRules(this.#spec, this.#tools.resolve ?? resolveName);
    const { signal } = this.#leaving;
    const options = { rules, allowance: this.#allowance, signal, ca: this.#tools.ca, userAgent: 'gatehouse-media' };
    return fetchOutside(url, options);
  }

  /** The call is over: nobody waits for it. */
  close(): void {
    this.#limit.off();
    this.#leaving.abort();
  }
}

/** All that is told of an address: paths and queries may hold what lets anybody fetch. */
function hostOf(url: string): string {
  return URL.canParse(url) ? `\`${new URL(url).host}\`` : 'an unreadable address';
}
