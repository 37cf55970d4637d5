import { AMBIGUITY, canonicalTarget } from '@gatehouse/http';
import { GatehouseError } from '@gatehouse/kernel';
import { definePolicy } from '../define-policy.ts';
import type { Exchange, Reply } from '../policy.ts';
import { schema } from './schema.ts';

export const rewrite = definePolicy({
  name: 'rewrite',
  stage: 'shape',
  summary: 'Replaces the path that goes upstream; the query stays.',
  schema,
  build(config) {
    const parts = parse(config.path);
    return {
      onRequest(exchange) {
        const path = fill(parts, (name) => valueOf(name, exchange));
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

interface Part {
  readonly literal: string;
  /** Stands behind the literal; undefined behind the last one. */
  readonly param: string | undefined;
}

function parse(template: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of template.matchAll(/\{([A-Za-z_][A-Za-z0-9_-]*)\}/g)) {
    parts.push({ literal: template.slice(at, match.index), param: match[1] });
    at = match.index + match[0].length;
  }
  parts.push({ literal: template.slice(at), param: undefined });
  const sample = fill(parts, () => 'x') ?? '';
  const canonical = canonicalTarget(sample);
  if (canonical?.path !== sample || canonical.ambiguity !== 0)
    throw new GatehouseError('config.invalid', `rewrite/path: "${template}" is no canonical path`);
  return parts;
}

function fill(parts: readonly Part[], value: (name: string) => string | undefined): string | undefined {
  let path = '';
  for (const { literal, param } of parts) {
    const inserted = param === undefined ? '' : value(param);
    if (inserted === undefined) return undefined;
    path += literal + inserted;
  }
  return path;
}

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
