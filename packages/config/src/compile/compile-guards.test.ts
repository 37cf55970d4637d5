import { describe, expect, it } from 'vitest';
import { problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import type { AiGuardSpec } from '../guard-spec.ts';

const file = (guards: string): string => `gatehouse: 1
applications: { mobile: { keys: [ { name: k, secret: s } ] } }
ai:
  providers: { main: { kind: openai }, own: { kind: vllm, baseUrl: "http://127.0.0.1:1/v1" } }
  models: { assistant: { targets: [ { provider: main, model: x } ] } }
  guards:
    g: ${guards}
`;
/** Of the guard, which stands in line 7 behind column 7. */
const wrong = (guard: string, answerSchemaProblems?: () => readonly string[]): string[] =>
  problemsOf(file(guard), answerSchemaProblems === undefined ? {} : { answerSchemaProblems });

function compiled(guard: string): AiGuardSpec | undefined {
  return snapshotOf(file(guard)).ai?.guards?.[0];
}

describe('compileGuards', () => {
  it('leaves snapshots without guards as they are', () => {
    expect(snapshotOf('gatehouse: 1\nai: {}\n').ai).not.toHaveProperty('guards');
  });

  const GUARDS: readonly (readonly [string, object])[] = [
    [
      '{ kind: pii, action: mask, on: [ request ], entities: [ email, us_ssn ] }',
      { kind: 'pii', action: 'mask', on: ['request'], entities: ['email', 'us_ssn'], shadow: false },
    ],
    [
      '{ kind: secrets, action: flag, shadow: true }',
      { kind: 'secrets', action: 'flag', shadow: true, entities: undefined },
    ],
    ['{ kind: injection, action: flag }', { kind: 'injection', action: 'flag' }],
    [
      '{ kind: topics, deny: [ "a b*" ], allow: [ c ] }',
      { kind: 'topics', action: 'block', deny: ['a b*'], allow: ['c'] },
    ],
    [
      '{ kind: output-schema, schema: { type: object, properties: { n: { type: integer } } } }',
      { kind: 'output-schema', action: 'block', schema: { type: 'object', properties: { n: { type: 'integer' } } } },
    ],
    ['{ kind: length, maxChars: 10 }', { kind: 'length', action: 'block', maxChars: 10 }],
    [
      '{ kind: moderation, provider: own, model: m }',
      { kind: 'moderation', action: 'block', provider: 'own', model: 'm', timeoutMs: 5000, onFailure: undefined },
    ],
    [
      '{ kind: moderation, provider: own, model: m, threshold: 0.5, onFailure: pass, timeout: 1s, action: flag }',
      { action: 'flag', threshold: 0.5, onFailure: 'pass', timeoutMs: 1000 },
    ],
  ];
  it.each(GUARDS)('compiles %s', (guard, expected) => {
    expect(compiled(guard)?.guard).toMatchObject({ name: 'g', ...expected });
  });

  it('says for which calls a guard is', () => {
    expect(compiled('{ kind: injection, action: flag }')).toMatchObject({ models: undefined, applications: undefined });
    const named =
      '{ kind: injection, action: flag, models: [ assistant, main/any, vllm/any ], applications: [ mobile ] }';
    expect(compiled(named)).toMatchObject({ models: ['assistant', 'main/any', 'vllm/any'], applications: ['mobile'] });
    expect(compiled('{ kind: injection, action: flag, models: [ "*" ] }')).toMatchObject({ models: undefined });
  });

  const WRONG: readonly (readonly [string, readonly string[]])[] = [
    ['{ kind: secret, action: mask }', ['7:16: `secret` is no value of `kind`, did you mean `secrets`?']],
    [
      '{ action: mask }',
      [
        '7:5: `kind` is missing in `g`, write one of pii, secrets, injection, topics, output-schema, length, moderation',
      ],
    ],
    ['{ kind: pii }', ['7:5: `action` is missing in a guard of the kind `pii`, write `block` or `mask` or `flag`']],
    ['{ kind: pii, action: hide }', ['7:29: `hide` is no value of `action`, write one of `block`, `mask`, `flag`']],
    [
      '{ kind: injection, action: mask }',
      ['7:35: a guard of the kind `injection` cannot `mask`, write `block` or `flag`'],
    ],
    [
      '{ kind: length, maxChars: 1, action: mask }',
      ['7:45: a guard of the kind `length` cannot `mask`, write `block` or `flag`'],
    ],
    [
      '{ kind: output-schema, schema: {}, action: mask }',
      ['7:51: a guard of the kind `output-schema` cannot `mask`, write `block` or `flag`'],
    ],
    [
      '{ kind: injection, action: flag, on: [ reply ] }',
      ['7:41: `on` has no meaning for a guard of the kind `injection`, leave it out'],
    ],
    [
      '{ kind: length, maxChars: 1, deny: [ x ] }',
      ['7:37: `deny` has no meaning for a guard of the kind `length`, leave it out'],
    ],
    ['{ kind: length }', ['7:5: `maxChars` is missing in a guard of the kind `length`, write it']],
    ['{ kind: length, maxChars: 0 }', ['7:34: `maxChars` is not possible, write a whole number of at least 1']],
    ['{ kind: output-schema }', ['7:5: `schema` is missing in a guard of the kind `output-schema`, write it']],
    ['{ kind: output-schema, schema: 7 }', ['7:31: `schema` is no JSON Schema, write a map, true or false']],
    ['{ kind: moderation, provider: own }', ['7:5: `model` is missing in a guard of the kind `moderation`, write it']],
    ['{ kind: moderation, provider: mian, model: m }', ['7:38: unknown provider `mian`, did you mean `main`?']],
    [
      '{ kind: moderation, provider: main, model: m }',
      ['7:38: a provider of the kind `openai` moderates nothing, write another'],
    ],
    [
      '{ kind: moderation, provider: own, model: m, threshold: 2 }',
      ['7:64: `threshold` is not possible, write a number from 0 to 1'],
    ],
    ['{ kind: topics }', ['7:5: a guard of the kind `topics` wants words, write `deny`, `allow` or both']],
    [
      '{ kind: topics, allow: [ x ], on: [ reply ] }',
      ['7:24: `allow` is about what callers say, let the guard look at requests'],
    ],
    [
      '{ kind: topics, allow: [ x ], action: mask }',
      ['7:46: what callers do not say cannot be masked, write `block` or `flag`'],
    ],
    ['{ kind: topics, deny: [ "" ] }', ['7:32: `deny[0]` is empty, write a word or phrase']],
    [
      '{ kind: pii, action: mask, entities: [ jwt ] }',
      [
        '7:47: unknown entity of pii `jwt`, write one of `email`, `phone`, `card`, `iban`, `national_id`, `us_ssn`, `uk_nino`, `uk_nhs`, `de_tax_id`, `fr_nir`, `es_dni`, `es_nie`, …',
      ],
    ],
    [
      '{ kind: secrets, action: mask, entities: [ pasword ] }',
      ['7:51: `pasword` is no value of `entities[0]`, did you mean `password`?'],
    ],
    [
      '{ kind: injection, action: flag, models: [ asistant ] }',
      ['7:51: unknown model `asistant`, did you mean `assistant`?'],
    ],
    [
      '{ kind: injection, action: flag, models: [ nobody/any ] }',
      ['7:51: unknown model `nobody/any`, write `assistant`'],
    ],
    [
      '{ kind: injection, action: flag, applications: [ mobil ] }',
      ['7:57: unknown application `mobil`, did you mean `mobile`?'],
    ],
    [
      '{ kind: injection, action: flag, models: [] }',
      ['7:41: `models` has too few items, write at least 1: the name of a model'],
    ],
    ['{ kind: injection, action: flag, shadw: true }', ['7:41: unknown field `shadw`, did you mean `shadow`?']],
  ];
  it.each(WRONG)('refuses %s', (guard, problems) => {
    expect(wrong(guard)).toEqual(problems);
  });

  it('tells what is not understood of a schema', () => {
    const schema = '{ kind: output-schema, schema: { unevaluatedItems: false } }';
    expect(wrong(schema)).toEqual([]);
    expect(wrong(schema, () => ['unevaluatedItems is not understood'])).toEqual([
      '7:31: `schema` cannot be used: unevaluatedItems is not understood',
    ]);
  });
});
