export { LinearPattern } from './linear-pattern.ts';
export { PatternProblem } from './pattern-tree.ts';
export { JSON_TYPES, type JsonType, type PlanSchema, type PlanSchemaObject } from './plan-schema.ts';
export { endlessSchema, type EndlessSchema } from './endless-schema.ts';
export type { Finding } from './examination.ts';
export { SchemaSet } from './schema-set.ts';
export {
  itemsOf,
  mayHold,
  propertyNamesOf,
  propertyOf,
  requiredNamesOf,
  typeOfValue,
  typesOf,
} from './schema-types.ts';
export { Surface, type Described } from './surface.ts';
