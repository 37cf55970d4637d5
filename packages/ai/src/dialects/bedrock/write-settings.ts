import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import type { ModelTraits } from './model-traits.ts';
import { writeOwnReasoning } from './own-reasoning.ts';
import type { ReasoningPlan } from './plan-reasoning.ts';
import { recall } from './wire-memory.ts';

export interface SettingsWish {
  readonly request: ChatRequest;
  readonly target: Target;
  readonly traits: ModelTraits;
  readonly plan: ReasoningPlan;
  readonly losses: Losses;
}

/** What a caller of this dialect set, as it set it. */
export function ownSettings({ sampling, maxOutputTokens, output, reasoning, ext }: ChatRequest): JsonFields {
  const { bedrock = {} } = ext;
  const said = reasoning === undefined ? {} : writeOwnReasoning(reasoning);
  const fields: JsonFields = {
    ...fieldsOf(bedrock['additionalModelRequestFields']),
    ...(sampling.topK !== undefined && { top_k: sampling.topK }),
    ...(said.thinking !== undefined && { thinking: said.thinking }),
  };
  const format = output.format === undefined ? undefined : recall(output.format);
  return compose({
    inferenceConfig: {
      ...fieldsOf(bedrock['inferenceConfig']),
      ...inference({ ...sampling, maxTokens: maxOutputTokens }),
    },
    additionalModelRequestFields: fields,
    outputConfig: {
      ...fieldsOf(bedrock['outputConfig']),
      ...(format !== undefined && { textFormat: format }),
      ...(format === undefined && output.format?.kind === 'schema' && { textFormat: textFormat(output.format) }),
      ...(said.effort !== undefined && !saysEffort(fields, said.effort) && { effort: said.effort }),
    },
  });
}

/** Claude's own place for it, which stays in `ext`. */
function saysEffort(fields: JsonFields, effort: string): boolean {
  return fieldsOf(fields['output_config'])['effort'] === effort;
}

/** What a caller of another dialect set, as far as the model takes it. */
export function foreignSettings(wish: SettingsWish): JsonFields {
  const { request, plan } = wish;
  const stop = stopSequences(wish);
  const { topK, ...sampling } = fitSampling(wish);
  const fields = { ...plan.fields, ...topKField(topK, wish) };
  return compose({
    inferenceConfig: inference({ ...sampling, maxTokens: limit(wish), stop }),
    additionalModelRequestFields: fields,
    // Claude says which sequence stopped it only when it is asked.
    ...(wish.traits.claude !== undefined &&
      stop !== undefined && { additionalModelResponseFieldPaths: ['/stop_sequence'] }),
    outputConfig: {
      ...(takesSchemas(wish.traits) &&
        request.output.format?.kind === 'schema' && {
          textFormat: textFormat(closedFormat(request.output.format, wish.losses)),
        }),
      ...(plan.effort !== undefined && { effort: plan.effort }),
    },
  });
}

export function takesSchemas({ claude }: ModelTraits): boolean {
  return claude === undefined || claude.schemas;
}

type Schema = Extract<ChatRequest['output']['format'], { readonly kind: 'schema' }>;

/** Structured output stands no open objects, whatever was asked. */
function closedFormat(format: Schema, losses: Losses): Schema {
  const report = { losses, where: 'response_format', tool: false };
  return { ...format, schema: fitSchema(format.schema, { closed: true }, report) };
}

function textFormat({ schema, name, description }: Schema): JsonFields {
  const named = { ...(name !== undefined && { name }), ...(description !== undefined && { description }) };
  return { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(schema), ...named } } };
}

interface Inference {
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly stop?: readonly string[] | undefined;
}

function inference({ maxTokens, temperature, topP, stop }: Inference): JsonFields {
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(stop !== undefined && { stopSequences: stop }),
  };
}

function limit({ request, target, plan, losses }: SettingsWish): number | undefined {
  const wanted = plan.maxTokens ?? request.maxOutputTokens;
  if (wanted === undefined || target.maxOutputTokens === undefined || wanted <= target.maxOutputTokens) return wanted;
  losses.add('clamped', 'max_tokens');
  return target.maxOutputTokens;
}

const STOPS_MAX = 4;

/** Claude refuses blank ones. */
function stopSequences({ request, losses }: SettingsWish): readonly string[] | undefined {
  const { stop } = request.sampling;
  if (stop === undefined || stop.length === 0) return undefined;
  const said = stop.filter((sequence) => /\S/.test(sequence));
  if (said.length < stop.length) losses.add('dropped', 'stop');
  if (said.length > STOPS_MAX) losses.add('clamped', 'stop');
  return said.length === 0 ? undefined : said.slice(0, STOPS_MAX);
}

interface FitSampling {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
}

/** Converse knows temperature and top_p from 0 to 1, whatever the model's own scale. */
function fitSampling(wish: SettingsWish): FitSampling {
  const { temperature, topP, topK } = wish.request.sampling;
  const refused = refusedSampling(wish);
  const kept = (name: string, value: number | undefined): number | undefined => {
    if (value === undefined || !refused.has(name)) return value;
    wish.losses.add('dropped', name);
    return undefined;
  };
  return {
    temperature: kept('temperature', clamped('temperature', temperature, wish)),
    topP: kept('top_p', clamped('top_p', topP, wish)),
    topK: kept('top_k', topK),
  };
}

function refusedSampling({ request, traits, plan }: SettingsWish): ReadonlySet<string> {
  const refused = new Set(traits.topK === undefined ? ['top_k'] : []);
  if (traits.claude === undefined) return refused;
  const { sampling } = traits.claude;
  if (sampling === 'no' || plan.thinks) refused.add('temperature').add('top_k');
  if (sampling === 'no') refused.add('top_p');
  // One of the two; thinking has taken the other away already.
  if (sampling === 'one' && !plan.thinks && request.sampling.temperature !== undefined) refused.add('top_p');
  return refused;
}

function clamped(name: string, value: number | undefined, { losses }: SettingsWish): number | undefined {
  if (value === undefined || (value >= 0 && value <= 1)) return value;
  losses.add('clamped', name);
  return Math.min(1, Math.max(0, value));
}

function topKField(topK: number | undefined, { traits }: SettingsWish): JsonFields {
  if (topK === undefined || traits.topK === undefined) return {};
  return traits.topK === 'inferenceConfig.topK' ? { inferenceConfig: { topK } } : { [traits.topK]: topK };
}

function fieldsOf(value: JsonFields[string] | undefined): JsonFields {
  return isJsonFields(value) ? value : {};
}

/** Without the members that say nothing. */
function compose(members: JsonFields): JsonFields {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => !isJsonFields(value) || Object.keys(value).length > 0),
  );
}
