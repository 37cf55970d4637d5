import { Type, type Static } from 'typebox';
import { operationText } from '../forms/operation-text.ts';
import { nameText } from '../forms/tokens.ts';
import { duration } from '../forms/units.ts';
import { modelAccess } from './model-access-schema.ts';
import { positiveCount } from './positive-count.ts';
import { strictObject } from './strict-object.ts';

export const PERIODS = ['hour', 'day', 'week', 'month', 'year'] as const;

const quota = strictObject(
  {
    calls: positiveCount('Calls in a period.'),
    per: Type.Enum(PERIODS, { description: 'The period, by the calendar in UTC.' }),
  },
  { description: 'What each subscription may use up in a period.' },
);

export const planSchema = strictObject(
  {
    apis: Type.Array(nameText({ title: 'the name of an API', description: 'An API.' }), {
      description: 'APIs that can be subscribed to under this plan.',
      uniqueItems: true,
    }),
    operations: Type.Optional(
      Type.Array(operationText({ description: 'An operation, its path below the base path of the API.' }), {
        description:
          'What of the APIs may be called, such as `GET /users/{id}` or `* /reports/*`; left out: all of them.',
        uniqueItems: true,
        maxItems: 1000,
      }),
    ),
    approval: Type.Enum(['auto', 'manual'], {
      description: 'Whether somebody must agree to a subscription that is made in the portal.',
      default: 'auto',
    }),
    limits: Type.Array(
      strictObject({
        limit: positiveCount('Calls in a window.'),
        window: duration({ description: 'The window.' }),
      }),
      { description: 'Rate limits of each subscription; all of them hold.', default: [] },
    ),
    quota: Type.Optional(quota),
    ai: Type.Optional(
      strictObject(modelAccess, {
        description: 'The models that applications under this plan may call, and how much.',
      }),
    ),
  },
  { description: 'What a subscription allows.' },
);

export type PlanSource = Static<typeof planSchema>;
