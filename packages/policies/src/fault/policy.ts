import { definePolicy } from '../define-policy.ts';
import { fraction, milliseconds } from '../parsed-units.ts';
import type { Exchange, PolicyRuntime, Reply } from '../policy.ts';
import type { Config } from './schema.ts';

export const fault = definePolicy({
  name: 'fault',
  stage: 'shape',
  build(config: Config, { runtime }) {
    const hit = fraction(config.share);
    const field = config.header?.toLowerCase();
    const waitMs = delayOf(config.delay, runtime);
    const { abort } = config;
    return {
      onRequest(exchange): Reply | undefined | Promise<Reply | undefined> {
        if (field !== undefined && exchange.request.header(field) === undefined) return undefined;
        if (runtime.random() >= hit) return undefined;
        mark(exchange, [config.delay === undefined ? [] : 'delay', abort === undefined ? [] : `abort ${abort}`].flat());
        const then = abort === undefined ? undefined : aborted(abort);
        if (waitMs === undefined) return then;
        return new Promise((resolve) => runtime.later(waitMs(), () => resolve(then)));
      },
    };
  },
});

function delayOf(delay: Config['delay'], { random }: PolicyRuntime): (() => number) | undefined {
  if (delay === undefined) return undefined;
  const [minMs, maxMs] =
    typeof delay === 'string'
      ? [milliseconds(delay), milliseconds(delay)]
      : [milliseconds(delay.min), milliseconds(delay.max)];
  return () => minMs + random() * (maxMs - minMs);
}

/** Whoever looks for a cause must find it, in the reply as in the record. */
function mark(exchange: Exchange, what: readonly string[]): void {
  const text = what.join(', ');
  exchange.replyHeaders.set('x-gatehouse-fault', text);
  (exchange.notes.policies ??= {})['fault'] = text;
}

function aborted(abort: NonNullable<Config['abort']>): Reply {
  if (abort === 'reset') return { code: 'route.fault', detail: 'the connection is cut on purpose', cut: true };
  const body = JSON.stringify({ type: 'about:blank', title: 'Fault injected on purpose', status: abort });
  return { status: abort, headers: [['content-type', 'application/problem+json']], body };
}
