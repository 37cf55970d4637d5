import { Type } from 'typebox';
import { modelNameText, nameText } from '../forms/tokens.ts';
import { timeout } from '../forms/units.ts';
import { strictObject } from './strict-object.ts';

/** As many as the answers that a worker keeps. */
const ENTRIES_MAX = 10_000;

export const semanticCache = strictObject(
  {
    provider: nameText({ title: 'the name of a provider', description: 'One of `providers`: it makes the vectors.' }),
    model: modelNameText({ description: "The provider's name of a model for embeddings." }),
    threshold: Type.Number({
      description: 'How alike two questions have to be, as the cosine of their vectors.',
      default: 0.95,
      minimum: 0.5,
      maximum: 1,
    }),
    maxEntries: Type.Integer({
      description: 'Questions to this model that each worker remembers; the oldest makes room.',
      default: 2000,
      minimum: 1,
      maximum: ENTRIES_MAX,
    }),
    timeout: timeout({
      description: 'So long a call waits for the vector of its question; then the model is asked.',
      default: '2s',
    }),
  },
  {
    description:
      'Also to calls whose last question means the same, in other words; everything before it has to be the same.',
  },
);
