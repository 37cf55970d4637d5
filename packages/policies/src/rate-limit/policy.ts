import type { Limit } from '@gatehouse/counters';
import { hash32, hash64, type Hash64 } from '@gatehouse/kernel';
import { definePolicy } from '../define-policy.ts';
import { ipKey } from '../ip-address.ts';
import { LimitReport, showLimits } from '../limit-report.ts';
import type { Exchange } from '../policy.ts';
import { milliseconds } from '../parsed-units.ts';
import type { Config } from './schema.ts';

export const rateLimit = definePolicy({
  name: 'rate-limit',
  stage: 'admit',
  build(config: Config, tools) {
    const windowMs = milliseconds(config.window);
    const limit: Limit = { limit: config.limit, windowMs, algorithm: config.algorithm };
    const report = new LimitReport(config.name ?? `${config.by ?? 'caller'}-${config.window}`, limit);
    const prefix = hash64(`${tools.scope}\n${report.name}\n`);
    const subjectOf = subject(config.by ?? 'application');
    return {
      onRequest(exchange) {
        const key = under(prefix, subjectOf(exchange));
        const verdict = tools.counters.take(key, config.cost, limit, exchange.startedAt);
        showLimits(exchange.replyHeaders, { policies: report.policy, states: report.state(verdict) });
        report.note(exchange, verdict);
        return verdict.allowed ? undefined : report.refuse('limit.rate', verdict);
      },
    };
  },
});

/** The key of `text` below a prefix, without hashing the prefix again. */
function under(prefix: Hash64, text: string): Hash64 {
  return { high: hash32(text, prefix.high), low: hash32(text, prefix.low) };
}

/** Whose count it is. Kinds begin with letters of their own, so that an application named like an address is another subject. */
function subject(by: string): (exchange: Exchange) => string {
  switch (by) {
    case 'application':
      return (exchange) =>
        exchange.principal === undefined ? address(exchange) : `a${exchange.principal.application}`;
    case 'credential':
      return (exchange) =>
        exchange.principal === undefined
          ? address(exchange)
          : `c${exchange.principal.application}\n${exchange.principal.credential}`;
    case 'ip':
      return address;
    case 'route':
      return (exchange) => `r${exchange.route.id}`;
    default: {
      const name = by.slice('header:'.length).toLowerCase();
      return (exchange) => `h${exchange.request.header(name) ?? ''}`;
    }
  }
}

/** An IPv6 caller owns at least a /64, so all of it is one caller. */
function address({ request }: Exchange): string {
  const key = ipKey(request.clientIp) ?? request.clientIp;
  return `i${key.length === 8 ? key.slice(0, 4) : key}`;
}
