import type { AnswerSchema } from './guard-spec.ts';

/** A prompt with a path of its own. */
export interface PublishedPromptSpec extends PromptSpec {
  /** The whole public path. */
  readonly path: string;
  readonly description: string | undefined;
  /** Callers may see what would be sent, with the operator's words. */
  readonly dryRun: boolean;
}

/** A prompt as an operator writes it: plain data. */
export interface PromptSpec {
  readonly name: string;
  /** The version for callers who name none. */
  readonly current: string;
  readonly versions: Readonly<Record<string, PromptVersionSpec>>;
}

export interface PromptVersionSpec {
  /** As callers of the gate name it. */
  readonly model: string;
  readonly messages: readonly PromptMessage[];
  readonly variables: Readonly<Record<string, VariableSpec>>;
  readonly output?: PromptOutputSpec | undefined;
  readonly sampling?: PromptSampling | undefined;
  readonly maxOutputTokens?: number | undefined;
}

export interface PromptMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant';
  /** `{{name}}` stands for a variable, `\{{` for two braces. There is nothing else to it. */
  readonly text: string;
}

/** The answer is JSON that the schema describes, else text. */
export interface PromptOutputSpec {
  readonly schema: Exclude<AnswerSchema, boolean>;
  /** Vendors take it with schemas of closed objects only. */
  readonly strict?: boolean;
}

/** How the next token is chosen. */
export interface PromptSampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
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
