import type { ChatRequest } from '../../canonical/chat-request.ts';
import { wireNames, type NameRule, type WireNames } from '../../canonical/wire-names.ts';

/** Names of tools, of the request and of its history; the same when the reply is read as when the request is written. */
export function toolNames({ tools, turns }: ChatRequest): WireNames {
  const named = tools.filter(({ kind }) => kind !== 'hosted').map(({ name }) => name);
  const called = turns.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.type === 'tool_call' ? block.name : [])),
  );
  return wireNames([...named, ...called], { allowed: 'A-Za-z0-9_-', charsMax: 64 });
}

/** Some vendors build ids of colons and dots and want them back so, but none is known that wants blanks. */
const ID_RULE: NameRule = { allowed: '!-~', charsMax: 40 };

export function callIds({ turns }: ChatRequest, rule = ID_RULE): WireNames {
  const ids = turns.flatMap(({ blocks }) => blocks.flatMap((block) => (block.type === 'tool_call' ? block.id : [])));
  return wireNames(ids, rule);
}
