import { definePolicy } from '../define-policy.ts';
import { bytes, fraction } from '../parsed-units.ts';
import type { Exchange, Outcome, PolicyRuntime, PolicyTools } from '../policy.ts';
import { ExchangeDrift } from './exchange-drift.ts';
import type { Config } from './schema.ts';
import { askedCredentials, shownCredentials } from './shown-credentials.ts';
import { Sighting } from './sighting.ts';

/**
 * Stands in front of who calls is asked, because credentials are taken out there; and nearer to the caller than what
 * changes replies, because the document says what callers get.
 */
export const drift = definePolicy({
  name: 'drift',
  stage: 'guard',
  build(config: Config, tools) {
    if (tools.route.target.kind !== 'upstream') return {};
    const watch = new Watch(config, tools);
    return {
      onRequest: (exchange) => watch.choose(exchange),
      onIdentified: (exchange) => {
        const sighting = watch.of(exchange);
        return sighting?.wantsRequest(exchange) === true ? sighting.takeRequest(exchange) : undefined;
      },
      wantsReply: (exchange) => watch.of(exchange) !== undefined,
      onReply: (exchange, draft, sink) => watch.of(exchange)?.takeReply(exchange, draft, sink),
      onEnd: (exchange, outcome) => watch.ended(exchange, outcome),
    };
  },
});

/** Chooses some of the calls of a route, and tells of them when they are over. */
class Watch {
  readonly #config: Config;
  readonly #runtime: PolicyRuntime;
  readonly #share: number;
  readonly #bytesMax: number;
  readonly #asked: readonly string[];
  readonly #drift: ExchangeDrift;
  readonly #turns: Turns;
  readonly #sightings = new WeakMap<Exchange, Sighting>();

  constructor(config: Config, { route, runtime, scope }: PolicyTools) {
    this.#config = config;
    this.#runtime = runtime;
    this.#share = fraction(config.sample);
    this.#bytesMax = bytes(config.bodyMax);
    this.#asked = askedCredentials(route);
    this.#drift = new ExchangeDrift(config, route);
    // Over publications, and for all routes of one place in the configuration.
    this.#turns = runtime.state(`drift ${scope}`, () => new Turns());
  }

  choose(exchange: Exchange): undefined {
    if (this.#share < 1 && this.#runtime.random() >= this.#share) return;
    const { request } = exchange;
    if (request.header('upgrade') !== undefined) return;
    if (!this.#turns.take(this.#runtime.clock.monotonic(), this.#config.perSecond)) return;
    this.#sightings.set(exchange, new Sighting(shownCredentials(request, this.#config.keys), this.#bytesMax));
  }

  of(exchange: Exchange): Sighting | undefined {
    return this.#sightings.get(exchange);
  }

  ended(exchange: Exchange, { code, upstreamMs }: Outcome): void {
    const sighting = this.#sightings.get(exchange);
    // What the gate answers itself says nothing of the service.
    if (sighting === undefined || code !== undefined || upstreamMs === undefined) return;
    const seen = sighting.seen(exchange);
    if (seen === undefined) return;
    const { route, principal, startedAt, request } = exchange;
    this.#runtime.observed({
      time: startedAt,
      api: route.api,
      version: route.version,
      route: route.id,
      document: this.#config.document,
      method: request.method,
      status: seen.status,
      shown: sighting.shown,
      asked: this.#asked,
      known: principal?.method,
      ...this.#drift.of(seen),
    });
  }
}

/** So many in each second. */
class Turns {
  #second = 0;
  #taken = 0;

  take(nowMs: number, perSecond: number): boolean {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#taken = 0;
    }
    return ++this.#taken <= perSecond;
  }
}
