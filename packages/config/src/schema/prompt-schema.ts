import { Type, type Static } from 'typebox';
import { pathText } from '../forms/path-pattern.ts';
import { labelText, modelNameText, nameText, variableNameText } from '../forms/tokens.ts';
import type { AnswerSchema } from '../guard-spec.ts';
import { positiveCount } from './positive-count.ts';
import { strictObject } from './strict-object.ts';

/** Of a template; what variables bring comes on top. */
const TEMPLATE_CHARS_MAX = 1024 * 1024;

const template = (description: string) =>
  Type.Optional(Type.String({ title: 'a template', description, maxLength: TEMPLATE_CHARS_MAX }));

const messageSchema = strictObject(
  {
    system: template('What the model is told beforehand.'),
    developer: template('The same for models that tell the two apart.'),
    user: template('What is asked.'),
    assistant: template('What the model has answered, as an example.'),
  },
  { title: 'a message', description: 'One role and its template.', minProperties: 1, maxProperties: 1 },
);

const variableMap = strictObject(
  {
    type: Type.Enum(['string', 'number', 'boolean', 'enum', 'json'], {
      description: 'What it takes; `json` any value, which is written as JSON.',
      default: 'string',
    }),
    description: Type.Optional(labelText({ description: 'For callers.' })),
    required: Type.Boolean({ description: 'Whether callers must give it; else it stands for nothing.', default: true }),
    maxChars: Type.Optional(positiveCount('Of the text that it becomes; 16384 by default.')),
    values: Type.Optional(
      Type.Array(Type.String({ title: 'a value', minLength: 1, maxLength: 1024 }), {
        description: 'What an `enum` may be.',
        minItems: 1,
        uniqueItems: true,
      }),
    ),
    untrusted: Type.Boolean({
      description:
        'Puts the value between marks that it cannot hold, `<untrusted-name-…>`, so that your instructions can say that what stands there is data.',
      default: false,
    }),
  },
  { description: 'A variable; `name: string` is short for `name: { type: string }`.' },
);

const variableSchema = Type.Union([Type.Enum(['string', 'number', 'boolean', 'json']), variableMap]);

const outputSchema = strictObject(
  {
    schema: Type.Unsafe<Exclude<AnswerSchema, boolean>>(
      Type.Record(Type.String(), Type.Unknown(), {
        title: 'a JSON Schema',
        description: 'JSON Schema (2020-12) of the answer, which is asked for and checked.',
      }),
    ),
    strict: Type.Boolean({
      description:
        'Ask the vendor to enforce it; most do so only where every object has `additionalProperties: false` and requires all of its properties.',
      default: false,
    }),
  },
  { description: 'Answers are JSON of this form; without it they are text.' },
);

const penalty = (description: string) => Type.Optional(Type.Number({ description, minimum: -2, maximum: 2 }));

const parameters = strictObject(
  {
    temperature: Type.Optional(Type.Number({ description: 'How freely tokens are chosen.', minimum: 0, maximum: 2 })),
    topP: Type.Optional(Type.Number({ description: 'Out of which share of likely tokens.', minimum: 0, maximum: 1 })),
    topK: Type.Optional(positiveCount('Out of how many likely tokens.')),
    frequencyPenalty: penalty('Against what was said often.'),
    presencePenalty: penalty('Against what was said at all.'),
    seed: Type.Optional(Type.Integer({ description: 'The same seed, the same answer, as far as a vendor keeps it.' })),
    stop: Type.Optional(
      Type.Array(Type.String({ title: 'a text', minLength: 1, maxLength: 1024 }), {
        description: 'Ends the answer.',
        minItems: 1,
        maxItems: 4,
      }),
    ),
    maxOutputTokens: Type.Optional(
      positiveCount('How long an answer may be; one that is cut is refused, for it is none.'),
    ),
  },
  { description: 'How the model answers.' },
);

/** Of a version, or of a prompt that has one only. */
const versionFields = {
  model: Type.Optional(modelNameText({ description: 'One of `models`, or `provider/model`.' })),
  template: template('What is asked; `{{name}}` stands for a variable, `\\{{` for two braces.'),
  messages: Type.Optional(
    Type.Array(messageSchema, {
      description: 'Instead of `template`: several messages in order, each under its role.',
      minItems: 1,
      maxItems: 256,
    }),
  ),
  variables: Type.Record(Type.String(), variableSchema, {
    description: 'What callers give, by name.',
    propertyNames: variableNameText({ description: 'The name of a variable.' }),
    default: {},
  }),
  output: Type.Optional(outputSchema),
  parameters: Type.Optional(parameters),
};

const versionSchema = strictObject(versionFields, { description: 'A version of a prompt.' });

export const promptSchema = strictObject(
  {
    path: Type.Optional(pathText({ description: 'Below `ai.basePath`; `/prompts/<name>` by default.' })),
    description: Type.Optional(labelText({ description: 'For callers.' })),
    dryRun: Type.Boolean({
      description: 'Lets callers see what would be sent, your words included, by `?dry-run=true`.',
      default: false,
    }),
    versions: Type.Optional(
      Type.Record(Type.String(), versionSchema, {
        description: 'Several versions, by name; each has what else a prompt has itself.',
        propertyNames: nameText({ description: 'The name of a version.' }),
        minProperties: 1,
      }),
    ),
    live: Type.Optional(
      nameText({
        title: 'the name of a version',
        description: 'The version for callers who ask for none; to be written where there are several.',
      }),
    ),
    ...versionFields,
  },
  { description: 'A prompt that is called like an API: `POST` its variables to its path.' },
);

export type PromptSource = Static<typeof promptSchema>;
export type PromptVersionSource = Static<typeof versionSchema>;
