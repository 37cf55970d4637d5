/** A call of an endpoint beside chat: what the gate has read of it, and the bytes that it goes on as. */
export interface SideRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly contentType: string;
  /** What is written in it, in the order of `SideBodyEdits.texts`. Reading it may throw `Untranslatable`. */
  readonly texts: readonly string[];
  /** About how many tokens it has. */
  readonly inputTokens: number;
  /** How many answers are asked for. */
  readonly choices: number;
  /** The body for one attempt: outside what is edited every byte is the caller's. */
  body(edits: SideBodyEdits): Buffer;
}

export interface SideBodyEdits {
  readonly model: string;
  /** In place of the caller's own. */
  readonly texts?: readonly string[];
}

/** As many answers as a vendor gives at once. */
const CHOICES_MAX = 100;

/** `n` of a body, read leniently: what it may be is for the provider to say. */
export function choicesOf(n: unknown): number {
  const number = Number(n);
  return Number.isInteger(number) && number >= 1 ? Math.min(number, CHOICES_MAX) : 1;
}
