import type { ChatReply } from '../canonical/chat-reply.ts';
import type { Unfit } from '../canonical/dialect.ts';
import { parseExact, type Json } from '../canonical/json.ts';
import type { Usage } from '../usage.ts';
import type { PromptVersion } from './compile-prompt.ts';
import { mismatchOf } from './schema-check.ts';

/** What a caller of a prompt gets. */
export interface PromptReply {
  readonly prompt: string;
  readonly version: string;
  /** What the provider says it served. */
  readonly model: string;
  /** What the schema describes, or text. */
  readonly output: Json;
  /** Null where the provider did not count. */
  readonly usage: PromptUsage | null;
}

/** As in the record of the call. */
export interface PromptUsage {
  readonly inputTokens: number;
  readonly cachedTokens?: number;
  readonly outputTokens: number;
  readonly reasoningTokens?: number;
}

/** The model's answer is not what the prompt promises its callers. */
export interface OutputProblem {
  readonly kind: 'refused' | 'unfinished' | 'not_json' | 'mismatch';
  /** For callers: holds nothing of the answer but names of its members. */
  readonly message: string;
}

/** Asked for nothing again: the answer is paid for, and whoever wants another one says so by calling once more. */
export function unfitOutput(problem: OutputProblem | undefined): Unfit {
  return { code: 'provider.output_invalid', detail: problem?.message ?? 'There is no answer.' };
}

export function readPromptReply(
  version: PromptVersion,
  reply: ChatReply,
): { readonly reply: PromptReply } | { readonly problem: OutputProblem } {
  const ending = whyNoAnswer(reply);
  if (ending !== undefined) return { problem: ending };
  const output = readOutput(version, textOf(reply));
  if ('problem' in output) return output;
  const { model, usage } = reply;
  return {
    reply: {
      prompt: version.prompt,
      version: version.version,
      model: model === '' ? version.spec.model : model,
      output: output.value,
      usage: usage === undefined ? null : usageOf(usage),
    },
  };
}

/** A text that was cut must not look like a whole one. */
function whyNoAnswer({ choices: [choice] }: ChatReply): OutputProblem | undefined {
  const { blocks = [], stop: { reason } = { reason: 'unknown' as const } } = choice ?? {};
  if (reason === 'refusal' || reason === 'content_filter' || blocks.some(({ type }) => type === 'refusal')) {
    return { kind: 'refused', message: 'The model refused to answer.' };
  }
  if (choice !== undefined && WHOLE.has(reason)) return undefined;
  return { kind: 'unfinished', message: 'The answer of the model is not complete.' };
}

const WHOLE: ReadonlySet<string> = new Set(['end', 'stop_sequence', 'unknown']);

function textOf({ choices: [choice] }: ChatReply): string {
  return (choice?.blocks ?? []).map((block) => (block.type === 'text' ? block.text : '')).join('');
}

function readOutput(
  { schema }: PromptVersion,
  text: string,
): { readonly value: Json } | { readonly problem: OutputProblem } {
  if (schema === undefined) return { value: text };
  const value = parseExact(withoutCodeFence(text));
  if (value === undefined) return { problem: { kind: 'not_json', message: 'The answer of the model is no JSON.' } };
  const mismatch = mismatchOf(value, schema);
  if (mismatch === undefined) return { value };
  const message = `The answer of the model is not what was asked for: ${shortened(mismatch.place)} ${mismatch.message}.`;
  return { problem: { kind: 'mismatch', message } };
}

const PLACE_CHARS_MAX = 128;

/** Names of members are the model's. */
function shortened(place: string): string {
  return place.length > PLACE_CHARS_MAX ? `${place.slice(0, PLACE_CHARS_MAX).toWellFormed()}…` : place;
}

/** Models whose vendor knows no schemas like to put JSON into a block of code. */
function withoutCodeFence(text: string): string {
  const bare = text.trim();
  const [, inside] = /^```(?:json)?[\t ]*\r?\n([^]*)\n[\t ]*```$/i.exec(bare) ?? [];
  return inside ?? bare;
}

function usageOf({ inputUncached, cacheRead, cacheWrite, outputText, reasoning }: Usage): PromptUsage {
  return {
    inputTokens: inputUncached + (cacheRead ?? 0) + (cacheWrite ?? 0),
    ...(cacheRead !== undefined && { cachedTokens: cacheRead }),
    outputTokens: outputText + (reasoning ?? 0),
    ...(reasoning !== undefined && { reasoningTokens: reasoning }),
  };
}
