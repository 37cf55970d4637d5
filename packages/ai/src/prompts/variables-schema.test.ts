import { expect, it } from 'vitest';
import { compiled, promptOf, TRIAGE } from './__fixtures__/prompts.ts';
import { variablesSchema } from './variables-schema.ts';
import { mismatchOf } from './schema-check.ts';
import { schemaProblems } from './schema-problems.ts';

it('says what the variables of a version may be', () => {
  const schema = variablesSchema(compiled(TRIAGE).current);
  expect(schema).toEqual({
    type: 'object',
    properties: {
      team: { type: 'string', enum: ['sales', 'support'], description: 'Who gets it' },
      levels: { type: 'number' },
      strict: { type: 'boolean' },
      ticket: { type: 'string', maxLength: 40 },
      context: {},
    },
    required: ['team', 'levels', 'strict', 'ticket'],
    additionalProperties: false,
  });
  expect(schemaProblems(schema)).toEqual([]);
  const given = { team: 'sales', levels: 1, strict: false, ticket: 'a' };
  expect(mismatchOf(given, schema)).toBeUndefined();
  expect(mismatchOf({ ...given, team: 'x' }, schema)?.place).toBe('/team');
});

it('requires nothing where nothing is required', () => {
  const schema = variablesSchema(promptOf('a {{a}}', { a: { type: 'string', required: false } }).current);
  expect(schema).toEqual({
    type: 'object',
    properties: { a: { type: 'string', maxLength: 16_384 } },
    additionalProperties: false,
  });
});
