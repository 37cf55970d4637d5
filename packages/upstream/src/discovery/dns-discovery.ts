import type { EndpointSpec, UpstreamSpec } from '@gatehouse/config';
import type { Random } from '../balancer.ts';
import type { Timers } from '../health-watch.ts';
import { discoveredEndpoint, questionsOf } from './discovered-endpoints.ts';
import type { Question } from './look-up.ts';
import type { NameResolver } from './name-resolver.ts';
import { NameWatch } from './name-watch.ts';

export type Upstreams = Readonly<Record<string, UpstreamSpec>>;

export interface DiscoveryOptions {
  readonly resolver: NameResolver;
  readonly timers: Timers;
  readonly random: Random;
  /** Some name leads elsewhere: `resolved` says another thing than before. */
  readonly onChange: () => void;
  readonly onProblem: (name: string, problem: string) => void;
}

/**
 * Upstreams whose targets are names: looks them up, once for all workers, and says which endpoints they lead to. Runs in
 * the main thread and survives reloads: a name that stays keeps what it led to.
 */
export class DnsDiscovery {
  readonly #options: DiscoveryOptions;
  readonly #watches = new Map<string, NameWatch>();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /** Looks up what any of these upstreams names and nothing else. Waits for names that are new, but not long. */
  async update(all: readonly Upstreams[], waitMs: number): Promise<void> {
    const asked = askedOf(all.flatMap((upstreams) => Object.values(upstreams)));
    for (const [key, watch] of this.#watches) {
      if (asked.has(key)) continue;
      watch.stop();
      this.#watches.delete(key);
    }
    const fresh: Promise<void>[] = [];
    for (const [key, { question, everyMs }] of asked) {
      const known = this.#watches.get(key);
      if (known !== undefined) {
        known.everyMs = everyMs;
        continue;
      }
      const watch = this.#watch(question, everyMs);
      this.#watches.set(key, watch);
      fresh.push(watch.first);
    }
    if (fresh.length > 0) await this.#atMost(waitMs, Promise.all(fresh));
  }

  #watch(question: Question, everyMs: number): NameWatch {
    const { resolver, timers, random, onChange, onProblem } = this.#options;
    return new NameWatch(question, everyMs, {
      resolver,
      timers,
      random,
      onChange,
      onProblem: (problem) => onProblem(question.name, problem),
    });
  }

  async #atMost(waitMs: number, settled: Promise<unknown>): Promise<void> {
    let cancel: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.#options.timers.after(waitMs, resolve);
    });
    await Promise.race([settled, late]);
    cancel?.();
  }

  /** The same upstreams with the endpoints that their names lead to now. */
  resolved(upstreams: Upstreams): Upstreams {
    return Object.fromEntries(Object.entries(upstreams).map(([key, spec]) => [key, this.#resolved(spec)]));
  }

  #resolved(spec: UpstreamSpec): UpstreamSpec {
    const { discovery = [] } = spec;
    if (discovery.length === 0) return spec;
    const found = discovery.flatMap((target): EndpointSpec[] =>
      questionsOf(target).flatMap((question) =>
        (this.#watches.get(keyOf(question))?.addresses ?? []).map((address) => discoveredEndpoint(target, address)),
      ),
    );
    return { ...spec, endpoints: [...spec.endpoints, ...found] };
  }

  stop(): void {
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
  }
}

interface Asked {
  readonly question: Question;
  readonly everyMs: number;
}

/** A name that several targets share is asked once, as often as the most impatient of them wants. */
function askedOf(upstreams: readonly UpstreamSpec[]): Map<string, Asked> {
  const asked = new Map<string, Asked>();
  for (const { discovery = [] } of upstreams) {
    for (const target of discovery) {
      for (const question of questionsOf(target)) {
        const key = keyOf(question);
        const { everyMs } = asked.get(key) ?? target;
        asked.set(key, { question, everyMs: Math.min(everyMs, target.everyMs) });
      }
    }
  }
  return asked;
}

function keyOf({ type, name }: Question): string {
  return `${type} ${name}`;
}
