import { AMBIGUITY, canonicalTarget } from '@gatehouse/http';
import { definePolicy } from '../define-policy.ts';
import { fillTemplate, parseTemplate } from '../path-template.ts';
import type { Exchange, Reply } from '../policy.ts';
import type { Config } from './schema.ts';

export const rewrite = definePolicy({
  name: 'rewrite',
  stage: 'shape',
  build(config: Config) {
    const template = parseTemplate(config.path);
    return {
      onRequest(exchange) {
        const path = fillTemplate(template, (name) => valueOf(name, exchange));
        if (path === undefined) return NO_SUCH_SEGMENT;
        // What was put together may read differently from its parts: it has to be canonical once more.
        if (!isCanonical(path, exchange)) return AMBIGUOUS;
        const query = exchange.upstreamTarget.indexOf('?');
        exchange.upstreamTarget = query < 0 ? path : path + exchange.upstreamTarget.slice(query);
        return undefined;
      },
    };
  },
});

const NO_SUCH_SEGMENT: Reply = {
  code: 'route.unavailable',
  detail: 'The rewrite names a segment that the route lacks',
};
const AMBIGUOUS: Reply = { code: 'request.ambiguous', detail: 'The path has no single meaning after its rewrite' };

function valueOf(name: string, { params, request, route }: Exchange): string | undefined {
  if (Object.hasOwn(params, name)) return params[name];
  if (name !== 'rest') return undefined;
  if (Object.hasOwn(params, '*')) return params['*'];
  // `strip` is a prefix of the canonical path, the one string that everything here is decided on.
  const rest = request.path.startsWith(route.strip) ? request.path.slice(route.strip.length) : request.path;
  return rest.startsWith('/') ? rest.slice(1) : rest;
}

function isCanonical(path: string, { route }: Exchange): boolean {
  const canonical = canonicalTarget(path);
  if (canonical === undefined || canonical.path !== path) return false;
  let allowed = 0;
  for (const name of route.allow) allowed |= AMBIGUITY[name];
  return (canonical.ambiguity & ~allowed) === 0;
}
