import { createHash } from 'node:crypto';
import { loseExt } from '../../canonical/collect-ext.ts';
import type { ChatRequest, DialectName } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { effortOf } from '../../canonical/effort.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { dropEmptyText, pairToolResults } from '../../canonical/shape-turns.ts';
import type { Fields } from '../../loose-json.ts';
import { fieldsOf, listOf } from './fields.ts';
import { isOpenAis, keptOf, OWN } from './own.ts';
import { isStray } from './strays.ts';
import { conversationParam, writeContext, type WriteContext } from './write-context.ts';
import { writeInstruction, writeItems } from './write-items.ts';
import { writeText } from './write-text.ts';
import { writeToolChoice, writeTools } from './write-tools.ts';

export function writeRequest(call: ChatRequest, target: Target, losses: Losses): string {
  refuseImpossible(call);
  loseForeign(call, losses);
  const request = withoutTokens(call, target, losses);
  const context = writeContext(request, losses, target.rules);
  const { sampling } = request;
  const body: Fields = {
    model: target.model,
    ...writeConversation(context),
    ...writeToolUse(context),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    max_output_tokens: writeLimit(request, target, losses),
    text: writeText(context),
    reasoning: writeReasoningWish(request),
    ...writeKeeping(context),
    ...writeIdentity(request, losses),
    prompt_cache_key: request.cache.key,
    service_tier: writeTier(request, losses),
    stream: target.stream ? true : undefined,
  };
  return JSON.stringify(withoutRefused({ ...body, ...writeOwnExt(request, body) }, target, losses));
}

/** What the dialect has no member for, and where the answer would be wrong without. */
function refuseImpossible({ state, dialect, sampling, cache }: ChatRequest): void {
  const [referred] = Object.keys(state ?? {});
  if (referred !== undefined && dialect !== OWN) {
    throw new Untranslatable(`'${referred}' refers to what another model provider keeps.`, referred);
  }
  if (cache.contentRef !== undefined) {
    throw new Untranslatable('The cached content is kept by another model provider.', 'cachedContent');
  }
  if (sampling.stop?.some((text) => text.trim() !== '') === true) {
    throw new Untranslatable('The model provider knows no stop sequences.', 'stop');
  }
  if (sampling.n !== undefined && sampling.n > 1) {
    throw new Untranslatable('The model provider gives one answer a call.', 'n');
  }
}

function loseForeign(request: ChatRequest, losses: Losses): void {
  const { sampling, output } = request;
  const unknown = {
    top_k: sampling.topK,
    min_p: sampling.minP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    logit_bias: sampling.logitBias,
    modalities: output.modalities?.find((modality) => modality.toLowerCase() !== 'text'),
  };
  for (const [name, value] of Object.entries(unknown)) if (value !== undefined) losses.add('dropped', name);
  loseExt(request, OWN, losses);
  // OpenAI's models answer what they have said so far, and do not go on with it.
  const goesOn = !isOpenAis(request.dialect) && request.turns.at(-1)?.role === 'assistant';
  if (goesOn) losses.add('dropped', 'prefill');
}

function writeConversation(context: WriteContext): Fields {
  const { request, losses, own } = context;
  const [first, ...others] = request.instructions;
  const leads = first !== undefined && first.cache === undefined && keptOf(first) === undefined;
  const items = leads ? others : request.instructions;
  // What the vendor keeps may hold the other half, and what this dialect's caller says fits together or is refused there.
  const turns = own ? request.turns : dropEmptyText(pairToolResults(request.turns, losses));
  const input = [...items.map((item) => writeInstruction(item, context)), ...writeItems(turns, context)];
  if (input.length === 0 && request.state === undefined) {
    throw new Untranslatable('The call holds nothing to answer.', conversationParam(request));
  }
  return { ...(leads && { instructions: first.text }), ...(input.length > 0 && { input }) };
}

function writeToolUse(context: WriteContext): Fields {
  const { request } = context;
  // `prompt` may bring tools of its own.
  if (request.tools.length === 0 && request.state === undefined) return {};
  return {
    tools: request.tools.length > 0 ? writeTools(context) : undefined,
    tool_choice: request.toolChoice && writeToolChoice(request.toolChoice, request, context.names),
    parallel_tool_calls: request.parallelTools,
  };
}

const OUTPUT_TOKENS_MIN = 16;

