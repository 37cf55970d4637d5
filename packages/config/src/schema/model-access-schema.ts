import { Type } from 'typebox';
import { modelNameText } from '../forms/tokens.ts';
import { duration } from '../forms/units.ts';
import { positiveCount } from './positive-count.ts';
import { strictObject } from './strict-object.ts';

export const budgetMembers = {
  usd: Type.Number({ description: 'US dollars in a period.', exclusiveMinimum: 0, maximum: 1_000_000_000 }),
  per: Type.Enum(['hour', 'day', 'week', 'month', 'total'], {
    description: 'The period, by the calendar in UTC; a total is never renewed.',
  }),
  mode: Type.Enum(['hard', 'warning'], { description: 'Refuse calls beyond it, or only tell.', default: 'hard' }),
};

const budget = strictObject(budgetMembers, { description: 'What the application may spend.' });

const tokenLimit = strictObject({
  tokens: positiveCount('Tokens in a window.'),
  window: duration({ description: 'The window.' }),
});

/** Which models an application may call, and how much. */
export const modelAccess = {
  models: Type.Array(modelNameText({ description: 'A model.' }), {
    description: 'Names of `models`, `provider/model`, or * for all.',
    uniqueItems: true,
  }),
  prompts: Type.Optional(
    Type.Array(Type.String({ title: 'the name of a prompt', description: 'A prompt.' }), {
      description:
        'Only these of `prompts`, or * for all, whatever their model; without it all whose model the application may call.',
      uniqueItems: true,
    }),
  ),
  budget: Type.Optional(budget),
  limits: Type.Array(tokenLimit, {
    description: 'Limits on tokens, prompts and answers together.',
    default: [],
  }),
};
