import { milliseconds } from '../forms/units.ts';
import { PII_ENTITIES, SECRET_ENTITIES, type AiGuardSpec, type AnswerSchema, type GuardSpec } from '../guard-spec.ts';
import { quote } from '../problems/nearest.ts';
import type { AiSource } from '../schema/ai-schema.ts';
import { checkReference, lookUp, type Compilation } from './compilation.ts';
import type { ProviderRow } from './compile-ai.ts';
import { isDirect, type ProviderNames } from './model-access.ts';

type GuardSource = AiSource['guards'][string];
type Kind = GuardSource['kind'];
type Action = NonNullable<GuardSource['action']>;
type Field = Exclude<keyof GuardSource, 'kind' | 'action' | 'models' | 'applications' | 'shadow'>;

interface KindRules {
  readonly actions: readonly Action[];
  /** Absent: it must be written. */
  readonly action?: Action;
  /** Beside what all kinds have. */
  readonly fields: readonly Field[];
  readonly required?: readonly Field[];
}

const DATA = ['block', 'mask', 'flag'] as const;
const JUDGING = ['block', 'flag'] as const;

const RULES: Readonly<Record<Kind, KindRules>> = {
  pii: { actions: DATA, fields: ['on', 'entities'] },
  secrets: { actions: DATA, fields: ['on', 'entities'] },
  injection: { actions: JUDGING, fields: [] },
  topics: { actions: DATA, action: 'block', fields: ['on', 'deny', 'allow'] },
  'output-schema': { actions: JUDGING, action: 'block', fields: ['schema'], required: ['schema'] },
  length: { actions: JUDGING, action: 'block', fields: ['on', 'maxChars'], required: ['maxChars'] },
  moderation: {
    actions: JUDGING,
    action: 'block',
    fields: ['on', 'provider', 'model', 'threshold', 'onFailure', 'timeout'],
    required: ['provider', 'model'],
  },
};

const FIELDS: readonly Field[] = [...new Set(Object.values(RULES).flatMap(({ fields }) => fields))];

export interface GuardTools extends ProviderNames {
  /** What the AI room does not understand of a JSON Schema. */
  readonly rows: readonly ProviderRow[];
  readonly schemaProblems: (schema: AnswerSchema) => readonly string[];
}

export function checkGuards(compilation: Compilation, tools: GuardTools): void {
  for (const guard of Object.values(compilation.source.ai?.guards ?? {})) {
    checkPlaces(guard, tools, compilation);
    checkAction(guard, compilation);
    checkFields(guard, compilation);
    if (guard.kind === 'topics') checkTopics(guard, compilation);
    if (guard.kind === 'output-schema') checkSchema(guard, tools, compilation);
    checkEntities(guard, compilation);
    if (guard.kind === 'moderation') checkModerator(guard, tools, compilation);
  }
}

function checkModerator(guard: GuardSource, { rows }: GuardTools, compilation: Compilation): void {
  const { source, places, report, declared } = compilation;
  const { provider: name } = guard;
  const known = declared.providers;
  if (name === undefined) return;
  if (!checkReference({ noun: 'provider', holder: guard, key: 'provider', name, known }, compilation)) return;
  const kind = lookUp(source.ai?.providers, name)?.kind ?? '';
  const row = rows.find((each) => each.kind === kind || each.aliases?.includes(kind) === true);
  if (row === undefined || row.serves?.['moderations'] !== undefined) return;
  report.problem(
    places.at(guard, 'provider'),
    `a provider of the kind ${quote(kind)} moderates nothing, write another`,
  );
}

/** A misspelt name would be a guard that never looks. */
function checkPlaces(
  { models = [], applications = [] }: GuardSource,
  tools: GuardTools,
  compilation: Compilation,
): void {
  const { declared } = compilation;
  for (const [key, name] of models.entries()) {
    if (name === '*' || isDirect(name, tools.direct)) continue;
    checkReference({ noun: 'model', holder: models, key, name, known: declared.models }, compilation);
  }
  for (const [key, name] of applications.entries()) {
    const known = declared.applications;
    checkReference({ noun: 'application', holder: applications, key, name, known }, compilation);
  }
}

function checkAction(guard: GuardSource, { places, report }: Compilation): void {
  const { kind, action } = guard;
  const { actions, action: byDefault } = RULES[kind];
  const choice = `write ${actions.map(quote).join(' or ')}`;
  if (action === undefined) {
    if (byDefault !== undefined || places.wrote(guard, 'action')) return;
    report.problem(places.of(guard), `${quote('action')} is missing in a guard of the kind ${quote(kind)}, ${choice}`);
  } else if (!actions.includes(action)) {
    const message = `a guard of the kind ${quote(kind)} cannot ${quote(action)}, ${choice}`;
    report.problem(places.at(guard, 'action'), message);
  }
}