function writeLimit(request: ChatRequest, target: Target, losses: Losses): number | undefined {
  const { maxOutputTokens: wanted, dialect } = request;
  if (wanted === undefined) return undefined;
  const least = dialect === OWN ? wanted : Math.max(wanted, OUTPUT_TOKENS_MIN);
  const limit = Math.min(least, target.maxOutputTokens ?? least);
  if (limit !== wanted) losses.add('clamped', 'max_tokens');
  return limit;
}

function writeReasoningWish({ reasoning, dialect, ext }: ChatRequest): Fields | undefined {
  const effort = effortOf(reasoning);
  const unsaid = reasoning !== undefined && reasoning.mode !== 'off' && SHOWING.has(dialect) ? 'summary' : 'none';
  const seen = (reasoning?.expose ?? unsaid) !== 'none';
  const summary = seen ? (reasoning?.summaryStyle ?? 'auto') : undefined;
  const wish = { ...(effort !== undefined && { effort }), ...(summary !== undefined && { summary }) };
  const whole = { ...wish, ...fieldsOf(ext[OWN]?.['reasoning']) };
  return Object.keys(whole).length > 0 ? whole : undefined;
}

/** Dialects whose callers see what a model thinks unless they say otherwise. */
const SHOWING: ReadonlySet<DialectName> = new Set(['anthropic', 'bedrock', 'cohere', 'ollama']);

/**
 * Callers of other dialects asked nobody to keep anything, and take their reasoning with them. A caller of this dialect
 * who left `store` out has it stored by default; where that is no longer known, nothing is stored.
 */
function writeKeeping({ request, own }: WriteContext): Fields {
  const known = own ? keptOf(request.output) : undefined;
  const { item_reference: _, ...state } = request.state ?? {};
  const store = state['store'] ?? (known === undefined ? false : known['store']);
  const reasons = request.reasoning !== undefined && request.reasoning.mode !== 'off';
  const include = new Set([
    ...listOf(request.ext[OWN]?.['include']),
    ...listOf(known?.['include']),
    ...(store === false && reasons ? ['reasoning.encrypted_content'] : []),
    ...(request.logprobs === undefined ? [] : ['message.output_text.logprobs']),
  ]);
  const top = request.logprobs?.top ?? 0;
  return {
    ...state,
    store,
    include: include.size > 0 ? [...include] : undefined,
    top_logprobs: top > 0 ? top : undefined,
  };
}

const USER_CHARS_MAX = 64;

function writeIdentity({ endUser, metadata }: ChatRequest, losses: Losses): Fields {
  const tooLong = endUser !== undefined && endUser.length > USER_CHARS_MAX;
  if (tooLong) losses.add('clamped', 'user');
  return {
    // The same user is the same hash, which has just the characters that are allowed.
    safety_identifier: tooLong ? createHash('sha256').update(endUser).digest('hex') : endUser,
    metadata,
  };
}

function writeTier({ tier }: ChatRequest, losses: Losses): string | undefined {
  if (tier !== 'reserved') return tier;
  losses.add('dropped', 'service_tier');
  return undefined;
}

/** What the caller said in this dialect alone; members that are merged elsewhere are left as they are. */
function writeOwnExt({ ext }: ChatRequest, body: Fields): Fields {
  const merged = new Set(['reasoning', 'text', 'include']);
  const rest = Object.entries(ext[OWN] ?? {}).filter(([name]) => !isStray(name) && !merged.has(name));
  return Object.fromEntries(rest.filter(([name]) => name === 'tool_choice' || body[name] === undefined));
}

/** Tokens are asked for by `include`, which vendors that refuse them do know. */
function withoutTokens(request: ChatRequest, { rules }: Target, losses: Losses): ChatRequest {
  const { logprobs, ...rest } = request;
  if (logprobs === undefined || rules.drops?.includes('logprobs') !== true) return request;
  losses.add('dropped', 'logprobs');
  return rest;
}

function withoutRefused(body: Fields, { rules }: Target, losses: Losses): Fields {
  const drops = new Set(rules.drops);
  if (drops.size === 0) return body;
  const kept = Object.entries(body).filter(([name, value]) => {
    const refused = drops.has(name) && value !== undefined;
    if (refused) losses.add('dropped', name);
    return !refused;
  });
  return Object.fromEntries(kept);
}
