import type { ChatRequest } from '../../canonical/chat-request.ts';
import { wireNames, type NameRule, type WireNames } from '../../canonical/wire-names.ts';

const RULE: NameRule = { allowed: 'A-Za-z0-9_.:-', first: 'A-Za-z_', charsMax: 128 };

/** Names of functions as Google takes them. Reading the answer makes the same map from the same request. */
export function toolNames(request: ChatRequest): WireNames {
  const declared = request.tools.filter(({ kind }) => kind !== 'hosted').map(({ name }) => name);
  const called = request.turns.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.type === 'tool_call' ? [block.name] : [])),
  );
  return wireNames([...declared, ...called], RULE);
}
