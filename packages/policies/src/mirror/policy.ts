import { definePolicy } from '../define-policy.ts';
import { bytes, fraction, milliseconds } from '../parsed-units.ts';
import type { Exchange, PolicyRuntime } from '../policy.ts';
import type { Config } from './schema.ts';

/** Answers are read so that their connections may be used again; longer ones are cut. */
const ANSWER_BYTES_MAX = 1024 * 1024;

export const mirror = definePolicy({
  name: 'mirror',
  stage: 'observe',
  build(config: Config, { runtime, scope }) {
    const rules = rulesOf(config);
    // Over publications: what an older snapshot has sent is still under way.
    const flights = runtime.state(`mirror ${scope}`, (): Flights => ({ count: 0 }));
    return {
      onRequest(exchange): undefined | Promise<undefined> {
        if (runtime.random() >= rules.share) return undefined;
        const { request } = exchange;
        const { contentLength } = request;
        if (request.header('upgrade') !== undefined) return note(exchange, 'not copied, an upgrade');
        if (contentLength === undefined) return note(exchange, 'not copied, length unknown');
        if (contentLength > rules.bodyBytesMax) return note(exchange, 'not copied, too long');
        if (flights.count >= rules.inFlightMax) return note(exchange, 'dropped, too many under way');
        if (contentLength === 0) return send(exchange, undefined, { rules, runtime, flights });
        return exchange.requestBody(exchange.bodyBytesMax).then((body) => {
          // Others have begun while this one waited for its body.
          if (flights.count >= rules.inFlightMax) return note(exchange, 'dropped, too many under way');
          return send(exchange, body, { rules, runtime, flights });
        });
      },
    };
  },
});

interface Flights {
  count: number;
}

interface Rules {
  readonly upstream: string;
  readonly share: number;
  readonly bodyBytesMax: number;
  readonly timeoutMs: number;
  readonly inFlightMax: number;
  readonly removed: ReadonlySet<string>;
}

function rulesOf(config: Config): Rules {
  return {
    upstream: config.upstream,
    share: fraction(config.share),
    bodyBytesMax: bytes(config.bodyMax),
    timeoutMs: milliseconds(config.timeout),
    inFlightMax: config.inFlightMax,
    // The way to the other upstream says itself that it leads through here.
    removed: new Set(['via', ...config.headers.remove.map((name) => name.toLowerCase())]),
  };
}

interface Sending {
  readonly rules: Rules;
  readonly runtime: PolicyRuntime;
  readonly flights: Flights;
}

/** Not waited for, and whatever comes of it is nobody's business but the log's. */
function send(exchange: Exchange, body: Buffer | undefined, { rules, runtime, flights }: Sending): undefined {
  const { upstream, timeoutMs, removed } = rules;
  const kept = exchange.upstreamFields().filter(([name, value]) => !removed.has(name) && PLAIN.test(value));
  flights.count++;
  runtime
    .askUpstream({
      upstream,
      method: exchange.request.method,
      target: exchange.upstreamTarget,
      headers: [...kept, ['x-gatehouse-mirror', '1']],
      ...(body !== undefined && { body }),
      timeoutMs,
      bytesMax: ANSWER_BYTES_MAX,
    })
    .catch((error: unknown) => {
      runtime.log.debug('a copy was not answered', { requestId: exchange.id, upstream, error: String(error) });
    })
    .finally(() => flights.count--);
  return note(exchange, 'copied');
}

/** What the gate itself sends; other bytes pass in a caller's own head alone. */
const PLAIN = /^[\t\x20-\x7e]*$/;

function note({ notes }: Exchange, what: string): undefined {
  (notes.policies ??= {})['mirror'] = what;
}
