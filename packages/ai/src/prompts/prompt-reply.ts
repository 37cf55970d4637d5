import type { ChatReply } from '../canonical/chat-reply.ts';
import { parseExact, type Json } from '../canonical/json.ts';
import type { Usage } from '../usage.ts';
import type { PromptVersion } from './compile-prompt.ts';
import { mismatchOf } from './schema-check.ts';

/** What a caller of a prompt gets. */
export interface PromptReply {
  /** What the schema describes, or text. */
  readonly output: Json;
  /** What the provider says it served. */
  readonly model: string;
  /** Null where the provider did not count. */
  readonly usage: PromptUsage | null;
  readonly version: string;
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
      output: output.value,
      model: model === '' ? version.spec.model : model,
      usage: usage === undefined ? null : usageOf(usage),
      version: version.version,
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
  const message = `The answer of the model is not what was asked for: ${mismatch.place} ${mismatch.message}.`;
  return { problem: { kind: 'mismatch', message } };
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
