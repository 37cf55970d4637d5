import type { ChatRequest, Tool } from '../../canonical/chat-request.ts';
import { loseExt } from '../../canonical/collect-ext.ts';
import type { Target } from '../../canonical/dialect.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import { effortOf, nearestEffort } from '../../canonical/effort.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { wireNames, type WireNames } from '../../canonical/wire-names.ts';
import { callIds, toolNames } from '../openai-chat/chat-names.ts';
import { present } from '../chat-shaped/present.ts';
import { clamp, clampOutput } from '../chat-shaped/clamp.ts';
import { mustCall, writeFunctionTools } from '../chat-shaped/function-tools.ts';
import { loseMembers, refuseKept } from '../chat-shaped/lost-members.ts';
import { withoutDrops } from '../chat-shaped/without-drops.ts';
import { writeMessages } from './write-messages.ts';

/** The body of a chat completion at Mistral, which refuses members that it does not know. */
export function writeMistralRequest(asked: ChatRequest, target: Target, losses: Losses): string {
  const request = withoutDrops(asked, target, losses);
  refuseKept(request);
  loseMembers(request, TAKEN, losses);
  const names = toolNames(request);
  return JSON.stringify({
    ...ownMembers(request, losses),
    model: target.model,
    messages: writeMessages(request, {
      losses,
      names,
      ids: callIds(request, ID_RULE),
      thinks: thinks(request, target),
    }),
    ...(target.stream && { stream: true }),
    ...writeSampling(request, target, losses),
    ...writeTools(request, names, losses),
    ...present({
      response_format: writeFormat(request, losses),
      reasoning_effort:
        target.rules.reasoningIn === 'none' ? loseEffort(request, losses) : writeEffort(request, losses),
      prompt_cache_key: request.cache.key,
      service_tier: writeTier(request, losses),
      metadata: writeMetadata(request, losses),
    }),
  });
}

const ID_RULE = { allowed: 'A-Za-z0-9', charsMax: 9, exact: true } as const;

const TAKEN: ReadonlySet<string> = new Set([
  'parallel_tool_calls',
  'prompt_cache_key',
  'user',
  'metadata',
  'service_tier',
]);

/** Members of Mistral's that its callers send, which are read as extras of the dialect that they are read as. */
const OWN = ['safe_prompt', 'prompt_mode', 'guardrails', 'prediction', 'random_seed'] as const;
const STANDARD_ONLY = 'standard_only';

function ownMembers(request: ChatRequest, losses: Losses): JsonFields {
  const { 'openai-chat': chat = {}, ...others } = request.ext;
  const own = Object.entries(chat).filter(([name, value]) => isOwn(name, value));
  const rest = Object.entries(chat).filter(([name, value]) => !isOwn(name, value));
  loseExt({ ...request, ext: { ...others, 'openai-chat': Object.fromEntries(rest) } }, 'mistral', losses);
  return { ...Object.fromEntries(own), ...request.ext.mistral };
}

function isOwn(name: string, value: Json): boolean {
  return OWN.some((own) => own === name) || (name === 'service_tier' && value === STANDARD_ONLY);
}

/** Are thoughts of earlier turns something that this model knows? Others refuse them. */
function thinks(request: ChatRequest, { model }: Target): boolean {
  const effort = effortOf(request.reasoning);
  if (request.reasoning !== undefined) return effort !== 'none';
  return request.ext['openai-chat']?.['prompt_mode'] === 'reasoning' || /magistral/i.test(model);
}

const TEMPERATURES = { min: 0, max: 1.5 };

function writeSampling({ sampling, maxOutputTokens }: ChatRequest, target: Target, losses: Losses): JsonFields {
  const { seed, temperature } = sampling;
  const usable = seed === undefined || (Number.isSafeInteger(seed) && seed >= 0);
  if (!usable) losses.add('dropped', 'seed');
  return present({
    max_tokens: clampOutput(maxOutputTokens, target.maxOutputTokens, losses),
    temperature: clamp(temperature, TEMPERATURES, { losses, name: 'temperature' }),
    top_p: sampling.topP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    random_seed: usable ? seed : undefined,
    stop: sampling.stop,
    n: sampling.n,
  });
}

function writeTools(request: ChatRequest, names: WireNames, losses: Losses): JsonFields {
  const rules = { names, losses, strict: 'each', narrows: ['allowed'], hosted: ownTool } as const;
  const tools = writeFunctionTools(request, rules);
  const { toolChoice: choice, parallelTools } = request;
  if (tools.length === 0) {
    if (mustCall(choice)) losses.add('dropped', 'tool_choice');
    return {};
  }
  const named = choice?.mode === 'named' && { type: 'function', function: { name: names.toWire(choice.name) } };
  const word = mustCall(choice) ? 'any' : choice?.mode === 'none' ? 'none' : 'auto';
  return {
    tools,
    ...(choice !== undefined && { tool_choice: named === false ? word : named }),
    ...present({ parallel_tool_calls: parallelTools }),
  };
}

/** Of Mistral's own, which Chat's readers keep as they are. */
const HOSTED: ReadonlySet<unknown> = new Set([
  'web_search',
  'web_search_premium',
  'code_interpreter',
  'image_generation',
  'document_library',
  'connector',
]);

function ownTool({ hosted }: Tool): JsonFields | undefined {
  if (hosted?.dialect === 'mistral') return hosted.definition;
  const known = hosted?.dialect === 'openai-chat' && HOSTED.has(hosted.definition['type']);
  return known ? hosted.definition : undefined;
}

function writeFormat({ output: { format } }: ChatRequest, losses: Losses): JsonFields | undefined {
  if (format === undefined) return undefined;
  if (format.kind === 'json') return { type: 'json_object' };
  const { description, strict, name = 'answer' } = format;
  const wireName = wireNames([name], { allowed: 'A-Za-z0-9_-', charsMax: 64 }).toWire(name);
  const schema = fitSchema(format.schema, {}, { losses, where: 'response_format', tool: false });
  return { type: 'json_schema', json_schema: { name: wireName, ...present({ description, strict }), schema } };
}

function writeEffort({ reasoning }: ChatRequest, losses: Losses): string | undefined {
  const effort = effortOf(reasoning);
  if (effort === undefined) return undefined;
  if (reasoning?.mode === 'budget') losses.add('emulated', 'reasoning');
  const nearest = nearestEffort(effort, ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']);
  if (nearest !== effort) losses.add('clamped', 'reasoning');
  return nearest;
}

/** That it is off is what a model without it does anyway. */
function loseEffort({ reasoning }: ChatRequest, losses: Losses): undefined {
  if (reasoning !== undefined && effortOf(reasoning) !== 'none') losses.add('dropped', 'reasoning');
}

/** `auto` takes capacity that is paid for in advance, when there is some. */
function writeTier({ tier }: ChatRequest, losses: Losses): string | undefined {
  if (tier === undefined || tier === 'auto') return tier;
  if (tier === 'default') return STANDARD_ONLY;
  losses.add(tier === 'priority' ? 'emulated' : 'dropped', 'service_tier');
  return tier === 'priority' ? 'auto' : undefined;
}

/** Who asks has no place of its own here. */
function writeMetadata({ metadata, endUser }: ChatRequest, losses: Losses): JsonFields | undefined {
  if (endUser === undefined) return metadata;
  const taken = metadata !== undefined && Object.hasOwn(metadata, 'user');
  losses.add(taken ? 'dropped' : 'emulated', 'user');
  return taken ? metadata : { ...metadata, user: endUser };
}
