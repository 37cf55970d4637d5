import { expect, it } from 'vitest';
import { orderedId } from './ordered-id.ts';

it('sorts ids in the order in which they were made, also within one millisecond', () => {
  const now = Date.parse('2026-11-26T12:00:00Z');
  const ids = [now, now, now + 1, now + 1, now + 5].flatMap((ms) => Array.from({ length: 1000 }, () => orderedId(ms)));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(5000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-v]{9}[0-9a-f]{18}$/);
});
