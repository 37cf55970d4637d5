import type { PlanSchema } from './plan.ts';

/**
 * A schema that leads back to itself without a step into the value would never come to an end: `Pet` that is one of
 * `Cat` and `Dog`, which are all of `Pet`. Its number, if there is one.
 */
export function selfReference(schemas: readonly PlanSchema[]): number | undefined {
  const state = new Map<number, 'open' | 'done'>();
  for (const start of schemas.keys()) {
    if (state.has(start)) continue;
    // Depth costs no stack: documents may be long chains.
    const path: { readonly number: number; readonly next: Iterator<number> }[] = [];
    const enter = (number: number): void => {
      state.set(number, 'open');
      path.push({ number, next: inPlace(schemas[number] ?? true)[Symbol.iterator]() });
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = top.next.next();
      if (step.done === true) {
        state.set(top.number, 'done');
        path.pop();
      } else if (state.get(step.value) === 'open') return step.value;
      else if (!state.has(step.value)) enter(step.value);
    }
  }
  return undefined;
}

/** Schemas that look at the same value. */
function* inPlace(schema: PlanSchema): Iterable<number> {
  if (typeof schema === 'boolean') return;
  if (schema.$ref !== undefined) yield schema.$ref;
  for (const list of [schema.allOf, schema.anyOf, schema.oneOf, Object.values(schema.dependentSchemas ?? {})]) {
    for (const each of list ?? []) yield* inPlace(each);
  }
  for (const each of [schema.not, schema.if, schema.then, schema.else]) if (each !== undefined) yield* inPlace(each);
}
