import { definePolicy } from '../define-policy.ts';
import type { Exchange, Reply } from '../policy.ts';
import { momentIn } from '../moment.ts';
import type { Config } from './schema.ts';

export const lifecycle = definePolicy({
  name: 'lifecycle',
  stage: 'admit',
  build(config: Config) {
    const deprecatedMs = config.deprecated === undefined ? undefined : momentIn(config.deprecated);
    const sunsetMs = config.sunset === undefined ? undefined : momentIn(config.sunset);
    const endMs = config.afterSunset === 'refuse' ? sunsetMs : undefined;
    const brownouts = config.brownouts.map(({ from, to }) => ({
      fromMs: momentIn(from) ?? 0,
      toMs: momentIn(to) ?? 0,
    }));
    const lines = headersOf(config, deprecatedMs, sunsetMs);
    return {
      onRequest(exchange) {
        for (const [name, value] of lines) exchange.replyHeaders.add(name, value);
        const { startedAt } = exchange;
        if (endMs !== undefined && startedAt >= endMs) return gone(config);
        const window = brownouts.find(({ fromMs, toMs }) => startedAt >= fromMs && startedAt < toMs);
        return window === undefined ? undefined : brownout(exchange, window.toMs);
      },
    };
  },
});

/** RFC 9745 §2: a structured date. RFC 8594 §3: an HTTP date. The links are those that both name. */
function headersOf(
  { successor, docs }: Config,
  deprecatedMs: number | undefined,
  sunsetMs: number | undefined,
): readonly (readonly [string, string])[] {
  const links = [
    ...(successor === undefined ? [] : [`<${successor}>; rel="successor-version"`]),
    ...(docs === undefined ? [] : [`<${docs}>; rel="${deprecatedMs === undefined ? 'sunset' : 'deprecation'}"`]),
  ];
  return [
    ...(deprecatedMs === undefined ? [] : [['deprecation', `@${Math.floor(deprecatedMs / 1000)}`] as const]),
    ...(sunsetMs === undefined ? [] : [['sunset', new Date(sunsetMs).toUTCString()] as const]),
    ...(links.length === 0 ? [] : [['link', links.join(', ')] as const]),
  ];
}

function gone({ successor }: Config): Reply {
  const next = successor === undefined ? '' : `, use ${successor}`;
  return { code: 'route.gone', detail: `this version is no longer served${next}` };
}

function brownout({ startedAt }: Exchange, toMs: number): Reply {
  return {
    code: 'route.brownout',
    detail: 'this version is about to end and is refused for a while, move to its successor',
    headers: [['retry-after', String(Math.max(1, Math.ceil((toMs - startedAt) / 1000)))]],
  };
}
