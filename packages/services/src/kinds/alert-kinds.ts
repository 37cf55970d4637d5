import { DIMENSIONS, METRICS } from '@gatehouse/analytics';
import { Type } from 'typebox';
import { checkAlert, checkContact, checkDigest, checkObjective, checkSilence } from '../alerts/alert-checks.ts';
import { description, title, type Kind } from './kind.ts';

const strict = { additionalProperties: false } as const;
const named = (what: string) => Type.Optional(Type.String({ maxLength: 64, description: `The name of ${what}.` }));
const names = (what: string) =>
  Type.Array(Type.String({ maxLength: 64 }), { maxItems: 20, uniqueItems: true, description: `Names of ${what}.` });
const metric = Type.Enum([...METRICS], {
  description: 'What is looked at, such as `errorRate` or `duration.p95` (ms).',
});
const dimension = Type.Enum([...DIMENSIONS]);
const DAY_S = 86_400;
const windowSeconds = Type.Integer({ minimum: 60, maximum: 7 * DAY_S, description: 'Over the last so many seconds.' });

/** Whose calls it is about; what is left out does not narrow them. */
const OF_CALLS = {
  api: named('an api'),
  version: named('a version of that api; left out: all of them'),
  plan: named('a plan'),
};

/** Exactly one member. */
export const conditionSchema = Type.Object(
  {
    threshold: Type.Optional(
      Type.Object(
        {
          metric,
          windowSeconds,
          above: Type.Optional(Type.Number()),
          below: Type.Optional(Type.Number()),
          leastCalls: Type.Optional(
            Type.Integer({ minimum: 0, description: 'Fewer calls than these in the window say nothing.' }),
          ),
        },
        {
          ...strict,
          description: 'A number is above or below a limit. Ratios are from 0 to 1, costs in millionths of a dollar.',
        },
      ),
    ),
    absence: Type.Optional(
      Type.Object(
        {
          windowSeconds,
          knownSeconds: Type.Optional(
            Type.Integer({
              minimum: 60,
              maximum: 30 * DAY_S,
              description: 'With `by`: of those that called in so many seconds before; a day, left out.',
            }),
          ),
        },
        { ...strict, description: 'There were no calls.' },
      ),
    ),
    change: Type.Optional(
      Type.Object(
        {
          metric,
          windowSeconds,
          against: Type.Enum(['before', 'day', 'week'], {
            description: 'The same window right before, a day before or a week before.',
          }),
          percent: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, description: 'From so much on.' }),
          direction: Type.Optional(Type.Enum(['rise', 'fall', 'either'], { description: '`either`, left out.' })),
          leastCalls: Type.Optional(
            Type.Integer({ minimum: 0, description: 'Fewer calls than these in either window say nothing.' }),
          ),
        },
        { ...strict, description: 'A number differs from what it was. What was 0 is compared to nothing.' },
      ),
    ),
    forecast: Type.Optional(
      Type.Object(
        { quota: named('a plan with a quota'), budget: named('a budget') },
        { ...strict, description: 'What is used up will reach its limit before its period ends, if it goes on so.' },
      ),
    ),
    expiry: Type.Optional(
      Type.Object(
        {
          of: Type.Array(Type.Enum(['certificate', 'credential', 'subscription', 'version', 'waiver']), {
            minItems: 1,
            uniqueItems: true,
            maxItems: 5,
            description: '`certificate`: what callers are shown, and what upstreams are; `version`: its sunset.',
          }),
          days: Type.Integer({ minimum: 1, maximum: 365, description: 'So many days ahead.' }),
        },
        { ...strict, description: 'Something is about to end. Looked at each hour.' },
      ),
    ),
  },
  { ...strict, description: 'Exactly one of these.' },
);

export const alertSchema = Type.Object(
  {
    title,
    description,
    ...OF_CALLS,
    application: named('an application'),
    where: Type.Optional(
      Type.Array(
        Type.Object(
          {
            dimension,
            values: Type.Array(Type.String({ maxLength: 256 }), { minItems: 1, maxItems: 100 }),
            not: Type.Optional(Type.Boolean({ description: 'Is none of these.' })),
          },
          strict,
        ),
        { maxItems: 10, description: 'Only calls for which all of these hold; values as records have them.' },
      ),
    ),
    by: Type.Optional(
      Type.Array(dimension, { maxItems: 3, uniqueItems: true, description: 'Each of these for itself.' }),
    ),
    condition: conditionSchema,
    severity: Type.Optional(Type.Enum(['critical', 'warning', 'info'], { description: '`warning`, left out.' })),
    contacts: Type.Optional(names('contacts that are told')),
    evaluations: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 60, description: 'It fires after so many looks in a row; 1, left out.' }),
    ),
    clearEvaluations: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 60, description: 'It is over after so many looks in a row; 2, left out.' }),
    ),
    repeatSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 30 * DAY_S,
        description: 'While it goes on it is told again after so many; four hours, left out; 0: never.',
      }),
    ),
    text: Type.Optional(
      Type.String({
        maxLength: 2000,
        description: 'What is said first; `{rule}`, `{severity}`, `{count}` and `{keys}` are filled in.',
      }),
    ),
    runbook: Type.Optional(Type.String({ maxLength: 2000, pattern: '^https?://', description: 'What to do then.' })),
    disabled: Type.Optional(Type.Boolean()),
  },
  strict,
);

