import { Type, type Static } from 'typebox';
import { endpointUrl } from '../forms/endpoint-url.ts';
import { basePathText } from '../forms/path-pattern.ts';
import { modelNameText, nameText, secretText } from '../forms/tokens.ts';
import { duration, share, timeout } from '../forms/units.ts';
import { capabilities } from './capability-schema.ts';
import { guardSchema } from './guard-schema.ts';
import { mediaSchema } from './media-schema.ts';
import { promptSchema } from './prompt-schema.ts';
import { budgetMembers, modelAccess } from './model-access-schema.ts';
import { positiveCount } from './positive-count.ts';
import type { PolicyListSchema } from './policy-list.ts';
import { semanticCache } from './semantic-cache-schema.ts';
import { strictObject } from './strict-object.ts';
import { weight } from './upstream-schema.ts';

const keyLimits = strictObject(
  {
    requests: Type.Optional(positiveCount('Calls in a window.')),
    tokens: Type.Optional(positiveCount('Tokens in a window, prompts and answers together.')),
    window: duration({ description: 'The window.' }),
  },
  { description: 'What may be asked of the vendor with this key, all workers and models together.' },
);

const apiKeySchema = strictObject({
  name: nameText({ title: 'the name of a key', description: 'What records call it; the key itself they never hold.' }),
  key: secretText({ description: 'Sent to the vendor.' }),
  weight: weight('Share of the calls, relative to the other keys; 0 for a reserve.'),
  limits: Type.Optional(keyLimits),
});

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
    apiKeys: Type.Optional(
      Type.Array(apiKeySchema, {
        description: 'Instead of `apiKey`: several keys. One that is limited, unpaid or revoked rests by itself.',
        minItems: 1,
      }),
    ),
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

/** What `ai.timeouts` and a model's own have in common. */
const LIMITS = {
  connect: 'Until a connection stands.',
  firstByte: 'From the last byte of a request to the first of its reply.',
  firstToken: 'From the start of a try to the first token of a stream; by default `connect` and `firstByte` together.',
  idle: 'Silence inside a reply.',
  total: 'From the first try to the last byte of the answer; without it, as long as tokens come.',
};

const timeouts = strictObject(
  {
    connect: timeout({ description: LIMITS.connect, default: '5s' }),
    firstByte: timeout({ description: LIMITS.firstByte, default: '5m' }),
    firstToken: Type.Optional(timeout({ description: LIMITS.firstToken })),
    idle: timeout({ description: LIMITS.idle, default: '2m' }),
    total: Type.Optional(timeout({ description: LIMITS.total })),
  },
  { description: 'How long the gate waits for an answer.', default: {} },
);

const modelTimeouts = strictObject(
  {
    connect: Type.Optional(timeout({ description: LIMITS.connect })),
    firstByte: Type.Optional(timeout({ description: LIMITS.firstByte })),
    firstToken: Type.Optional(timeout({ description: LIMITS.firstToken })),
    idle: Type.Optional(timeout({ description: LIMITS.idle })),
    total: Type.Optional(timeout({ description: LIMITS.total })),
  },
  { description: 'Other limits for this model than `ai.timeouts`.' },
);

const retries = strictObject(
  {
    attempts: Type.Integer({
      description: 'Further tries at targets that have failed, once all others have too; 0 for none.',
      default: 1,
      minimum: 0,
      maximum: 10,
    }),
    budget: share({ description: 'How many of all calls may be such tries or hedges.', default: '20%' }),
  },
  { description: 'When a call is tried again where it has failed.', default: {} },
);

const cache = strictObject(
  {
    ttl: duration({ description: 'How long an answer is given again.' }),
    refusals: Type.Boolean({ description: 'Also answers in which the model refused.', default: false }),
    toolCalls: Type.Boolean({ description: 'Also answers that call tools.', default: false }),
    zeroTemperatureOnly: Type.Boolean({ description: 'Only for calls that say `temperature: 0`.', default: false }),
    semantic: Type.Optional(semanticCache),
  },
  { description: 'Gives the same application the same answer to the same call; without it nothing is kept.' },
);

