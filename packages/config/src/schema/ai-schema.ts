import { Type, type Static } from 'typebox';
import { endpointUrl } from '../forms/endpoint-url.ts';
import { basePathText } from '../forms/path-pattern.ts';
import { modelNameText, nameText, secretText } from '../forms/tokens.ts';
import { duration } from '../forms/units.ts';
import { positiveCount } from './plan-schema.ts';
import type { PolicyListSchema } from './policy-list.ts';
import { strictObject } from './strict-object.ts';
import { timeouts, weight } from './upstream-schema.ts';

const providerSchema = strictObject(
  {
    kind: nameText({
      title: 'a kind of provider',
      description: 'A row of the provider table, or one of its other names.',
    }),
    baseUrl: Type.Optional(
      endpointUrl({ description: "What precedes the dialect's own path; by default the vendor's." }),
    ),
    apiKey: Type.Optional(secretText({ description: 'Sent to the vendor instead of what the caller sent.' })),
    accessKeyId: Type.Optional(secretText({ description: 'For vendors that sign requests.' })),
    secretAccessKey: Type.Optional(secretText({ description: 'For vendors that sign requests.' })),
    sessionToken: Type.Optional(secretText({ description: 'For vendors that sign requests.' })),
    region: Type.Optional(nameText({ description: 'For vendors whose address depends on it.' })),
  },
  { description: 'An account with a vendor, or a server of your own.' },
);

const targetSchema = strictObject({
  provider: nameText({ title: 'the name of a provider', description: 'One of `providers`.' }),
  model: modelNameText({ description: "The provider's name of the model." }),
  weight: weight('Share of the calls, relative to the other targets; 0 for a reserve.'),
});

const modelSchema = strictObject(
  {
    targets: Type.Array(targetSchema, { description: 'First choices.', minItems: 1 }),
    fallback: Type.Array(targetSchema, { description: 'Tried in order when the first choices fail.', default: [] }),
    strict: Type.Boolean({
      description: 'Refuse what a provider cannot do instead of leaving it out.',
      default: false,
    }),
  },
  { description: 'A model under the name that callers use.' },
);

const budgetMembers = {
  usd: Type.Number({ description: 'US dollars in a period.', exclusiveMinimum: 0, maximum: 1_000_000_000 }),
  per: Type.Enum(['hour', 'day', 'week', 'month', 'total'], {
    description: 'The period, by the calendar in UTC; a total is never renewed.',
  }),
  mode: Type.Enum(['hard', 'warning'], { description: 'Refuse calls beyond it, or only tell.', default: 'hard' }),
};

const budget = strictObject(budgetMembers, { description: 'What the application may spend.' });

const budgetSchema = strictObject(
  {
    of: Type.Enum(['application', 'credential', 'team', 'model', 'provider', 'all'], {
      description: 'Whose spending is counted; `all` counts every call.',
    }),
    name: Type.Optional(
      modelNameText({ description: 'Which of them; without it, each one has such a budget of its own.' }),
    ),
    ...budgetMembers,
  },
  { description: 'What may be spent on models.' },
);

const tokenLimit = strictObject({
  tokens: positiveCount('Tokens in a window.'),
  window: duration({ description: 'The window.' }),
});

const accessSchema = strictObject({
  application: nameText({ title: 'the name of an application', description: 'One of `applications`.' }),
  models: Type.Array(modelNameText({ description: 'A model.' }), {
    description: 'Names of `models`, `provider/model`, or * for all.',
    uniqueItems: true,
  }),
  budget: Type.Optional(budget),
  limits: Type.Array(tokenLimit, {
    description: 'Limits on tokens, prompts and answers together.',
    default: [],
  }),
});

export const aiSchema = (policies: PolicyListSchema) =>
  strictObject(
    {
      basePath: basePathText({ description: 'In front of `/v1/chat/completions` and the other paths.', default: '/' }),
      require: Type.Enum(['open', 'key'], {
        description: 'Who may call: anybody, or anybody with a key.',
        default: 'key',
      }),
      providers: Type.Record(Type.String(), providerSchema, {
        description: 'By name.',
        propertyNames: nameText({ description: 'The name of a provider.' }),
        default: {},
      }),
      models: Type.Record(Type.String(), modelSchema, {
        description: 'By the name that callers use.',
        propertyNames: modelNameText({ description: 'The name of a model.' }),
        default: {},
      }),
      access: Type.Optional(
        Type.Array(accessSchema, {
          description: 'Which application may call which models; without this list every application may call all.',
        }),
      ),
      budgets: Type.Array(budgetSchema, { description: 'What may be spent on models, by whom.', default: [] }),
      timeouts: timeouts({ connect: '5s', firstByte: '5m', idle: '2m' }),
      policies,
    },
    { description: 'The AI gateway; without this section there are no AI paths.' },
  );

export type AiSource = Static<ReturnType<typeof aiSchema>>;
export type ProviderSource = AiSource['providers'][string];
export type ModelSource = AiSource['models'][string];
