import type { Sampling } from '../canonical/chat-request.ts';
import type { JsonFields } from '../canonical/json.ts';

/** A prompt as an operator writes it: plain data. */
export interface PromptSpec {
  readonly name: string;
  /** The version for callers who name none. */
  readonly current: string;
  readonly versions: Readonly<Record<string, PromptVersionSpec>>;
}

export interface PromptVersionSpec {
  /** An alias of the gate. */
  readonly model: string;
  readonly messages: readonly PromptMessage[];
  readonly variables: Readonly<Record<string, VariableSpec>>;
  /** The answer is JSON that this schema describes, else text. Vendors take `strict` with schemas of closed objects only. */
  readonly output?: { readonly schema: JsonFields; readonly strict?: boolean };
  readonly sampling?: Sampling;
  readonly maxOutputTokens?: number;
}

export interface PromptMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant';
  /** `{{name}}` stands for a variable, `\{{` for two braces. There is nothing else to it. */
  readonly text: string;
}

export interface VariableSpec {
  /** `json` takes any value and is written as JSON. */
  readonly type: 'string' | 'number' | 'boolean' | 'enum' | 'json';
  /** Absent: it is. What is left out stands for nothing. */
  readonly required?: boolean;
  /** As characters of Unicode, of the text that it becomes. */
  readonly maxChars?: number;
  /** What an `enum` may be. */
  readonly values?: readonly string[];
  /** Written between marks that the value cannot hold, so that instructions can say what is only data. */
  readonly untrusted?: boolean;
  readonly description?: string;
}

export const MAX_CHARS_DEFAULT = 16_384;
