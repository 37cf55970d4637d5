import { definePolicy } from '../define-policy.ts';
import { fillTemplate } from '../path-template.ts';
import { isCanonical, pathValue, queryValue } from '../path-values.ts';
import type { Exchange, Reply } from '../policy.ts';
import type { Config } from './schema.ts';
import { targetTemplate, type TargetTemplate } from './target-template.ts';

export const redirect = definePolicy({
  name: 'redirect',
  stage: 'shape',
  build({ to, status, keepQuery }: Config) {
    const target = targetTemplate(to);
    return {
      onRequest(exchange): Reply {
        const location = locationOf(target, exchange, keepQuery);
        return typeof location === 'string' ? { status, headers: [['location', location]], body: '' } : location;
      },
    };
  },
});

const NO_SUCH_SEGMENT: Reply = {
  code: 'route.unavailable',
  detail: 'The redirect names a segment that the route lacks',
};
const AMBIGUOUS: Reply = { code: 'request.ambiguous', detail: 'The path has no single meaning after the redirect' };

function locationOf(target: TargetTemplate, exchange: Exchange, keepQuery: boolean): string | Reply {
  const path = fillTemplate(target.path, (name) => pathValue(name, exchange));
  const asked = target.query === undefined ? '' : fillTemplate(target.query, (name) => queryValue(name, exchange));
  if (path === undefined || asked === undefined) return NO_SUCH_SEGMENT;
  // A browser takes `//other.example` for another server, also where the route allows empty segments.
  if (!isCanonical(path, exchange) || (target.origin === '' && path.startsWith('//'))) return AMBIGUOUS;
  const kept = keepQuery ? exchange.request.query.slice(1) : '';
  const query = [asked, kept].filter((part) => part !== '').join('&');
  return target.origin + path + (query === '' ? '' : `?${query}`) + target.fragment;
}
