import { hash } from 'node:crypto';
import { compileGuards, GuardedCall, type GuardSet, type ModelRouter, type Moderator } from '@gatehouse/ai';
import type { AiGuardSpec } from '@gatehouse/config';

interface CompiledGuards {
  readonly set: GuardSet;
  readonly identity: string;
}

/** Which guards are for which calls; each set of them is compiled once a snapshot. */
export class AiGuards {
  readonly #specs: readonly AiGuardSpec[];
  readonly #router: ModelRouter;
  readonly #moderator: Moderator;
  /** Names that some guard tells from others: calls by all other names have the same guards. */
  readonly #models: ReadonlySet<string>;
  readonly #applications: ReadonlySet<string>;
  readonly #compiled = new Map<string, CompiledGuards | undefined>();

  constructor(specs: readonly AiGuardSpec[], router: ModelRouter, moderator: Moderator) {
    this.#specs = specs.map((spec) => ({ ...spec, models: spec.models?.map((name) => router.fullNameOf(name)) }));
    this.#router = router;
    this.#moderator = moderator;
    this.#models = new Set(this.#specs.flatMap(({ models = [] }) => models));
    this.#applications = new Set(specs.flatMap(({ applications = [] }) => applications));
  }

  /** For one call; undefined where nothing looks at it. */
  begin(model: string, application: string | undefined): GuardedCall | undefined {
    const name = this.#models.size === 0 ? '' : this.#router.fullNameOf(model);
    const told = this.#models.has(name) ? name : '';
    const caller = application !== undefined && this.#applications.has(application) ? application : '';
    const key = `${caller}\n${told}`;
    if (!this.#compiled.has(key)) this.#compiled.set(key, this.#compile(told, caller));
    const compiled = this.#compiled.get(key);
    return compiled && new GuardedCall(compiled.set, { identity: compiled.identity, moderator: this.#moderator });
  }

  #compile(model: string, application: string): CompiledGuards | undefined {
    const here = this.#specs.filter(
      ({ models, applications }) => (models?.includes(model) ?? true) && (applications?.includes(application) ?? true),
    );
    if (here.length === 0) return undefined;
    const guards = here.map(({ guard }) => guard);
    return { set: compileGuards(guards), identity: hash('sha256', JSON.stringify(guards), 'base64url') };
  }
}
