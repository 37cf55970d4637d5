import type { DialectName, Ext } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import type { ProviderError } from '../../provider-error.ts';
import type { Usage } from '../../usage.ts';
import { numberOf } from './members.ts';

/** A call for embeddings, whoever's words it came in. */
export interface EmbeddingsWish {
  readonly input: readonly string[];
  readonly dimensions?: number;
  /** Members that only one dialect knows, verbatim. */
  readonly ext?: Ext;
  /** Those of Gemini's in `ext`, as they stand at one text each. */
  readonly each?: readonly JsonFields[];
}

export interface EmbeddingsAnswer {
  /** In the order of the input. */
  readonly vectors: readonly (readonly number[])[];
  /** What the provider says it served. */
  readonly model?: string;
  readonly usage?: Usage;
}

/** As providers speak it. */
export interface EmbeddingsProvider {
  /** Below the provider's base. */
  path(model: string): string;
  /** How many texts a call may hold. */
  readonly inputsMax?: number;
  writeRequest(wish: EmbeddingsWish, model: string, losses: Losses): string;
  /** Undefined when it is no reply of this dialect to this wish. */
  readReply(body: Json, wish: EmbeddingsWish): EmbeddingsAnswer | ProviderError | undefined;
}

/** As callers speak it. */
export interface EmbeddingsCaller {
  /** Throws `Untranslatable`. */
  readRequest(body: Json): EmbeddingsCall;
  writeReply(answer: EmbeddingsAnswer, call: EmbeddingsCall, requestId: string): string;
}

export interface EmbeddingsCall {
  readonly model: string;
  readonly wish: EmbeddingsWish;
  /** How the caller wants its vectors written. */
  readonly encodings?: readonly ('float' | 'base64')[];
}

/** As many vectors as there were texts, or undefined. */
export function readVectors(list: Json | undefined, { input }: EmbeddingsWish): number[][] | undefined {
  if (!isList(list) || list.length !== input.length) return undefined;
  const vectors = list.map(readVector);
  return vectors.every((vector) => vector !== undefined) ? vectors : undefined;
}

/** Parsers that keep long numbers give some of them as text. */
function readVector(value: Json): number[] | undefined {
  if (!isList(value) || value.length === 0) return undefined;
  const numbers = value.map((one) => (typeof one === 'number' ? one : numberOf(one)));
  return numbers.every((one) => one !== undefined) ? numbers : undefined;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** What the caller said in its own dialect: verbatim for that dialect, named as lost for others. */
export function ownExtras({ ext = {} }: EmbeddingsWish, speaker: DialectName, losses: Losses): Ext[DialectName] {
  for (const [dialect, members] of Object.entries(ext)) {
    if (dialect === speaker) continue;
    for (const name of Object.keys(members)) losses.add('dropped', /^[\w.-]{1,64}$/.test(name) ? name : 'odd_member');
  }
  return ext[speaker] ?? {};
}
