import { mediaOf, wantsReasoning } from '../capability/call-needs.ts';
import type { ChatRequest, DialectName } from '../canonical/chat-request.ts';
import type { ProviderRow } from '../providers/provider-row.ts';
import type { ChatCall } from './chat-call.ts';

/** What a model is remembered by that shows no reasoning in the dialect which is there for that. */
export const REASONING = 'reasoning';

/**
 * Some vendors show what their models think, and take it back, in one of their dialects only. A call that is translated
 * anyway is told in that one when it asks for reasoning or brings some of theirs, and says nothing that it has no words
 * for. Undefined: the vendor's usual dialect.
 */
export function reasoningDialect(
  { dialect, also, reasonsIn }: ProviderRow,
  call: ChatCall,
  refused: ReadonlySet<string> | undefined,
): DialectName | undefined {
  const { name } = call.caller;
  if (reasonsIn === undefined || name === 'prompt' || name === dialect || also[name] !== undefined) return undefined;
  if (refused?.has(REASONING) === true) return undefined;
  const { request } = call;
  const asks = wantsReasoning(request) || bringsProof(request, reasonsIn);
  return asks && !isBeyond(request) ? reasonsIn : undefined;
}

function bringsProof({ turns }: ChatRequest, issuer: DialectName): boolean {
  return turns.some(({ blocks }) =>
    blocks.some((block) => block.type === 'reasoning' && (block.signature ?? block.redacted)?.dialect === issuer),
  );
}

/** What OpenAI's Responses would refuse, or answer otherwise: stop sequences, several answers, sound. */
function isBeyond({ sampling, turns }: ChatRequest): boolean {
  const stops = sampling.stop?.some((text) => text.trim() !== '') === true;
  const sounds = turns.some(({ blocks }) =>
    blocks.some((block) => mediaOf(block).some(({ kind }) => kind === 'audio')),
  );
  return stops || sounds || (sampling.n ?? 1) > 1;
}

interface Said {
  readonly code: string | undefined;
  readonly param: string | undefined;
}

/** The vendor has no such dialect there after all, or this model no such reasoning. */
export function refusesReasoning(status: number, { code, param = '' }: Said): boolean {
  if (status === 404 || status === 405) return true;
  if (status !== 400) return false;
  // Who may see summaries is for the vendor to say; an effort that a model does not know is the caller's to mend.
  if (param === 'include' || (param === 'reasoning.summary' && code === 'unsupported_value')) return true;
  return code === 'unsupported_parameter' && /^reasoning(?:\.|$)/.test(param);
}
