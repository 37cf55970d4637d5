import type { ChatRequest } from '../../canonical/chat-request.ts';
import { wireNames, type NameRule, type WireNames } from '../../canonical/wire-names.ts';

const RULE: NameRule = { allowed: 'A-Za-z0-9_-', charsMax: 64 };

/** The tools' names as Bedrock takes them, and back; of the request alone, so that reply and request agree. */
export function requestNames({ tools, turns, toolChoice }: ChatRequest): WireNames {
  const names = new Set(tools.map(({ name }) => name));
  if (toolChoice?.mode === 'named') names.add(toolChoice.name);
  for (const { blocks } of turns) for (const block of blocks) if (block.type === 'tool_call') names.add(block.name);
  return wireNames(names, RULE);
}

/** The ids of calls, and of the results that answer them. */
export function requestIds({ turns }: ChatRequest): WireNames {
  const ids = new Set<string>();
  for (const { blocks } of turns) {
    for (const block of blocks) {
      if (block.type === 'tool_call') ids.add(block.id);
      else if (block.type === 'tool_result') ids.add(block.callId);
    }
  }
  return wireNames(ids, RULE);
}

/** Tools whose input is free text to the caller. */
export function customTools({ tools }: ChatRequest): ReadonlySet<string> {
  return new Set(tools.flatMap(({ kind, name }) => (kind === 'custom' ? [name] : [])));
}
