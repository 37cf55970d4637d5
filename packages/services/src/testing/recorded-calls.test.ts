import { expect, it } from 'vitest';
import { RecordedCalls } from './recorded-calls.ts';

const asked = { period: { fromMs: 0, toMs: 100 }, where: [], by: ['application'], metrics: ['errors'] } as const;

it('those with the most come first, and only so many, by a number that need not be asked for', async () => {
  const calls = new RecordedCalls();
  calls.addMany(1, asked.period, { application: 'few', status: 503 });
  calls.addMany(3, asked.period, { application: 'most' });
  calls.addMany(2, asked.period, { application: 'more' });
  const { rows } = await calls.aggregate({ ...asked, top: { by: 'calls', limit: 2 } });
  expect(rows).toEqual([
    { key: { application: 'most' }, values: { errors: 0 } },
    { key: { application: 'more' }, values: { errors: 0 } },
  ]);
});

it('a problem is what is answered while there is one', async () => {
  const calls = new RecordedCalls();
  calls.problem = 'the disk is gone';
  await expect(calls.aggregate(asked)).rejects.toThrow('the disk is gone');
  calls.problem = undefined;
  expect((await calls.aggregate(asked)).rows).toEqual([]);
});
