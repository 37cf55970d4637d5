import type { CallFacts } from '../../canonical/dialect.ts';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import type { FieldReader } from './field-reader.ts';

export const OLD_VERSION = '2023-06-01';
export const NEW_VERSION = '2026-10-21';

export type AnthropicVersion = typeof OLD_VERSION | typeof NEW_VERSION;

/** The version that a caller speaks. Who names none is taken for a client from before there were two. */
export function readVersion(facts: CallFacts): AnthropicVersion {
  const said = facts.header('anthropic-version')?.trim() ?? OLD_VERSION;
  if (said === OLD_VERSION || said === NEW_VERSION) return said;
  const known = `'${OLD_VERSION}' and '${NEW_VERSION}'`;
  throw new Untranslatable(`The version in 'anthropic-version' is not known; known are ${known}.`, 'anthropic-version');
}

/** What the new version has taken away is refused, as Anthropic does. */
export function refuseOldMembers(request: FieldReader, read: Pick<ChatRequest, 'turns'>): void {
  for (const name of ['temperature', 'top_p', 'top_k']) {
    if (request.value(name) !== undefined) request.refuse(name, `is not part of version ${NEW_VERSION}`);
  }
  if (hasAssistantDocument(read)) {
    request.refuse('messages', `must have no document in an assistant's message in version ${NEW_VERSION}`);
  }
  if (hasUserCitations(read)) {
    request.refuse('messages', `must have no citations in a user's text in version ${NEW_VERSION}`);
  }
}

export function hasAssistantDocument({ turns }: Pick<ChatRequest, 'turns'>): boolean {
  return turns.some(
    ({ role, blocks }) =>
      role === 'assistant' && blocks.some((block) => block.type === 'media' && block.kind === 'document'),
  );
}

export function hasUserCitations({ turns }: Pick<ChatRequest, 'turns'>): boolean {
  return turns.some(
    ({ role, blocks }) =>
      role !== 'assistant' && blocks.some((block) => block.type === 'text' && (block.citations?.length ?? 0) > 0),
  );
}
