import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { ServiceError } from '../service-error.ts';

const compiled = new WeakMap<TSchema, Validator>();
const PROBLEMS_MAX = 20;

/** What a caller sent, under the schema of what it may send. */
export function readInput<Type extends TSchema>(schema: Type, input: unknown): Static<Type> {
  const validator = compiled.get(schema) ?? Compile(schema);
  compiled.set(schema, validator);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the check says
  if (validator.Check(input)) return input as Static<Type>;
  const problems = validator.Errors(input).slice(0, PROBLEMS_MAX).map(problemOf);
  const [first] = problems;
  throw new ServiceError(
    'admin.invalid',
    first === undefined ? 'this does not fit' : `${first.path} ${first.message}`,
    {
      errors: problems,
    },
  );
}

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message: string;
  readonly params?: unknown;
}

function problemOf({ instancePath, message, params }: SchemaError): {
  readonly path: string;
  readonly message: string;
} {
  const unknown =
    typeof params === 'object' && params !== null && 'additionalProperties' in params
      ? params.additionalProperties
      : undefined;
  const names = Array.isArray(unknown) ? `: ${unknown.map(String).join(', ')}` : '';
  return { path: instancePath === '' ? '/' : instancePath, message: `${message}${names}` };
}
