import { definePolicy } from '../define-policy.ts';
import { fillTemplate, parseTemplate } from '../path-template.ts';
import { isCanonical, pathValue } from '../path-values.ts';
import type { Exchange, Reply } from '../policy.ts';
import { CapturingPattern } from './capturing-pattern.ts';
import { queryEdit } from './query-edit.ts';
import type { Config } from './schema.ts';

/** Longer ones would cost a pattern too much. */
const MATCHED_CHARS_MAX = 4096;

export const rewrite = definePolicy({
  name: 'rewrite',
  stage: 'shape',
  build(config: Config) {
    const pathOf = pathRewriter(config);
    const editQuery = config.query && queryEdit(config.query);
    return {
      onRequest(exchange) {
        const { upstreamTarget } = exchange;
        const mark = upstreamTarget.indexOf('?');
        const before = mark < 0 ? upstreamTarget : upstreamTarget.slice(0, mark);
        const path = pathOf === undefined ? before : pathOf(before, exchange);
        if (typeof path !== 'string') return path;
        // What was put together may read differently from its parts: it has to be canonical once more.
        if (path !== before && !isCanonical(path, exchange)) return AMBIGUOUS;
        const query = mark < 0 ? '' : upstreamTarget.slice(mark);
        const edited = editQuery === undefined ? query : editQuery(query, exchange);
        if (edited === undefined) return NO_SUCH_SEGMENT;
        exchange.upstreamTarget = path + edited;
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
const TOO_LONG: Reply = { code: 'request.target_too_long', detail: 'The path is too long for the rewrite' };

type PathRewriter = (path: string, exchange: Exchange) => string | Reply;

function pathRewriter({ path, match }: Config): PathRewriter | undefined {
  if (path === undefined) return undefined;
  if (match !== undefined) return byPattern(path, match);
  const template = parseTemplate(path);
  return (_, exchange) => fillTemplate(template, (name) => pathValue(name, exchange)) ?? NO_SUCH_SEGMENT;
}

/** On the canonical path, so that no other spelling gets by. */
function byPattern(path: string, match: string): PathRewriter {
  const template = parseTemplate(path, { captures: true });
  const pattern = CapturingPattern.compile(match);
  return (before, exchange) => {
    if (before.length > MATCHED_CHARS_MAX) return TOO_LONG;
    const found = pattern?.exec(before);
    if (found === undefined) return before;
    const valueOf = (name: string): string | undefined =>
      name.startsWith('$') ? found.group(Number(name.slice(1))) : pathValue(name, exchange);
    const filled = fillTemplate(template, valueOf);
    return filled === undefined ? NO_SUCH_SEGMENT : before.slice(0, found.start) + filled + before.slice(found.end);
  };
}
