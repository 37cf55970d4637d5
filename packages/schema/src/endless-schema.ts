import type { PlanSchema } from './plan-schema.ts';

const CHAIN_MAX = 200;

export interface EndlessSchema {
  readonly number: number;
  readonly why: 'comes back' | 'is long';
}

/**
 * A schema that leads back to itself without a step into the value would never come to an end: `Pet` that is one of
 * `Cat` and `Dog`, which are all of `Pet`. One that passes hundreds of others before the first step would take the stack
 * with it. The first of them, if there is one.
 */
export function endlessSchema(schemas: readonly PlanSchema[]): EndlessSchema | undefined {
  const state = new Map<number, 'open' | 'done'>();
  const lengths = new Map<number, number>();
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
        const length = 1 + (lengths.get(top.number) ?? 0);
        if (length > CHAIN_MAX) return { number: top.number, why: 'is long' };
        lengths.set(top.number, length);
        const above = path.at(-1)?.number;
        if (above !== undefined) lengths.set(above, Math.max(lengths.get(above) ?? 0, length));
      } else if (state.get(step.value) === 'open') return { number: step.value, why: 'comes back' };
      else if (!state.has(step.value)) enter(step.value);
      else lengths.set(top.number, Math.max(lengths.get(top.number) ?? 0, lengths.get(step.value) ?? 0));
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
