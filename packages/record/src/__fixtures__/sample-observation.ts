import type { Observation } from '@gatehouse/kernel';

export const sampleObservation: Observation = {
  time: 5,
  worker: 1,
  api: 'users',
  version: '1.0.0',
  route: 'users GET /v1/users',
  document: '0123456789ab',
  method: 'GET',
  operation: 'GET /users',
  status: 200,
  shown: ['bearer'],
  asked: ['key'],
  known: 'key',
  seen: ['reply 200', 'reply 200 application/json'],
  findings: [
    {
      kind: 'unknown-field',
      where: 'reply 200 application/json /näme',
      shape: { types: ['object'], members: { a: { types: ['array'], items: { types: ['string'] } } } },
    },
    { kind: 'enum-value', where: 'query order', rule: 'enum', value: 'newest' },
  ],
};
