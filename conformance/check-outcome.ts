import { expect } from 'vitest';
import { vendorOf, type Cell, type Played } from './cell.ts';
import { expectedOf, wrongCounts } from './expected.ts';
import type { Outcome } from './clients/client.ts';
import type { Step } from './scenario.ts';

/** The SDK has made of every answer what the vendor said. */
export function checkOutcomes(cell: Cell, { outcomes, replies, error }: Played): void {
  if (error !== undefined) throw error;
  const { steps } = cell.scenario;
  expect(replies.map(({ status }) => status)).toEqual(steps.map(() => 200));
  expect(outcomes).toHaveLength(steps.length);
  for (const [at, step] of steps.entries()) checkOutcome(cell, step, outcomes[at]);
}

function checkOutcome(cell: Cell, step: Step, outcome: Outcome | undefined): void {
  if (outcome === undefined) return;
  const vendor = vendorOf(step, cell.vendor);
  const { usage, calls, ...rest } = expectedOf({ ...cell, vendor }, step.answer);
  expect(outcome).toMatchObject(rest);
  expect(outcome.calls.map(({ name, args }) => ({ name, args }))).toEqual(calls);
  expect(wrongCounts(usage, outcome.usage)).toEqual([]);
  // Gemini's own calls have no ids; whoever else gets them, gets some.
  if (vendor.namesCalls === false && vendor.dialects.includes(cell.client.dialect)) return;
  const ids = outcome.calls.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).not.toContain('');
}
