import type { ChatRequest } from '../../canonical/chat-request.ts';
import { wireNames, type WireNames } from '../../canonical/wire-names.ts';
import { OWN } from './own.ts';

/** How every name ends that was mapped. To ask for the request may mean to parse it, which other names need not. */
export const MAPPED = /_[A-Za-z0-9]{10}$/;

const RULE = { allowed: 'A-Za-z0-9_-', charsMax: 64 };

/** Names of tools as the provider takes them; a caller of this dialect chose its names for it. */
export function toolNames(request: ChatRequest): WireNames {
  if (request.dialect === OWN) return AS_THEY_ARE;
  const called = blocksOf(request).flatMap((block) => (block.type === 'tool_call' ? [block.name] : []));
  return wireNames([...request.tools.map(({ name }) => name), ...called], RULE);
}

export function callIds(request: ChatRequest): WireNames {
  if (request.dialect === OWN) return AS_THEY_ARE;
  const ids = blocksOf(request).flatMap((block) => {
    if (block.type === 'tool_call') return [block.id];
    return block.type === 'tool_result' ? [block.callId] : [];
  });
  return wireNames(ids, RULE);
}

export const AS_THEY_ARE: WireNames = { toWire: (name) => name, fromWire: (wire) => wire };

function blocksOf({ turns }: ChatRequest) {
  return turns.flatMap(({ blocks }) => blocks);
}
