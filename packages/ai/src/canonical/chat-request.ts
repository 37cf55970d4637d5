import type { Json, JsonFields } from './json.ts';

/** The wire formats of chat. */
export type DialectName =
  | 'openai-chat'
  | 'openai-responses'
  | 'anthropic'
  | 'gemini'
  | 'bedrock'
  | 'mistral'
  | 'cohere'
  | 'ollama';

/**
 * A chat call in the one form that every dialect is read into and written from (reference §3). It is a superset of the
 * dialects: what a call says is kept in blocks, what only one dialect knows stays in `ext` under that dialect's name,
 * verbatim. A member that the caller left out, or sent as null, is absent.
 */
export interface ChatRequest {
  /** The dialect it was read from. */
  readonly dialect: DialectName;
  /** As the caller names it. */
  readonly model: string;
  readonly stream: boolean;
  /** Leading system and developer text, in order. */
  readonly instructions: readonly Instruction[];
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelTools?: boolean;
  readonly sampling: Sampling;
  readonly maxOutputTokens?: number;
  readonly logprobs?: { readonly top: number };
  readonly output: OutputWish;
  readonly reasoning?: ReasoningWish;
  readonly cache: CacheWish;
  readonly tier?: ServiceTier;
  readonly endUser?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Refers to what the caller's vendor keeps; nobody else can serve it. */
  readonly state?: JsonFields;
  /** The caller wants usage at the end of its stream. */
  readonly includeUsage: boolean;
  readonly ext: Ext;
}

/** Members that only one dialect knows, by the dialect they came in, verbatim. */
export type Ext = Readonly<Partial<Record<DialectName, JsonFields>>>;

export interface Instruction {
  readonly role: 'system' | 'developer';
  readonly text: string;
  readonly cache?: CacheMark;
}

export interface Turn {
  /** System and developer turns that stand between others, where their place means something. */
  readonly role: 'user' | 'assistant' | 'system' | 'developer';
  readonly name?: string;
  /** Never empty blocks of text. Tool results are blocks of a user turn. */
  readonly blocks: readonly Block[];
  /** Responses: `commentary` or `final_answer`. */
  readonly phase?: string;
}

export interface CacheMark {
  readonly ttl?: '5m' | '30m' | '1h';
}

interface Marked {
  /** The prompt up to and including this block is worth caching. */
  readonly cache?: CacheMark;
}

export type Block =
  | TextBlock
  | RefusalBlock
  | MediaBlock
  | ReasoningBlock
  | ToolCallBlock
  | ToolResultBlock
  | OpaqueBlock;

export interface TextBlock extends Marked {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
  /** Gemini signs parts of text too. */
  readonly signature?: Signature;
}

export interface RefusalBlock {
  readonly type: 'refusal';
  readonly text: string;
}

export interface MediaBlock extends Marked {
  readonly type: 'media';
  readonly kind: 'image' | 'audio' | 'video' | 'document';
  /** Lower case, such as `image/png`. */
  readonly mime?: string;
  readonly name?: string;
  readonly detail?: string;
  readonly title?: string;
  readonly context?: string;
  readonly citations?: boolean;
  readonly source: MediaSource;
}

export type MediaSource =
  | { readonly via: 'base64'; readonly data: string }
  | { readonly via: 'url'; readonly url: string }
  /** A vendor's own file store: of use to that vendor only. */
  | { readonly via: 'file'; readonly id: string; readonly dialect: DialectName }
  | { readonly via: 'text'; readonly text: string };

export interface ReasoningBlock {
  readonly type: 'reasoning';
  /** What the model thought, or a summary of it; may be empty beside a signature. Never trimmed, never joined. */
  readonly text: string;
  readonly signature?: Signature;
  /** Encrypted reasoning without text. */
  readonly redacted?: Signature;
  /** Responses binds encrypted content to the id of its item. */
  readonly itemId?: string;
}

/** Opaque proof of a model, worth something only to those who issued it: never sent to another dialect's provider. */
export interface Signature {
  readonly value: string;
  readonly dialect: DialectName;
}

export interface ToolCallBlock extends Marked {
  readonly type: 'tool_call';
  readonly id: string;
  readonly name: string;
  /** The arguments as JSON text exactly as they came, which may be no valid JSON; for a custom tool its free text. */
  readonly input: string;
  readonly custom?: boolean;
  readonly signature?: Signature;
  readonly itemId?: string;
}

export interface ToolResultBlock extends Marked {
  readonly type: 'tool_result';
  readonly callId: string;
  /** Of the tool, where the dialect says it. */
  readonly name?: string;
  readonly isError?: boolean;
  /** Text and media. */
  readonly content: readonly (TextBlock | MediaBlock)[];
  /** Where the dialect carries an object rather than text, that object; `content` then has its text. */
  readonly json?: JsonFields;
  readonly custom?: boolean;
}

/** Something that only one dialect knows, such as the search of a vendor's own tool: kept for that dialect. */
export interface OpaqueBlock extends Marked {
  readonly type: 'opaque';
  readonly dialect: DialectName;
  readonly data: JsonFields;
}

export interface Citation {
  readonly url?: string;
  readonly title?: string;
  /** The cited passage. */
  readonly text?: string;
  /** Where in the answer, in characters. */
  readonly start?: number;
  readonly end?: number;
  /** As its dialect wrote it. */
  readonly raw?: { readonly dialect: DialectName; readonly data: JsonFields };
}

export interface Tool extends Marked {
  /** `custom` takes free text; `hosted` runs at the vendor of `dialect`, and `definition` is its own. */
  readonly kind: 'function' | 'custom' | 'hosted';
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly schema?: JsonFields;
  readonly strict?: boolean;
  readonly grammar?: Json;
  readonly hosted?: { readonly dialect: DialectName; readonly definition: JsonFields };
}

export type ToolChoice =
  | { readonly mode: 'auto' | 'none' | 'required' }
  | { readonly mode: 'named'; readonly name: string }
  | { readonly mode: 'allowed'; readonly names: readonly string[]; readonly required: boolean };

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly logitBias?: Readonly<Record<string, number>>;
  readonly stop?: readonly string[];
  /** How many answers; absent is one. */
  readonly n?: number;
}

export interface OutputWish {
  readonly format?:
    | { readonly kind: 'json' }
    | {
        readonly kind: 'schema';
        readonly name?: string;
        readonly description?: string;
        readonly schema: JsonFields;
        readonly strict?: boolean;
      };
  readonly verbosity?: string;
  readonly modalities?: readonly string[];
}

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface ReasoningWish {
  /** `auto`: the model decides how much; `off` forbids it. */
  readonly mode: 'off' | 'auto' | 'effort' | 'budget';
  readonly effort?: Effort;
  readonly budgetTokens?: number;
  /** Whether the caller wants to read it. */
  readonly expose?: 'none' | 'summary' | 'full';
  readonly summaryStyle?: string;
}

export interface CacheWish {
  /** Mark the last block that can be cached. */
  readonly auto?: CacheMark;
  readonly key?: string;
  /** Gemini's cache that was made beforehand. */
  readonly contentRef?: string;
}

export type ServiceTier = 'auto' | 'default' | 'flex' | 'priority' | 'scale' | 'reserved';
