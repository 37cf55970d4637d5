import { ASSERTIONS } from './schema-assertions.ts';

/** What the value of a keyword is. */
export type KeywordKind = 'assertion' | 'annotation' | 'schema' | 'schemas' | 'schemas-by-name' | 'count' | 'ref';

/**
 * The part of JSON Schema (2020-12) that answers are checked by. Not in it: `unevaluated…`, dynamic references, anchors,
 * and references to other documents. `format` says something and checks nothing, as the standard has it.
 */
export const KEYWORDS: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ...[...ASSERTIONS.keys()].map((keyword) => [keyword, 'assertion'] as const),
  ...named('annotation', '$schema $id $comment title description default examples example deprecated'),
  ...named('annotation', 'readOnly writeOnly format contentEncoding contentMediaType'),
  ...named('schema', 'not if then else items contains additionalProperties propertyNames'),
  ...named('schemas', 'allOf anyOf oneOf prefixItems'),
  ...named('schemas-by-name', 'properties patternProperties dependentSchemas $defs definitions'),
  ...named('count', 'minContains maxContains'),
  ...named('ref', '$ref'),
]);

function named(kind: KeywordKind, keywords: string): readonly (readonly [string, KeywordKind])[] {
  return keywords.split(' ').map((keyword) => [keyword, kind] as const);
}
