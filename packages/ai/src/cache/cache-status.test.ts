import { expect, it } from 'vitest';
import { cacheStatus, type CacheFacts } from './cache-status.ts';

const TABLE: readonly (readonly [CacheFacts, string])[] = [
  [{ outcome: 'hit', ageMs: 1, ttlMs: 59_999 }, 'gatehouse; hit; ttl=59'],
  [
    { outcome: 'similar', ttlMs: 1000, similarity: 0.9799 },
    'gatehouse; hit; ttl=1; detail=semantic; gatehouse-similarity=0.979',
  ],
  [{ outcome: 'similar', similarity: 1.000001 }, 'gatehouse; hit; ttl=0; detail=semantic; gatehouse-similarity=1'],
  [{ outcome: 'shared', ttlMs: 1000 }, 'gatehouse; fwd=miss; collapsed'],
  [{ outcome: 'shared', similarity: 0.96 }, 'gatehouse; hit; ttl=0; detail=semantic; gatehouse-similarity=0.96'],
  [{ outcome: 'miss' }, 'gatehouse; fwd=miss'],
  [{ outcome: 'miss', kept: true }, 'gatehouse; fwd=miss; stored'],
  [{ outcome: 'stale', kept: true }, 'gatehouse; fwd=stale; stored'],
  [{ outcome: 'refreshed', kept: true }, 'gatehouse; fwd=request; stored'],
  [{ outcome: 'miss', kept: true, waited: true }, 'gatehouse; fwd=miss; stored; collapsed=?0'],
  [{ outcome: 'miss', kept: false, notKept: 'tool_calls' }, 'gatehouse; fwd=miss; detail=tool_calls'],
  [
    { outcome: 'miss', kept: true, notCompared: 'embedding_timeout' },
    'gatehouse; fwd=miss; stored; detail=embedding_timeout',
  ],
  [
    { outcome: 'miss', kept: false, notKept: 'empty', notCompared: 'embedding_failed' },
    'gatehouse; fwd=miss; detail=empty',
  ],
  [{ outcome: 'bypass', kept: false, notKept: 'state' }, 'gatehouse; fwd=bypass; detail=state'],
];

it.each(TABLE)('writes %j', (facts, header) => {
  expect(cacheStatus(facts)).toBe(header);
});
