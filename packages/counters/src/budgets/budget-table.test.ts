import { describe, expect, it } from 'vitest';
import { COMMITTED, createBudgetMemory, KIND, WAYS } from './budget-memory.ts';
import { budgetSpan, KEPT_MS } from './budget-period.ts';
import type { BudgetPlace } from './budget-place.ts';
import { BudgetTable, NONE } from './budget-table.ts';

const NOW = Date.UTC(2026, 5, 16, 14, 30);
const DAY = budgetSpan('day', NOW);
const maker = { held: 1, nowMs: NOW };

/** Places of one bucket. */
const colliding = (low: number, kind = DAY.kind): BudgetPlace => ({ high: 7, low, kind });

function oneBucket(): BudgetTable {
  return new BudgetTable(createBudgetMemory({ owners: 3, slots: WAYS }));
}

describe('BudgetTable', () => {
  it('finds what it made, and makes it once', () => {
    const table = oneBucket();
    expect(table.find(0, colliding(1))).toBe(NONE);
    const slots = [1, 2, 3].map((low) => table.findOrMake(0, colliding(low), maker));
    expect(new Set(slots).size).toBe(3);
    expect([1, 2, 3].map((low) => table.find(0, colliding(low)))).toEqual(slots);
    expect([1, 2, 3].map((low) => table.findOrMake(0, colliding(low), maker))).toEqual(slots);
    expect([...table.occupied(0)]).toEqual(slots);
  });

  it('keeps periods of one key apart', () => {
    const table = oneBucket();
    const kinds = ['hour', 'day', 'week', 'month', 'total'] as const;
    const slots = kinds.map((per) => table.findOrMake(0, colliding(1, budgetSpan(per, NOW).kind), maker));
    expect(new Set(slots).size).toBe(5);
  });

  it('makes nothing in a bucket that is full of periods which may still count', () => {
    const table = oneBucket();
    for (let low = 0; low < WAYS; low++) table.findOrMake(0, colliding(low), maker);
    const late = { held: 1, nowMs: DAY.endMs + KEPT_MS - 1 };
    expect(table.findOrMake(0, colliding(99), late)).toBe(NONE);
    expect(table.findOrMake(0, colliding(3), late)).toBe(table.find(0, colliding(3)));
  });

  it('gives a clean slot in place of one whose period is over, unless something is reserved in it', () => {
    const table = oneBucket();
    const slots = Array.from({ length: WAYS }, (_, low) => table.findOrMake(0, colliding(low), maker));
    for (const slot of slots) table.setReserved(slot, 2, 5);
    const next = { held: 1, nowMs: DAY.endMs + KEPT_MS };
    expect(table.findOrMake(0, colliding(99), next)).toBe(NONE);
    const [, , , slot = NONE] = slots;
    table.setReserved(slot, 2, 0);
    table.setReserved(slot, 0, 0);
    table.committed[slot + COMMITTED] = 7n;
    expect(table.findOrMake(0, colliding(99), next)).toBe(slot);
    expect([table.committed[slot + COMMITTED], table.reserved(slot)]).toEqual([0n, 0]);
    expect(table.find(0, colliding(3))).toBe(NONE);
  });

  it('does not use a slot again that a thread left half made', () => {
    const table = oneBucket();
    table.ints[table.lockAt(0) + KIND] = -0x8000_0000 | 5;
    const slot = table.findOrMake(0, colliding(1), maker);
    const others = Array.from({ length: WAYS - 2 }, (_, low) => table.findOrMake(0, colliding(low + 2), maker));
    expect(others).not.toContain(NONE);
    expect(others).not.toContain(slot);
    expect(table.findOrMake(0, colliding(99), { held: 1, nowMs: Date.UTC(2100, 0) })).not.toBe(NONE);
    expect([...table.occupied(0)]).toHaveLength(WAYS - 1);
  });
});
