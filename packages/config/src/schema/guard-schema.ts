import { Type } from 'typebox';
import { modelNameText, nameText } from '../forms/tokens.ts';
import { timeout } from '../forms/units.ts';
import { PII_ENTITIES, SECRET_ENTITIES } from '../guard-spec.ts';
import { positiveCount } from './positive-count.ts';
import { strictObject } from './strict-object.ts';

export const GUARD_KINDS = ['pii', 'secrets', 'injection', 'topics', 'output-schema', 'length', 'moderation'] as const;

const phrases = (description: string) =>
  Type.Optional(
    Type.Array(Type.String({ title: 'a word or phrase', minLength: 1, maxLength: 200, pattern: String.raw`\S` }), {
      description,
      minItems: 1,
      maxItems: 10_000,
    }),
  );

/** One form for all kinds, so that a field of another kind is told of as such; `compile/compile-guards.ts` says which has which. */
export const guardSchema = strictObject(
  {
    kind: Type.Enum(GUARD_KINDS, {
      description:
        'What it looks for: personal data, secrets, attempts to talk a model out of its instructions, words, the form of an answer, the length of a text, or what a provider that moderates objects to.',
    }),
    action: Type.Optional(
      Type.Enum(['block', 'mask', 'flag'], {
        description:
          'Refuse the call, put a token such as `[EMAIL_1]` in the place of what was found and take it back in the answer, or only tell in the record. `mask` is for pii, secrets and topics; pii, secrets and injection must say one, the others block when they do not.',
      }),
    ),
    on: Type.Optional(
      Type.Array(Type.Enum(['request', 'reply']), {
        description:
          'What goes to the model, and what comes back; by default both. Not for injection (requests only) and output-schema (answers only).',
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    models: Type.Optional(
      Type.Array(modelNameText({ description: 'A model.' }), {
        description: 'For calls of these models only, by the names of `models` or as `provider/model`.',
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    applications: Type.Optional(
      Type.Array(nameText({ title: 'the name of an application', description: 'One of `applications`.' }), {
        description: 'For calls of these applications only.',
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    shadow: Type.Boolean({
      description: 'Tell in the record what it would have done, and change nothing: to try a guard out.',
      default: false,
    }),
    entities: Type.Optional(
      Type.Array(Type.Enum([...PII_ENTITIES, ...SECRET_ENTITIES]), {
        description:
          'For pii and secrets: what is looked for; without it all of the kind. `national_id` stands for the numbers of all states.',
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    deny: phrases(
      'For topics: words and phrases that must not be said, whatever their case, accents and look-alikes; `word*` takes every ending.',
    ),
    allow: phrases('For topics: callers must say one of these somewhere in the conversation.'),
    schema: Type.Optional(
      Type.Unsafe<unknown>({
        title: 'a JSON Schema',
        description: 'For output-schema: the text of a complete answer must be JSON of this JSON Schema (2020-12).',
      }),
    ),
    maxChars: Type.Optional(
      positiveCount('For length: how many characters (UTF-16 units) all text of a request, or an answer, may have.'),
    ),
    provider: Type.Optional(
      nameText({
        title: 'the name of a provider',
        description: 'For moderation: one of `providers`; it is asked at its `/moderations`.',
      }),
    ),
    model: Type.Optional(modelNameText({ description: "For moderation: the provider's name of the model." })),
    threshold: Type.Optional(
      Type.Number({
        description: "For moderation: a category counts from this score on; without it the provider's verdict counts.",
        minimum: 0,
        maximum: 1,
      }),
    ),
    onFailure: Type.Optional(
      Type.Enum(['block', 'pass'], {
        description: 'For moderation: what a provider that cannot be asked means; by default block.',
      }),
    ),
    timeout: Type.Optional(timeout({ description: 'For moderation: how long it is waited for; by default 5s.' })),
  },
  { description: 'A guardrail: what is looked for in calls of models, and what is done about it.' },
);
