import { restOf } from '../../canonical/collect-ext.ts';
import type { ChatRequest, ServiceTier } from '../../canonical/chat-request.ts';
import type { CallFacts } from '../../canonical/dialect.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { asText } from '../../loose-json.ts';
import { fieldsOf, given, listOf, member, stringOf } from './fields.ts';
import { keep, OWN } from './own.ts';
import { readInput } from './read-items.ts';
import { readToolChoice, readTools } from './read-tools.ts';
import { readReasoningWish, readText } from './read-wishes.ts';
import { Strays } from './strays.ts';

export function readRequest(body: Json, facts: CallFacts): ChatRequest {
  const fields = fieldsOf(body);
  if (fields === undefined) throw new Untranslatable('The request body is not a JSON object.');
  const model = asText(fields['model']) ?? facts.model;
  if (model === undefined) throw new Untranslatable("The request names no 'model'.", 'model');
  const strays = new Strays();
  const input = readInput(fields['input'], strays);
  const tools = readTools(fields, strays);
  const state = readState(fields, input.references);
  if (input.turns.length === 0 && input.instructions.length === 0 && state === undefined) {
    throw new Untranslatable("The request has no 'input'.", 'input');
  }
  const { toolChoice, odd } = readToolChoice(fields['tool_choice']);
  const text = readText(fields);
  const reasoning = readReasoningWish(fields);
  const include = readInclude(fields);
  const tier = TIERS.get(fields['service_tier']);
  return {
    dialect: OWN,
    model,
    stream: member(fields, 'stream', 'boolean') ?? false,
    instructions: [...readInstructions(fields), ...input.instructions],
    turns: input.turns,
    tools,
    sampling: given({
      temperature: member(fields, 'temperature', 'number'),
      topP: member(fields, 'top_p', 'number'),
    }),
    output: keep(text.wish, granted(fields)),
    cache: given({ key: member(fields, 'prompt_cache_key', 'string') }),
    includeUsage: true,
    ...given({
      toolChoice,
      parallelTools: member(fields, 'parallel_tool_calls', 'boolean'),
      maxOutputTokens: member(fields, 'max_output_tokens', 'number'),
      logprobs: include.logprobs,
      reasoning: reasoning.wish,
      tier,
      endUser: member(fields, 'safety_identifier', 'string') ?? member(fields, 'user', 'string'),
      metadata: readMetadata(fields['metadata']),
      state,
    }),
    ext: extOf({
      ...restOf(fields, KNOWN),
      ...(tier === undefined && given({ service_tier: asText(fields['service_tier']) })),
      ...given({ tool_choice: odd, text: text.rest, reasoning: reasoning.rest, include: include.rest }),
      ...readTruncation(fields),
      ...strays.members,
    }),
  };
}

const KNOWN = new Set([
  'model',
  'input',
  'instructions',
  'stream',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'temperature',
  'top_p',
  'top_logprobs',
  'max_output_tokens',
  'text',
  'reasoning',
  'include',
  'truncation',
  'prompt_cache_key',
  'service_tier',
  'safety_identifier',
  'user',
  'metadata',
  'previous_response_id',
  'conversation',
  'prompt',
  'store',
  'background',
]);

function extOf(rest: JsonFields): ChatRequest['ext'] {
  return Object.keys(rest).length === 0 ? {} : { [OWN]: rest };
}

function readInstructions(fields: JsonFields): ChatRequest['instructions'] {
  const text = member(fields, 'instructions', 'string');
  return text === undefined || text === '' ? [] : [{ role: 'system', text }];
}

/** `false` is what everybody else does anyway: it refers to nothing. */
function readState(fields: JsonFields, references: readonly string[]): JsonFields | undefined {
  const store = member(fields, 'store', 'boolean');
  const background = member(fields, 'background', 'boolean');
  const state: JsonFields = given({
    previous_response_id: member(fields, 'previous_response_id', 'string'),
    conversation: fields['conversation'] ?? undefined,
    prompt: member(fields, 'prompt', 'object'),
    store: store === true ? store : undefined,
    background: background === true ? background : undefined,
    item_reference: references.length > 0 ? references : undefined,
  });
  return Object.keys(state).length === 0 ? undefined : state;
}

/**
 * Members that every target satisfies, so that naming them as dropped would be wrong: nothing is stored, and reasoning
 * comes with its proof. This dialect's writer needs them all the same.
 */
function granted(fields: JsonFields): JsonFields {
  const include = listOf(fields['include']).filter((value) => value === ENCRYPTED);
  return { ...(fields['store'] === false && { store: false }), include };
}

const ENCRYPTED = 'reasoning.encrypted_content';
const LOGPROBS = 'message.output_text.logprobs';

interface IncludeRead {
  readonly logprobs: { readonly top: number } | undefined;
  readonly rest: readonly Json[] | undefined;
}

function readInclude(fields: JsonFields): IncludeRead {
  const include = member(fields, 'include', 'array') ?? [];
  const top = member(fields, 'top_logprobs', 'number') ?? 0;
  const rest = include.filter((value) => value !== ENCRYPTED && value !== LOGPROBS);
  return {
    logprobs: top > 0 || include.includes(LOGPROBS) ? { top } : undefined,
    rest: rest.length > 0 ? rest : undefined,
  };
}

const TIERS: ReadonlyMap<Json | undefined, ServiceTier> = new Map(
  (['auto', 'default', 'flex', 'priority', 'scale'] as const).map((tier) => [tier, tier]),
);

/** Values that are no strings are the vendor's to refuse. */
function readMetadata(value: Json | undefined): Readonly<Record<string, string>> | undefined {
  const pairs = Object.entries(fieldsOf(value) ?? {});
  if (pairs.length === 0) return undefined;
  return Object.fromEntries(pairs.map(([name, said]) => [name, stringOf(said) ?? JSON.stringify(said)]));
}

/** To fail rather than to cut is the default, and what every other target does. */
function readTruncation(fields: JsonFields): JsonFields {
  const truncation = asText(fields['truncation']);
  return truncation === undefined || truncation === 'disabled' ? {} : { truncation };
}
