import { definePolicy } from '../define-policy.ts';
import { bytes, milliseconds } from '../parsed-units.ts';
import type { Exchange, Reply } from '../policy.ts';
import { CacheCall, type CacheRules } from './cache-call.ts';
import type { Config } from './schema.ts';

export const cache = definePolicy({
  name: 'cache',
  stage: 'cache',
  build(config: Config, { runtime }) {
    const rules = rulesOf(config);
    const calls = new WeakMap<Exchange, CacheCall>();
    return {
      onRequest(exchange): Reply | undefined | Promise<Reply | undefined> {
        // A switch of protocols is no reply that anybody could keep.
        if (exchange.request.header('upgrade') !== undefined) return undefined;
        const call = new CacheCall(exchange, runtime, rules);
        calls.set(exchange, call);
        return call.begin();
      },
      onReply: (exchange, reply, sink) => calls.get(exchange)?.onReply(reply, sink),
      onFailure: (exchange) => calls.get(exchange)?.onFailure(),
      onEnd: (exchange) => calls.get(exchange)?.end(),
    };
  },
});

function rulesOf(config: Config): CacheRules {
  const ms = (text: string | undefined): number => (text === undefined ? 0 : milliseconds(text));
  return {
    ttlMs: ms(config.ttl),
    negativeTtlMs: ms(config.negativeTtl),
    heuristic: Number.parseFloat(config.heuristic) / 100,
    staleWhileRevalidateMs: config.staleWhileRevalidate === undefined ? -1 : ms(config.staleWhileRevalidate),
    staleIfErrorMs: config.staleIfError === undefined ? -1 : ms(config.staleIfError),
    bytesMax: bytes(config.maxBytes),
    cookies: config.cookies,
    obeyCallers: config.obeyCallers,
    query: config.query,
    identity: config.identity,
    tagHeader: config.tagHeader.toLowerCase(),
  };
}