export const contactSchema = Type.Object(
  {
    title,
    team: Type.Optional(Type.String({ maxLength: 64, description: 'The id of the team that owns it.' })),
    emails: Type.Optional(
      Type.Array(Type.String({ format: 'email', maxLength: 254 }), { minItems: 1, maxItems: 20, uniqueItems: true }),
    ),
    webhook: Type.Optional(
      Type.Object(
        {
          url: Type.String({ pattern: '^https?://', maxLength: 2000 }),
          secret: Type.String({
            pattern: '^(?:\\*{3}|whsec_[A-Za-z0-9+/]{32,128}={0,2})$',
            description: '`whsec_` and 24 random bytes or more, in base64. Shown as `***`, which keeps it.',
          }),
        },
        { ...strict, description: 'An address that takes JSON, signed as Standard Webhooks are.' },
      ),
    ),
    slackUrl: Type.Optional(
      Type.String({
        pattern: '^(?:\\*{3}$|https?://)',
        maxLength: 2000,
        description: 'An incoming webhook as Slack, Mattermost and others have them. Shown as `***`, which keeps it.',
      }),
    ),
    disabled: Type.Optional(Type.Boolean()),
  },
  strict,
);

export const silenceSchema = Type.Object(
  {
    title,
    rules: Type.Optional(names('alerts and objectives; left out: all')),
    labels: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z]{1,32}$' }), Type.String({ maxLength: 256 }), {
        maxProperties: 10,
        description: 'Only keys that have all of these, such as `{"application": "mobile"}`.',
      }),
    ),
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
    from: Type.Optional(Type.String({ format: 'date-time', description: 'Now, left out.' })),
    until: Type.Optional(Type.String({ format: 'date-time' })),
    weekly: Type.Optional(
      Type.Object(
        {
          days: Type.Array(Type.Enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), {
            minItems: 1,
            maxItems: 7,
            uniqueItems: true,
          }),
          at: Type.String({
            pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$',
            description: 'When it begins, such as `02:30`.',
          }),
          minutes: Type.Integer({ minimum: 1, maximum: 1440 }),
          timeZone: Type.String({ maxLength: 64, description: 'Such as `Europe/Vienna`, or `UTC`.' }),
        },
        { ...strict, description: 'A maintenance window that comes again; `until` ends it for good.' },
      ),
    ),
  },
  strict,
);

export const objectiveSchema = Type.Object(
  {
    title,
    description,
    ...OF_CALLS,
    latencyMs: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 600_000,
        description: 'Good is what took less. Left out: good is what was not answered with 5xx; 4xx do not count.',
      }),
    ),
    target: Type.Number({ minimum: 50, maximum: 99.999, description: 'Percent of calls that are good.' }),
    windowDays: Type.Optional(Type.Enum([7, 28, 30], { description: 'Rolling; 28, left out.' })),
    leastCalls: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Fewer calls than these in the long window fire nothing.' }),
    ),
    contacts: Type.Optional(names('contacts that are told when the budget burns')),
    runbook: Type.Optional(Type.String({ maxLength: 2000, pattern: '^https?://' })),
    gate: Type.Optional(
      Type.Boolean({ description: 'Nothing new of it is deployed while its error budget is spent.' }),
    ),
    disabled: Type.Optional(Type.Boolean()),
  },
  strict,
);

export const digestSchema = Type.Object(
  {
    title,
    contacts: names('contacts that get it'),
    hour: Type.Integer({ minimum: 0, maximum: 23, description: 'Of each day.' }),
    timeZone: Type.Optional(Type.String({ maxLength: 64, description: 'Such as `Europe/Vienna`; `UTC`, left out.' })),
    disabled: Type.Optional(Type.Boolean()),
  },
  strict,
);

/** Who is told when numbers are not as they should be. */
export const ALERT_KINDS: readonly Kind[] = [
  {
    kind: 'alert',
    plural: 'alerts',
    prefix: 'alert',
    level: 'workspace',
    summary: 'Rules about numbers and ends: when somebody is told.',
    fields: alertSchema,
    facts: ['author', 'editors'],
    check: checkAlert,
    initial: '',
    served: false,
  },
  {
    kind: 'contact',
    plural: 'contacts',
    prefix: 'contact',
    level: 'workspace',
    summary: 'Where alerts and digests go: mail addresses, a signed webhook, or a webhook as Slack has it.',
    fields: contactSchema,
    secret: ['webhook', 'slackUrl'],
    check: checkContact,
    initial: '',
    served: false,
  },
  {
    kind: 'silence',
    plural: 'silences',
    prefix: 'silence',
    level: 'workspace',
    summary: 'Times in which nobody is told of some alerts: until a moment, or each week for maintenance.',
    fields: silenceSchema,
    facts: ['author', 'editors'],
    check: checkSilence,
    initial: '',
    served: false,
  },
  {
    kind: 'objective',
    plural: 'objectives',
    prefix: 'obj',
    level: 'workspace',
    summary: 'What share of calls has to be good, and what is left of the rest.',
    fields: objectiveSchema,
    facts: ['author', 'editors'],
    check: checkObjective,
    initial: '',
    served: false,
  },
  {
    kind: 'digest',
    plural: 'digests',
    prefix: 'digest',
    level: 'workspace',
    summary: 'What contacts are told each day of the day before.',
    fields: digestSchema,
    facts: ['author', 'editors'],
    check: checkDigest,
    initial: '',
    served: false,
  },
];
