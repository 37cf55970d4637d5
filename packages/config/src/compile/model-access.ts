import { milliseconds } from '../forms/units.ts';
import type { PlanSource } from '../schema/plan-schema.ts';
import type { CredentialSpec } from '../snapshot.ts';
import { checkReference, lookUp, type Compilation } from './compilation.ts';

type ModelAccess = Pick<CredentialSpec, 'models' | 'prompts' | 'tokenLimits' | 'modelPlans'>;

/**
 * Without a list of rules every application may call all models; with one, only those that it names, and those of the
 * plans of its subscriptions.
 */
export function modelAccess(application: string, { source }: Compilation): ModelAccess {
  const { ai } = source;
  if (ai === undefined) return { models: undefined, tokenLimits: [] };
  const subscribed = lookUp(source.applications, application)?.subscriptions ?? [];
  const plans = new Set(subscribed.flatMap(({ plan }) => (lookUp(source.plans, plan ?? '')?.ai ? [plan ?? ''] : [])));
  if (ai.access === undefined && plans.size === 0) return { models: ['*'], tokenLimits: [] };
  const rules = [
    ...(ai.access ?? []).filter((rule) => rule.application === application),
    ...[...plans].flatMap((plan) => lookUp(source.plans, plan)?.ai ?? []),
  ];
  return { ...accessOf(rules), ...(plans.size > 0 && { modelPlans: [...plans] }) };
}

type Rule = NonNullable<PlanSource['ai']>;

function accessOf(rules: readonly Rule[]): ModelAccess {
  // Where one rule lists some, the others do not open the rest.
  const listed = rules.flatMap(({ prompts }) => (prompts === undefined ? [] : [prompts]));
  return {
    models: rules.length === 0 ? undefined : [...new Set(rules.flatMap(({ models }) => models))],
    ...(listed.length > 0 && { prompts: [...new Set(listed.flat())] }),
    tokenLimits: rules.flatMap(({ limits }) =>
      limits.map(({ tokens, window }) => ({ tokens, windowMs: milliseconds(window) })),
    ),
  };
}

export interface ProviderNames {
  /** What may stand in front of the slash of `provider/model`: providers and their kinds. */
  readonly direct: ReadonlySet<string>;
}

export function checkAccessRules(compilation: Compilation, { direct }: ProviderNames): void {
  const { source, declared } = compilation;
  for (const rule of source.ai?.access ?? []) {
    const { application } = rule;
    const known = declared.applications;
    checkReference({ noun: 'application', holder: rule, key: 'application', name: application, known }, compilation);
  }
  const ofPlans = Object.values(source.plans).flatMap(({ ai }) => ai ?? []);
  for (const { models, prompts = [] } of [...(source.ai?.access ?? []), ...ofPlans]) {
    for (const [key, name] of models.entries()) {
      if (name === '*' || isDirect(name, direct)) continue;
      checkReference({ noun: 'model', holder: models, key, name, known: declared.models }, compilation);
    }
    for (const [key, name] of prompts.entries()) {
      if (name === '*') continue;
      checkReference({ noun: 'prompt', holder: prompts, key, name, known: declared.prompts }, compilation);
    }
  }
}

export function isDirect(name: string, direct: ReadonlySet<string>): boolean {
  const slash = name.indexOf('/');
  return slash > 0 && slash < name.length - 1 && direct.has(name.slice(0, slash));
}
