import type { Prices } from '../pricing/prices.ts';

/** What is known of one vendor's model at one moment. */
export interface ModelFacts {
  /** The catalogue's own name, such as `anthropic/claude-opus-4-6`. */
  readonly id: string;
  /** Absent: nobody knows what it costs, which is not the same as nothing. */
  readonly prices: Prices | undefined;
  /** Names the prices for good, so that a recorded call can be priced again. */
  readonly priceVersion: string;
  readonly contextTokens: number | undefined;
  /** The name is the operator's own, so that the model may be another than the one that has it elsewhere. */
  readonly contextIsGuess?: boolean;
  readonly maxOutputTokens: number | undefined;
  readonly can: Capabilities;
}

/** Absent where nobody knows, which keeps no call away. */
export interface Capabilities {
  readonly vision?: boolean | undefined;
  /** Of PDF and the like; text in a file is text. */
  readonly documents?: boolean | undefined;
  readonly audio?: boolean | undefined;
  readonly tools?: boolean | undefined;
  /** Holds its answer to a JSON Schema. */
  readonly schema?: boolean | undefined;
  readonly reasoning?: boolean | undefined;
  /** False: whoever serves it takes media inside the request only, and fetches none. */
  readonly mediaUrls?: boolean | undefined;
}
