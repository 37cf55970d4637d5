/** Asks a model that judges texts. The gateway supplies it: it knows the providers and their keys. */
export interface Moderator {
  /** May fail: what that means is configured. */
  moderate(question: ModerationQuestion): Promise<ModerationAnswer>;
}

export interface ModerationQuestion {
  readonly provider: string;
  readonly model: string;
  /** What callers, tools and documents say, or what the model answered; masked as far as it is masked. Never empty. */
  readonly texts: readonly string[];
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ModerationAnswer {
  readonly flagged: boolean;
  /** By category, from 0 to 1. */
  readonly scores: Readonly<Record<string, number>>;
}

/** Vendors have about a dozen; what is told of a call stays a line. */
const TOLD_MAX = 32;

/** The categories that an answer objects to: those at or above the threshold, or the provider's own verdict. */
export function objections({ flagged, scores }: ModerationAnswer, threshold: number | undefined): readonly string[] {
  if (threshold === undefined) return flagged ? ['flagged'] : [];
  const found = Object.entries(scores).filter(([, score]) => score >= threshold);
  return found.slice(0, TOLD_MAX).map(([category]) => (/^[\w./-]{1,64}$/.test(category) ? category : 'other'));
}
