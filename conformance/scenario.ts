/** What a caller says and a model answers, in words of no dialect: clients and vendors each put it in theirs. */
export interface Scenario {
  readonly name: string;
  /** What the scenario shows, for the report. */
  readonly title: string;
  readonly ask: Ask;
  readonly steps: readonly Step[];
}

/** Holds for the whole conversation. */
export interface Ask {
  readonly system?: string;
  readonly tools?: readonly ToolSpec[];
  readonly choice?: 'none' | 'required' | { readonly name: string };
  /** False: at most one call a turn. */
  readonly parallel?: boolean;
  readonly schema?: JsonObject;
  readonly stop?: readonly string[];
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly effort?: 'high';
}

export interface Step {
  /** Asked of another vendor than the one that the cell is about, who signs what its models think or does not. */
  readonly elsewhere?: 'signed' | 'unsigned';
  readonly say: readonly Say[];
  readonly answer: Answer;
}

export type Say =
  | { readonly user: readonly Part[] }
  /** History that no model of this run has said. */
  | { readonly assistant: string }
  /** What became of the calls of the turn before, in their order. */
  | { readonly results: readonly ToolOutcome[] };

export type Part =
  | { readonly text: string }
  | { readonly image: string; readonly mime: 'image/png' }
  | { readonly document: string; readonly mime: 'application/pdf'; readonly name: string };

export interface ToolOutcome {
  readonly text: string;
  readonly isError?: boolean;
}

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export type StopKind = 'end' | 'length' | 'stop_sequence' | 'tool_calls' | 'content_filter' | 'refusal';

/** What a model says. */
export interface Answer {
  readonly reasoning?: string;
  readonly text?: string;
  readonly refusal?: string;
  /** What the vendor says about a refusal, beside the model's own words. */
  readonly explanation?: string;
  readonly calls?: readonly Call[];
  readonly stop: StopKind;
  /** The stop sequence that was met. */
  readonly sequence?: string;
  readonly usage: Tokens;
}

export interface Call {
  readonly name: string;
  readonly args: JsonObject;
}

/** Classes that do not overlap. */
export interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}
