import { operation } from '../forms/operation-text.ts';
import { basePath } from '../forms/path-pattern.ts';
import { milliseconds } from '../forms/units.ts';
import type { ApiSource } from '../schema/api-schema.ts';
import type { PlanSource } from '../schema/plan-schema.ts';
import type { OperationSpec, PlanModelSpec, PlanSpec, TokenLimitSpec } from '../snapshot.ts';
import { checkReference, lookUp, type Compilation } from './compilation.ts';

/** Undefined where there are none. */
export function compilePlans({ source }: Compilation): Readonly<Record<string, PlanSpec>> | undefined {
  const plans = Object.entries(source.plans);
  if (plans.length === 0) return undefined;
  return Object.fromEntries(
    plans.map(([name, { apis, operations, limits, quota, ai }]) => [
      name,
      {
        grants: apis.map((api) => {
          const { product = api, version = '' } = lookUp(source.apis, api) ?? {};
          return { api, product, version, ...planOperations(operations, lookUp(source.apis, api)) };
        }),
        limits: limits.map(({ limit, window }) => ({ limit, windowMs: milliseconds(window) })),
        quota,
        ...(ai !== undefined && { models: planModels(ai) }),
      },
    ]),
  );
}

/** With the whole paths that callers ask for. */
export function planOperations(
  operations: PlanSource['operations'],
  api: Pick<ApiSource, 'basePath'> | undefined,
): { readonly operations?: readonly OperationSpec[] } {
  if (operations === undefined || api === undefined) return {};
  const prefix = basePath(api.basePath);
  return {
    operations: operations.map((text) => {
      const { method, path } = operation(text);
      return { method, path: prefix + path };
    }),
  };
}

export function planModels({ models, prompts, limits }: NonNullable<PlanSource['ai']>): PlanModelSpec {
  return { models, ...(prompts !== undefined && { prompts }), tokenLimits: tokenLimits(limits) };
}

function tokenLimits(limits: NonNullable<PlanSource['ai']>['limits']): readonly TokenLimitSpec[] {
  return limits.map(({ tokens, window }) => ({ tokens, windowMs: milliseconds(window) }));
}

/** What plans name must exist, whether somebody subscribes or not. */
export function checkPlans(compilation: Compilation): void {
  for (const { apis } of Object.values(compilation.source.plans)) {
    for (const [key, name] of apis.entries()) {
      checkReference({ noun: 'api', holder: apis, key, name, known: compilation.declared.apis }, compilation);
    }
  }
}
