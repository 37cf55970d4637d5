import type { ChatRequest } from '../../canonical/chat-request.ts';
import { wireNames, type WireNames } from '../../canonical/wire-names.ts';

/**
 * Names of tools of the request and of its history, the same when the reply is read. Which characters version 2 takes is
 * not said; those that version 1 takes cannot be wrong.
 */
export function requestNames({ tools, turns, dialect }: ChatRequest): WireNames {
  // Who speaks this dialect knows what it takes.
  const rule = dialect === 'cohere' ? ANY : SAFE;
  const called = turns.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.type === 'tool_call' ? block.name : [])),
  );
  return wireNames([...tools.map(({ name }) => name), ...called], rule);
}

const SAFE = { allowed: 'A-Za-z0-9_', first: 'A-Za-z_', charsMax: 64 } as const;
const ANY = { allowed: String.raw`\s\S`, charsMax: 512 } as const;
