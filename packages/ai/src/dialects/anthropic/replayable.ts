import type { ReasoningBlock } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';

/** May the provider get this thinking back? Anthropic takes what it has signed; some vendors want theirs unsigned. */
export function isReplayable({ signature, redacted }: ReasoningBlock, { rules }: Pick<Target, 'rules'>): boolean {
  const proof = redacted ?? signature;
  return proof === undefined ? rules.replaysReasoning === true : proof.dialect === 'anthropic';
}
