import { Type, type Static } from 'typebox';
import { duration, size } from '../forms/units.ts';
import { strictObject } from './strict-object.ts';

const keep = strictObject(
  {
    records: duration({ default: '30d', description: 'Each call by itself.' }),
    bodies: duration({ default: '7d', description: 'What `capture` policies keep of bodies.' }),
    minutes: duration({ default: '40d', description: 'Sums and distributions of each minute.' }),
    hours: duration({ default: '366d', description: 'Those of each hour. Those of days are kept for ten years.' }),
    ledgerYears: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 10,
      description: 'What calls to models cost, a row each; `maxSize` does not shorten it.',
    }),
  },
  { description: 'For how long. Sums must be kept at least as long as what they are made of.' },
);

export const recordsSchema = strictObject(
  {
    keep: Type.Optional(keep),
    maxSize: size({
      default: '20GiB',
      description:
        'What all of it may take in the data folder: past it the oldest day goes. A ClickHouse is not bounded.',
    }),
  },
  { description: 'What is kept of calls. See `docs/analytics.md`.' },
);

export type RecordsSource = Static<typeof recordsSchema>;
