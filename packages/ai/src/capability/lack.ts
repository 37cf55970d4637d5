import type { ChatRequest, DialectName } from '../canonical/chat-request.ts';
import type { ModelFacts } from '../catalogue/model-facts.ts';
import { leastTokens } from '../pricing/token-estimate.ts';
import { hasNeed, NEEDS, type Need } from './call-needs.ts';
import { bendsContext, mayNeed } from './need-marks.ts';

/** Why a model cannot serve a call, whatever it is sent. */
export interface Lack {
  readonly code: 'request.capability' | 'request.context_length';
  readonly detail: string;
  readonly param: string | undefined;
}

/** A call, as far as it is asked what it needs. */
export interface NeedyCall {
  /** As callers name it. */
  readonly model: string;
  /** What the caller sent; undefined: that does not say what is asked for, so `request` has to. */
  readonly body: Buffer | undefined;
  /** The value of `anthropic-beta`, which may widen a window. */
  readonly betas: string | undefined;
  readonly request: ChatRequest;
}

/** What is known of the way that a call would go there. */
export interface Way {
  /** The dialect describes the schema to models that cannot be held to it. */
  readonly emulatesSchema: boolean;
  /** The vendor counts the longest answer that may come into the model's context. */
  readonly countsAnswer: boolean;
}

/**
 * What the call needs and the model surely has not. What nobody knows is no lack: vendors know their models better. The
 * body is parsed only where a word in it, or its length, gives reason to.
 */
export function lackOf(call: NeedyCall, facts: ModelFacts, way: Way): Lack | undefined {
  const need = NEEDS.find((one) => facts.can[one] === false && isNeeded(call, one, way));
  if (need === undefined) return contextLack(call, facts, way);
  const detail = `the model \`${call.model}\` cannot ${DEEDS[need]}`;
  return { code: 'request.capability', detail, param: paramOf(call.request.dialect, need) };
}

function isNeeded(call: NeedyCall, need: Need, way: Way): boolean {
  if (need === 'schema' && way.emulatesSchema) return false;
  return (call.body === undefined || mayNeed(call.body, need)) && hasNeed(call.request, need);
}

const DEEDS: Readonly<Record<Need, string>> = {
  vision: 'see images',
  documents: 'read documents',
  audio: 'hear audio',
  tools: 'call tools',
  schema: 'hold its answer to a JSON schema',
};

/** A token has six bytes at the most on the whole: what has no more than this is half of the context at the most. */
const BYTES_PER_TOKEN_SURE = 3;

export function isSurelyShort(body: Buffer, contextTokens: number): boolean {
  return body.length <= contextTokens * BYTES_PER_TOKEN_SURE;
}

function contextLack(call: NeedyCall, facts: ModelFacts, way: Way): Lack | undefined {
  const { contextTokens, contextIsGuess = false } = facts;
  const { body, betas } = call;
  if (contextTokens === undefined || contextIsGuess) return undefined;
  if (body !== undefined && isSurelyShort(body, contextTokens)) return undefined;
  if (betas?.includes('context-1m') === true || (body !== undefined && bendsContext(body))) return undefined;
  const tokens = leastTokens(call.request) + answerTokens(call.request, facts, way);
  if (tokens <= contextTokens) return undefined;
  // In the words by which clients of Anthropic and of OpenAI tell this error from others, and read the numbers out of it.
  const words = `prompt is too long: ${tokens} tokens > ${contextTokens} maximum. It has that many at least`;
  const detail = `${words}; for the model \`${call.model}\` the maximum context length is ${contextTokens} tokens`;
  const { dialect } = call.request;
  return {
    code: 'request.context_length',
    detail,
    param: dialect === 'anthropic' ? undefined : (TURNS[dialect] ?? 'messages'),
  };
}

function answerTokens({ maxOutputTokens = 0 }: ChatRequest, facts: ModelFacts, { countsAnswer }: Way): number {
  return countsAnswer ? Math.min(maxOutputTokens, facts.maxOutputTokens ?? Infinity) : 0;
}

/** What the caller calls the member at fault. */
function paramOf(dialect: DialectName, need: Need): string {
  if (need === 'tools') return dialect === 'bedrock' ? 'toolConfig' : 'tools';
  return need === 'schema' ? FORMATS[dialect] : (TURNS[dialect] ?? 'messages');
}

const TURNS: Readonly<Partial<Record<DialectName, string>>> = { 'openai-responses': 'input', gemini: 'contents' };

const FORMATS: Readonly<Record<DialectName, string>> = {
  'openai-chat': 'response_format',
  'openai-responses': 'text.format',
  anthropic: 'output_config.format',
  gemini: 'generationConfig.responseSchema',
  bedrock: 'outputConfig.textFormat',
  mistral: 'response_format',
  cohere: 'response_format',
  ollama: 'format',
};
