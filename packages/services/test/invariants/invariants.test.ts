import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MOVES } from '../../src/index.ts';
import { FOCUS, INVARIANTS } from './invariants.ts';
import { processArbitrary, stepArbitrary, take, type Step } from './steps.ts';
import { openWorld } from './world.ts';

const COURSES = 10;
const STEPS = 80;

it.each(Object.entries(INVARIANTS))(
  '%s',
  async (name, invariant) => {
    const focus = FOCUS[name.split(':')[0] ?? ''];
    await fc.assert(
      fc.asyncProperty(
        processArbitrary,
        fc.array(stepArbitrary, { minLength: STEPS, maxLength: STEPS }),
        async (process: readonly object[], steps: readonly Step[]) => {
          const world = await openWorld(process);
          const kept = new Map<string, unknown>();
          try {
            for (const step of steps) await invariant(await take(world, step, focus), world, kept);
          } finally {
            await world.close();
          }
        },
      ),
      // Ids are random, so that a shorter course is another one: the whole failing one says more.
      { numRuns: COURSES, endOnFailure: true },
    );
  },
  120_000,
);

it('goes through most of what there is, so that the others say something', async () => {
  const seen = new Set<string>();
  for (const steps of fc.sample(fc.array(stepArbitrary, { minLength: 150, maxLength: 150 }), {
    numRuns: 30,
    seed: 7,
  })) {
    const world = await openWorld([{ kind: 'group', needs: 1 }]);
    for (const step of steps) {
      const { name, error } = await take(world, step);
      if (error === undefined) seen.add(name);
    }
    await world.close();
  }
  expect(seen.size).toBeGreaterThan(MOVES.length * 0.6);
}, 120_000);
