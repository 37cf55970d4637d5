export type * from './snapshot.ts';
export { compileConfig, type CompileOptions, type CompileResult } from './compile/compile-config.ts';
export type { ProviderRow } from './compile/compile-ai.ts';
export type { PolicyForm, PolicySchema } from './schema/policy-list.ts';
export type { ConfigSource } from './schema/config-schema.ts';
export { formatProblem, type ConfigProblem } from './problems/problem.ts';
export { configJsonSchema } from './docs/json-schema.ts';
export { configReference } from './docs/config-reference.ts';
