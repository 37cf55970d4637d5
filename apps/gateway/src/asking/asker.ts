import type { EndpointSpec } from '@gatehouse/config';
import { isIdempotent, type UpstreamFailure } from '@gatehouse/http';
import { GatehouseError, type Clock } from '@gatehouse/kernel';
import type { Answer, Ask, UpstreamAsk } from '@gatehouse/policies';
import type { Outcome, UpstreamGroup } from '@gatehouse/upstream';
import type { House } from '../house.ts';
import { Asking, type AskingPlan } from './asking.ts';

type AskerHouse = Pick<House, 'pools' | 'clock' | 'via'>;

const CONNECT_MS_MAX = 5000;
const LATE = new GatehouseError('upstream.timeout', 'the server did not answer in time');
const UNWANTED = new GatehouseError('request.cancelled', 'nobody waits for the answer any more');

/** The gate's own way to other servers, over the connections of callers' calls. */
export class Asker {
  readonly #house: AskerHouse;

  constructor(house: AskerHouse) {
    this.#house = house;
  }

  async ask(request: Ask): Promise<Answer> {
    const { endpoint, target } = addressed(request.url);
    const { timeoutMs } = request;
    const timeouts = { connectMs: Math.min(timeoutMs, CONNECT_MS_MAX), firstByteMs: timeoutMs, idleMs: timeoutMs };
    const pool = this.#house.pools.of(endpoint);
    const { method, headers, body, bytesMax } = request;
    const repeatable = mayRepeat(request);
    const authority = endpoint.authority;
    const plan = { pool, authority, method, target, headers, lines: '', body, repeatable, timeouts, bytesMax };
    return this.#asked(plan, request, () => {});
  }

  async askUpstream(request: UpstreamAsk, group: UpstreamGroup): Promise<Answer> {
    const { clock } = this.#house;
    const begunMs = clock.monotonic();
    const endpoint = group.acquire({ tried: undefined, hashKey: request.target, nowMs: begunMs });
    if (endpoint === undefined) {
      const open = group.refusedForMs(begunMs) !== undefined;
      throw open
        ? new GatehouseError('upstream.circuit_open', 'the upstream fails and is left alone for a while')
        : new GatehouseError('upstream.unhealthy', 'no endpoint of the upstream is healthy');
    }
    const { spec } = endpoint;
    const { method, headers, body, bytesMax } = request;
    const plan: AskingPlan = {
      pool: this.#house.pools.of(spec),
      authority: request.authority ?? spec.authority,
      method,
      target: spec.basePath + request.target,
      headers,
      lines: `via: ${this.#house.via}\r\n`,
      body,
      repeatable: mayRepeat(request),
      timeouts: group.spec.timeouts,
      bytesMax,
    };
    return this.#asked(plan, request, (came) => group.release(endpoint, outcomeOf(came, begunMs, clock)));
  }

  async #asked(
    plan: AskingPlan,
    { timeoutMs, signal }: Pick<Ask, 'timeoutMs' | 'signal'>,
    ended: (came: Came) => void,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = (came: Came): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', unwanted);
        ended(came);
      };
      const asking = new Asking(plan, {
        done: (answer) => {
          settle({ status: answer.status, failure: undefined });
          resolve(answer);
        },
        failed: (error, failure) => {
          settle({ status: undefined, failure: error === LATE ? 'first-byte-timeout' : failure });
          reject(error);
        },
      });
      const unwanted = (): void => asking.stop(UNWANTED);
      const timer = setTimeout(() => asking.stop(LATE), timeoutMs);
      signal?.addEventListener('abort', unwanted, { once: true });
      if (signal?.aborted === true) unwanted();
      else asking.begin();
    });
  }
}

function mayRepeat({ method, repeatable }: Ask | UpstreamAsk): boolean {
  return repeatable ?? isIdempotent(method);
}

interface Came {
  readonly status: number | undefined;
  readonly failure: UpstreamFailure | undefined;
}

function outcomeOf({ status, failure }: Came, begunMs: number, clock: Clock): Outcome {
  const nowMs = clock.monotonic();
  const latencyMs = nowMs - begunMs;
  if (status !== undefined) return { kind: 'reply', status, retryAfterMs: undefined, latencyMs, nowMs, begunMs };
  if (failure === undefined) return { kind: 'cancelled', latencyMs, nowMs, begunMs };
  if (failure.startsWith('connect')) return { kind: 'connect', latencyMs, nowMs, begunMs };
  return { kind: failure.endsWith('timeout') ? 'timeout' : 'reset', latencyMs, nowMs, begunMs };
}

function addressed(text: string): { endpoint: EndpointSpec; target: string } {
  if (!URL.canParse(text)) throw new GatehouseError('gateway.internal', 'this is no URL');
  const url = new URL(text);
  const tls = url.protocol === 'https:';
  if (!tls && url.protocol !== 'http:') throw new GatehouseError('gateway.internal', 'only http and https are asked');
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
  const endpoint = {
    id: `${url.protocol}//${url.hostname}:${port}`,
    tls,
    // `net.connect` takes an IPv6 address without the brackets that Host needs.
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    authority: url.host,
    basePath: '',
    weight: 1,
  };
  return { endpoint, target: url.pathname + url.search };
}
