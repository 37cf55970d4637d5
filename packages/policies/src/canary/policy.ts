import { definePolicy } from '../define-policy.ts';
import { cookieValue } from '../cookie-value.ts';
import { fraction } from '../parsed-units.ts';
import type { Exchange, RequestView } from '../policy.ts';
import type { Config } from './schema.ts';
import { ownCookie, pointOf, subjectOf } from './sticky-point.ts';

export const canary = definePolicy({
  name: 'canary',
  stage: 'shape',
  build(config: Config, { route, runtime }) {
    const { upstream } = config;
    const weight = fraction(config.weight);
    const subject = config.sticky === undefined ? undefined : subjectOf(config.sticky.by);
    const cookie = config.sticky?.by === 'cookie' ? ownCookie(config.sticky.maxAge) : undefined;
    const usual = route.target.kind === 'upstream' ? route.target.upstream : undefined;
    const chooses = (exchange: Exchange): boolean => {
      if (isMarked(exchange.request, config)) return true;
      if (weight === 0) return false;
      cookie?.(exchange);
      const who = subject?.(exchange);
      return (who === undefined ? runtime.random() : pointOf(who, upstream)) < weight;
    };
    return {
      onRequest(exchange) {
        // One that stands before it has decided already.
        if (usual === undefined || exchange.upstream !== usual || !chooses(exchange)) return;
        exchange.upstream = upstream;
        (exchange.notes.policies ??= {})['canary'] = upstream;
      },
    };
  },
});

function isMarked(request: RequestView, { header, cookie }: Config): boolean {
  if (header !== undefined && fits(request.header(header.name.toLowerCase()), header.value)) return true;
  return cookie !== undefined && fits(cookieValue(request.header('cookie'), cookie.name), cookie.value);
}

function fits(found: string | undefined, wanted: string | undefined): boolean {
  return found !== undefined && (wanted === undefined || found === wanted);
}
