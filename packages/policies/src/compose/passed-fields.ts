import type { Exchange } from '../policy.ts';

type Field = readonly [name: string, value: string];

/** What calls carry of every request: who asked through whom, and which request it is. */
const ALWAYS =
  /^(?:x-forwarded-(?:for|proto|host)|forwarded|x-request-id|traceparent|tracestate|x-gatehouse-[a-z-]+|accept-language|user-agent)$/;
const PLAIN = /^[\t\x20-\x7e]*$/;
/** Of one body, one connection or one upstream. */
const NEVER =
  /^(?:host|via|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|range|if-.*|accept|accept-encoding)$/;

/**
 * Fields of the request that its calls carry: what the gate and its policies say of the caller, and of the caller's own
 * only what the operator lists. Credentials are for the one whom they were sent to.
 */
export function passedFields(exchange: Exchange, forward: ReadonlySet<string>): readonly Field[] {
  const written = new Set(exchange.upstreamHeaders.lines.split('\r\n').map((line) => line.slice(0, line.indexOf(':'))));
  return exchange.upstreamFields().filter(([name, value]) => {
    if (NEVER.test(name) || !PLAIN.test(value)) return false;
    if (name === 'authorization' || name === 'cookie') return forward.has(name);
    return ALWAYS.test(name) || written.has(name) || forward.has(name);
  });
}
