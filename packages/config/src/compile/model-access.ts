import type { AiSource } from '../schema/ai-schema.ts';
import type { CredentialSpec } from '../snapshot.ts';
import { checkReference, type Compilation } from './compilation.ts';

type ModelAccess = Pick<CredentialSpec, 'models' | 'modelsUnenforced'>;
type AccessRule = NonNullable<AiSource['access']>[number];

/** Without a list of rules every application may call all models; with one, only those that it names. */
export function modelAccess(application: string, { source: { ai } }: Compilation): ModelAccess {
  if (ai === undefined) return { models: undefined, modelsUnenforced: undefined };
  if (ai.access === undefined) return { models: ['*'], modelsUnenforced: undefined };
  const rules = ai.access.filter((rule) => rule.application === application);
  const unenforced = [...new Set(rules.flatMap(unenforcedFields))];
  return {
    models: rules.length === 0 ? undefined : [...new Set(rules.flatMap(({ models }) => models))],
    modelsUnenforced:
      unenforced.length === 0
        ? undefined
        : `ai.access has ${unenforced.join(' and ')}, which this version cannot enforce`,
  };
}

/** A soft budget refuses nobody, so there is nothing about it to enforce. */
function unenforcedFields({ budget, limits }: AccessRule): string[] {
  return [...(budget?.mode === 'hard' ? ['budget'] : []), ...(limits.length === 0 ? [] : ['limits'])];
}

export interface ProviderNames {
  /** What may stand in front of the slash of `provider/model`: providers and their kinds. */
  readonly direct: ReadonlySet<string>;
}

export function checkAccessRules(compilation: Compilation, { direct }: ProviderNames): void {
  const { source, places, report, declared } = compilation;
  for (const rule of source.ai?.access ?? []) {
    const { application, models } = rule;
    const known = declared.applications;
    checkReference({ noun: 'application', holder: rule, key: 'application', name: application, known }, compilation);
    for (const [key, name] of models.entries()) {
      if (name === '*' || isDirect(name, direct)) continue;
      checkReference({ noun: 'model', holder: models, key, name, known: declared.models }, compilation);
    }
    for (const field of unenforcedFields(rule)) {
      const message = `\`${field}\` is not enforced by this version, so model calls of the application answer 503`;
      report.warning(places.key(rule, field), `${message}; leave it out to let them through`);
    }
    if (rule.budget?.mode === 'soft') {
      report.warning(places.key(rule, 'budget'), '`budget` is not watched by this version, nobody is told of its end');
    }
  }
}

function isDirect(name: string, direct: ReadonlySet<string>): boolean {
  const slash = name.indexOf('/');
  return slash > 0 && slash < name.length - 1 && direct.has(name.slice(0, slash));
}
