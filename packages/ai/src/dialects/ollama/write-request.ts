import type { ChatRequest, Effort } from '../../canonical/chat-request.ts';
import { loseExt } from '../../canonical/collect-ext.ts';
import type { Target } from '../../canonical/dialect.ts';
import { effortOf } from '../../canonical/effort.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { clampOutput } from '../chat-shaped/clamp.ts';
import { describedSchema, mustCall, writeFunctionTools } from '../chat-shaped/function-tools.ts';
import { loseMembers, refuseKept, refuseSeveral } from '../chat-shaped/lost-members.ts';
import { withoutDrops } from '../chat-shaped/without-drops.ts';
import { present } from '../chat-shaped/present.ts';
import { plainNames } from './plain-names.ts';
import { writeMessages } from './write-messages.ts';

/** The body of a call of `/api/chat`. */
export function writeOllamaRequest(asked: ChatRequest, target: Target, losses: Losses): string {
  const request = withoutDrops(asked, target, losses);
  refuseKept(request);
  refuseSeveral(request);
  loseMembers(request, TAKEN, losses);
  loseExt(request, 'ollama', losses);
  const own = ownMembers(request, losses);
  const options = { ...own.options, ...writeOptions(request, target, losses) };
  const { logprobs } = request;
  return JSON.stringify({
    ...own.members,
    model: target.model,
    messages: writeMessages(request, losses),
    // A stream is what comes without a word.
    stream: target.stream,
    ...writeTools(request, losses),
    ...present({ format: writeFormat(request, losses), think: writeThink(request, target, losses) }),
    ...(logprobs !== undefined && { logprobs: true, ...(logprobs.top > 0 && { top_logprobs: logprobs.top }) }),
    ...(Object.keys(options).length > 0 && { options }),
  });
}

const TAKEN: ReadonlySet<string> = new Set(['top_k', 'min_p', 'logprobs']);

export const OPTIONS = 'options.';

/** Options are kept by names such as `options.num_ctx`; of members inside messages and tools there is the name alone. */
function ownMembers(
  { ext }: ChatRequest,
  losses: Losses,
): { readonly members: JsonFields; readonly options: JsonFields } {
  const own = Object.entries(ext.ollama ?? {});
  const options = own.flatMap(([name, value]) =>
    name.startsWith(OPTIONS) ? [[name.slice(OPTIONS.length), value]] : [],
  );
  for (const [name] of own) {
    if (name.includes('.') && !name.startsWith(OPTIONS))
      losses.add('dropped', name.replace(/[^\w.-]/g, '_').slice(0, 64));
  }
  return {
    members: Object.fromEntries(own.filter(([name]) => !name.includes('.'))),
    options: Object.fromEntries(options),
  };
}

function writeOptions({ sampling, maxOutputTokens }: ChatRequest, target: Target, losses: Losses): JsonFields {
  const { seed } = sampling;
  const usable = seed === undefined || Number.isInteger(seed);
  if (!usable) losses.add('dropped', 'seed');
  return present({
    num_predict: clampOutput(maxOutputTokens, target.maxOutputTokens, losses),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    seed: usable ? seed : undefined,
    stop: sampling.stop,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
  });
}

/** The model decides whether it calls: it can be kept from it, by offering nothing, but not be made to. */
function writeTools(request: ChatRequest, losses: Losses): JsonFields {
  const { toolChoice } = request;
  if (mustCall(toolChoice)) losses.add('dropped', 'tool_choice');
  if (toolChoice?.mode === 'none') return {};
  const rules = { names: plainNames, losses, strict: 'nowhere', narrows: ['allowed', 'named'] } as const;
  const tools = writeFunctionTools(request, rules);
  return tools.length === 0 ? {} : { tools };
}

function writeFormat({ output: { format } }: ChatRequest, losses: Losses): Json | undefined {
  if (format === undefined) return undefined;
  if (format.kind === 'json') return 'json';
  return fitSchema(describedSchema(format), {}, { losses, where: 'response_format', tool: false });
}

const LEVELS: Readonly<Record<Effort, 'low' | 'medium' | 'high' | false>> = {
  none: false,
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** A model that cannot think refuses to be asked to, but not to be asked not to. */
function writeThink({ reasoning, dialect }: ChatRequest, { rules }: Target, losses: Losses): Json | undefined {
  if (reasoning === undefined) return undefined;
  const effort = effortOf(reasoning);
  if (rules.reasoningIn === 'none') {
    if (effort !== 'none') losses.add('dropped', 'reasoning');
    return undefined;
  }
  if (effort === undefined) return true;
  if (dialect === 'ollama' && effort === 'max') return effort;
  const level = LEVELS[effort];
  if (reasoning.mode === 'budget' && level !== false) losses.add('emulated', 'reasoning');
  else if (level !== effort && level !== false) losses.add('clamped', 'reasoning');
  return level;
}
