import { describe, expect, it } from 'vitest';
import { specOf, TRIAGE } from './__fixtures__/prompts.ts';
import { compilePrompt } from './compile-prompt.ts';
import type { PromptSpec } from './prompt-spec.ts';

function problemsOf(spec: PromptSpec): readonly string[] {
  const result = compilePrompt(spec);
  return 'problems' in result ? result.problems.map(({ place, message }) => `${place} ${message}`) : [];
}

describe('compilePrompt', () => {
  it('takes a prompt that is right', () => {
    expect(problemsOf(TRIAGE)).toEqual([]);
  });

  it.each<readonly [PromptSpec, string]>([
    [{ ...TRIAGE, current: '3' }, 'current names no version; there are 1, 2'],
    [{ ...TRIAGE, current: '__proto__' }, 'current names no version; there are 1, 2'],
    [specOf({ messages: [] }), 'versions.1.messages need one of the user'],
    [specOf({ messages: [{ role: 'user', text: ' ' }] }), 'versions.1.messages.0 is empty'],
    [
      specOf({ messages: [{ role: 'user', text: '{{#each a}}' }] }),
      'versions.1.messages.0 has braces that are no {{variable}}',
    ],
    [specOf({ messages: [{ role: 'user', text: '{{a}}' }] }), 'versions.1.variables.a is used but not described'],
    [specOf({ variables: { a: { type: 'string' } } }), 'versions.1.variables.a is described but not used'],
    [
      specOf({ variables: { 'a-b': { type: 'string' } } }),
      'versions.1.variables.a-b must be letters, digits and underscores',
    ],
    [
      specOf({ messages: [{ role: 'user', text: '{{a}}' }], variables: { a: { type: 'enum' } } }),
      'versions.1.variables.a.values are missing',
    ],
    [
      specOf({ messages: [{ role: 'user', text: '{{a}}' }], variables: { a: { type: 'string', maxChars: 0 } } }),
      'versions.1.variables.a.maxChars must be a whole number from 1',
    ],
    [specOf({ model: '' }), 'versions.1.model is empty'],
    [
      specOf({ output: { schema: { type: 'object', unevaluatedProperties: false } } }),
      'versions.1.output.schema.unevaluatedProperties is a keyword that is not checked',
    ],
  ])('%#: refuses what is wrong', (spec, problem) => {
    expect(problemsOf(spec)).toEqual([problem]);
  });

  it('names everything that is wrong', () => {
    const spec = specOf({ model: '', messages: [{ role: 'system', text: '{{a}} {{b}}' }] });
    expect(problemsOf({ ...spec, current: 'x' })).toHaveLength(5);
  });
});
