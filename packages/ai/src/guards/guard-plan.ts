import { NATIONAL_IDS, SECRET_KINDS, type EntityKind } from './entities/entity.ts';
import type { Effect } from './findings.ts';
import type {
  GuardAction,
  GuardSide,
  GuardSpec,
  ModerationGuardSpec,
  PiiGuardSpec,
  SecretsGuardSpec,
  TopicsGuardSpec,
} from './guard-spec.ts';
import { SchemaCheck } from './schema/schema-check.ts';
import type { ScreenPlan } from './screen.ts';
import { WordAutomaton, type Pattern } from './words/word-automaton.ts';
import { patternOf } from './words/word-scan.ts';

/** The guards of a configuration on one side, put together by what they look at. */
export interface SidePlan {
  readonly screen: ScreenPlan;
  readonly injections: readonly Effect[];
  readonly lengths: readonly { readonly effect: Effect; readonly maxChars: number }[];
  /** Words of which a caller must say one. */
  readonly wanted: readonly { readonly effect: Effect; readonly words: WordAutomaton }[];
  readonly schemas: readonly { readonly effect: Effect; readonly check: SchemaCheck }[];
  readonly moderations: readonly { readonly effect: Effect; readonly spec: ModerationGuardSpec }[];
}

export function planSide(specs: readonly GuardSpec[], side: GuardSide): SidePlan {
  const here = specs.filter((spec) => sidesOf(spec).includes(side));
  const both = side === 'request' ? here : [];
  return {
    screen: screenPlan(here, side),
    injections: both.filter((spec) => spec.kind === 'injection').map((spec) => effectOf(spec, spec.action)),
    lengths: ofKind(here, 'length').map((spec) => ({
      effect: effectOf(spec, spec.action ?? 'block'),
      maxChars: spec.maxChars,
    })),
    wanted: side === 'request' ? ofKind(here, 'topics').flatMap(wantedWords) : [],
    schemas: ofKind(here, 'output-schema').map((spec) => ({
      effect: effectOf(spec, spec.action ?? 'block'),
      check: new SchemaCheck(spec.schema),
    })),
    moderations: ofKind(here, 'moderation').map((spec) => ({ effect: effectOf(spec, spec.action ?? 'block'), spec })),
  };
}

function sidesOf(spec: GuardSpec): readonly GuardSide[] {
  if (spec.kind === 'injection') return ['request'];
  if (spec.kind === 'output-schema') return ['reply'];
  return spec.on ?? ['request', 'reply'];
}

type Kind = GuardSpec['kind'];
type SpecOf<K extends Kind> = Extract<GuardSpec, { readonly kind: K }>;

function ofKind<K extends Kind>(specs: readonly GuardSpec[], kind: K): readonly SpecOf<K>[] {
  return specs.filter((spec): spec is SpecOf<K> => spec.kind === kind);
}

function effectOf(spec: GuardSpec, action: GuardAction): Effect {
  return { guard: spec.name ?? spec.kind, action, shadow: spec.shadow === true };
}

function screenPlan(specs: readonly GuardSpec[], side: GuardSide): ScreenPlan {
  const pii = ofKind(specs, 'pii');
  const secrets = ofKind(specs, 'secrets');
  const effects = new Map<EntityKind, Effect[]>();
  const add = (kinds: readonly EntityKind[], effect: Effect): void => {
    for (const kind of kinds) effects.set(kind, [...(effects.get(kind) ?? []), effect]);
  };
  for (const spec of pii) add(piiKinds(spec), effectOf(spec, spec.action));
  for (const spec of secrets) add(secretKinds(spec), effectOf(spec, spec.action));
  return { side, pii: pii.length > 0, secrets: secrets.length > 0, effects, ...deniedWords(ofKind(specs, 'topics')) };
}

const PII: readonly EntityKind[] = ['email', 'phone', 'card', 'iban', ...NATIONAL_IDS];

function piiKinds({ entities }: PiiGuardSpec): readonly EntityKind[] {
  if (entities === undefined) return PII;
  return [
    ...new Set(entities.flatMap((each): readonly EntityKind[] => (each === 'national_id' ? NATIONAL_IDS : [each]))),
  ];
}

function secretKinds({ entities }: SecretsGuardSpec): readonly EntityKind[] {
  return entities ?? SECRET_KINDS;
}

function deniedWords(specs: readonly TopicsGuardSpec[]): Pick<ScreenPlan, 'words' | 'wordEffects'> {
  const denying = specs.filter(({ deny }) => deny !== undefined && deny.length > 0);
  const patterns = denying.flatMap(({ deny = [] }, owner): readonly Pattern[] =>
    deny.map((phrase) => patternOf(phrase, owner)),
  );
  const words = patterns.some(({ text }) => text !== '') ? new WordAutomaton(patterns) : undefined;
  return { words, wordEffects: denying.map((spec) => effectOf(spec, spec.action ?? 'block')) };
}

function wantedWords(spec: TopicsGuardSpec): SidePlan['wanted'] {
  const { allow = [], action = 'block' } = spec;
  if (allow.length === 0) return [];
  const words = new WordAutomaton(allow.map((phrase) => patternOf(phrase, 0)));
  return [{ effect: effectOf(spec, action === 'mask' ? 'block' : action), words }];
}