const hedge = strictObject(
  { after: timeout({ description: 'So long without a first token.' }) },
  {
    description:
      'When a second target is asked beside a first whose stream does not begin: the first token wins, both are paid. Out of the budget of `retries`.',
  },
);

const modelSchema = strictObject(
  {
    targets: Type.Array(targetSchema, { description: 'First choices.', minItems: 1 }),
    fallback: Type.Array(targetSchema, { description: 'Tried in order when the first choices fail.', default: [] }),
    balance: Type.Enum(['weighted', 'priority', 'latency', 'cost', 'least-busy'], {
      description:
        'How one of `targets` is chosen: by weight, in the order of the list, the first to show a token, the cheapest, or the one with the fewest calls.',
      default: 'weighted',
    }),
    affinity: Type.Optional(
      Type.Enum(['session', 'prefix'], {
        description:
          'What stays with one target as long as that is well, so that its prompt cache is of use: the calls of a session, or calls that begin alike.',
      }),
    ),
    retries,
    timeouts: Type.Optional(modelTimeouts),
    hedge: Type.Optional(hedge),
    cache: Type.Optional(cache),
    strict: Type.Boolean({
      description: 'Refuse what a provider cannot do instead of leaving it out.',
      default: false,
    }),
  },
  { description: 'A model under the name that callers use.' },
);

/** In US dollars for a million tokens; as text it keeps every digit. */
const price = (description: string) =>
  Type.Optional(
    Type.Union(
      [Type.Number({ minimum: 0, maximum: 1_000_000 }), Type.String({ pattern: '^\\d{1,7}(\\.\\d{1,6})?$' })],
      {
        title: 'a price',
        description,
      },
    ),
  );

const modelPrices = strictObject(
  {
    input: price('US dollars for a million tokens of prompt.'),
    output: price('US dollars for a million tokens of answer.'),
    cacheRead: price("US dollars for a million tokens out of the vendor's cache."),
    cacheWrite: price("US dollars for a million tokens into the vendor's cache."),
    contextTokens: Type.Optional(positiveCount('How long prompt and answer may be together.')),
    maxOutputTokens: Type.Optional(positiveCount('How long an answer may be.')),
    capabilities: Type.Optional(capabilities),
  },
  { description: 'What is known better here than in the catalogue.' },
);

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

const accessSchema = strictObject({
  application: nameText({ title: 'the name of an application', description: 'One of `applications`.' }),
  ...modelAccess,
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
      prices: Type.Record(
        Type.String(),
        Type.Record(Type.String(), modelPrices, {
          description: "By the provider's name of the model.",
          propertyNames: modelNameText({ description: 'The name of a model.' }),
        }),
        {
          description: 'Prices, limits and capabilities of models that differ from the catalogue, by provider.',
          propertyNames: nameText({ description: 'The name of a provider.' }),
          default: {},
        },
      ),
      budgets: Type.Array(budgetSchema, { description: 'What may be spent on models, by whom.', default: [] }),
      guards: Type.Record(Type.String(), guardSchema, {
        description: 'Guardrails, by name.',
        propertyNames: nameText({ description: 'The name of a guard.' }),
        default: {},
      }),
      timeouts,
      prompts: Type.Record(Type.String(), promptSchema, {
        description: 'Prompts with a path of their own, by name.',
        propertyNames: nameText({ description: 'The name of a prompt.' }),
        default: {},
      }),
      media: Type.Optional(mediaSchema),
      policies,
    },
    { description: 'The AI gateway; without this section there are no AI paths.' },
  );

export type AiSource = Static<ReturnType<typeof aiSchema>>;
export type ProviderSource = AiSource['providers'][string];
export type ModelSource = AiSource['models'][string];
