/** What the value of a keyword holds; values of keywords that are not named here are data and are left alone. */
export type KeywordKind = 'schema' | 'schemas' | 'schemas-by-name';

export const KEYWORD_KINDS: ReadonlyMap<string, KeywordKind> = new Map([
  ['additionalItems', 'schema'],
  ['additionalProperties', 'schema'],
  ['contains', 'schema'],
  ['contentSchema', 'schema'],
  ['else', 'schema'],
  ['if', 'schema'],
  ['items', 'schema'],
  ['not', 'schema'],
  ['propertyNames', 'schema'],
  ['then', 'schema'],
  ['unevaluatedItems', 'schema'],
  ['unevaluatedProperties', 'schema'],
  ['allOf', 'schemas'],
  ['anyOf', 'schemas'],
  ['oneOf', 'schemas'],
  ['prefixItems', 'schemas'],
  ['$defs', 'schemas-by-name'],
  ['definitions', 'schemas-by-name'],
  ['dependencies', 'schemas-by-name'],
  ['dependentSchemas', 'schemas-by-name'],
  ['patternProperties', 'schemas-by-name'],
  ['properties', 'schemas-by-name'],
]);

/** Where true and false are what everybody writes and every target knows. */
export const TAKES_BOOLEAN: ReadonlySet<string> = new Set([
  'additionalItems',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

/** Null is a value here; elsewhere it means that the keyword is absent. */
export const TAKES_NULL: ReadonlySet<string> = new Set(['const', 'default', 'example']);

/** They say nothing to a model and nothing about what is valid: no loss. */
export const SAYS_NOTHING: ReadonlySet<string> = new Set(['$schema', '$id', '$anchor', '$comment', '$vocabulary']);

/** Where definitions stand; once they are written where they are used, nothing refers to them. */
export const DEFINITIONS: ReadonlySet<string> = new Set(['$defs', 'definitions']);

/** References that depend on where they are met, and cannot be written out. */
export const OTHER_REFS: readonly string[] = ['$dynamicRef', '$recursiveRef'];

/** Keywords whose branches may say what the object beside them does not. */
export const COMPOSES: readonly string[] = ['$ref', 'allOf', 'anyOf', 'oneOf'];