function checkFields(guard: GuardSource, { places, report }: Compilation): void {
  const { kind } = guard;
  const { fields, required = [] } = RULES[kind];
  for (const field of FIELDS) {
    if (!places.wrote(guard, field) || fields.includes(field)) continue;
    const message = `${quote(field)} has no meaning for a guard of the kind ${quote(kind)}, leave it out`;
    report.problem(places.key(guard, field), message);
  }
  for (const field of required) {
    if (places.wrote(guard, field)) continue;
    const message = `${quote(field)} is missing in a guard of the kind ${quote(kind)}, write it`;
    report.problem(places.of(guard), message);
  }
}

function checkTopics(guard: GuardSource, { places, report }: Compilation): void {
  const { deny, allow, on, action } = guard;
  const wrote = (field: Field): boolean => places.wrote(guard, field);
  if (!wrote('deny') && !wrote('allow')) {
    const message = `a guard of the kind ${quote('topics')} wants words, write ${quote('deny')}, ${quote('allow')} or both`;
    report.problem(places.of(guard), message);
  }
  if (allow !== undefined && on?.includes('request') === false) {
    const message = `${quote('allow')} is about what callers say, let the guard look at requests`;
    report.problem(places.key(guard, 'allow'), message);
  }
  if (action === 'mask' && deny === undefined && allow !== undefined) {
    const message = `what callers do not say cannot be masked, write ${quote('block')} or ${quote('flag')}`;
    report.problem(places.at(guard, 'action'), message);
  }
}

function checkSchema(guard: GuardSource, { schemaProblems }: GuardTools, { places, report }: Compilation): void {
  const { schema } = guard;
  if (schema === undefined) return;
  const place = places.key(guard, 'schema');
  if (!isSchema(schema)) report.problem(place, `${quote('schema')} is no JSON Schema, write a map, true or false`);
  else
    for (const problem of schemaProblems(schema))
      report.problem(place, `${quote('schema')} cannot be used: ${problem}`);
}

/** What a file holds beside maps that were checked is JSON: YAML is read by its core schema. */
function isSchema(schema: unknown): schema is AnswerSchema {
  return typeof schema === 'boolean' || (typeof schema === 'object' && schema !== null && !Array.isArray(schema));
}

const ENTITIES: Readonly<Partial<Record<Kind, ReadonlySet<string>>>> = {
  pii: new Set(PII_ENTITIES),
  secrets: new Set(SECRET_ENTITIES),
};

function checkEntities({ kind, entities = [] }: GuardSource, compilation: Compilation): void {
  const known = ENTITIES[kind];
  if (known === undefined) return;
  for (const [key, name] of entities.entries()) {
    checkReference({ noun: `entity of ${kind}`, holder: entities, key, name, known }, compilation);
  }
}

/** Of guards that were checked. One that is not whole is left out: its problem keeps the snapshot from being used. */
export function guardSpecs({ guards }: AiSource): readonly AiGuardSpec[] {
  return Object.entries(guards).flatMap(([name, source]) => {
    const { models, applications } = source;
    const guard = guardSpec(name, source);
    return guard === undefined
      ? []
      : [{ models: models?.includes('*') === true ? undefined : models, applications, guard }];
  });
}

const MODERATION_TIMEOUT = '5s';

function guardSpec(name: string, source: GuardSource): GuardSpec | undefined {
  const { kind, on, shadow, deny, allow, schema, maxChars } = source;
  const action = source.action ?? RULES[kind].action;
  const sided = { name, shadow, on };
  if (action === undefined) return undefined;
  if (kind === 'topics') return { ...sided, kind, action, deny, allow };
  if (kind === 'pii') return { ...sided, kind, action, entities: source.entities?.filter(isOf(PII_ENTITIES)) };
  if (kind === 'secrets') return { ...sided, kind, action, entities: source.entities?.filter(isOf(SECRET_ENTITIES)) };
  if (action === 'mask') return undefined;
  if (kind === 'injection') return { name, shadow, kind, action };
  if (kind === 'output-schema') return isSchema(schema) ? { name, shadow, kind, action, schema } : undefined;
  if (kind === 'length') return maxChars === undefined ? undefined : { ...sided, kind, action, maxChars };
  const { provider, model, threshold, onFailure, timeout = MODERATION_TIMEOUT } = source;
  if (provider === undefined || model === undefined) return undefined;
  return { ...sided, kind, action, provider, model, threshold, onFailure, timeoutMs: milliseconds(timeout) };
}

function isOf<Entity extends string>(entities: readonly Entity[]): (name: string) => name is Entity {
  return (name): name is Entity => entities.some((each) => each === name);
}
