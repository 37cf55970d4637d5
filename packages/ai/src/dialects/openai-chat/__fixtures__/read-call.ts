import type { Block, ChatRequest } from '../../../canonical/chat-request.ts';
import { parseExact } from '../../../canonical/json.ts';
import { Untranslatable } from '../../../canonical/loss.ts';
import { readRequest } from '../read-request.ts';

export const facts = { header: (): undefined => undefined };
export const hello = { role: 'user', content: 'Hello' } as const;

/** As the bytes of a caller are read. */
export function read(body: unknown): ChatRequest {
  return readRequest(parseExact(JSON.stringify(body)) ?? null, facts);
}

export const readWith = (members: object): ChatRequest => read({ model: 'm', messages: [hello], ...members });

export const readMessages = (...messages: readonly object[]): ChatRequest => read({ model: 'm', messages });

export const blocksOf = (...messages: readonly object[]): readonly Block[] =>
  readMessages(...messages).turns.flatMap(({ blocks }) => blocks);

/** The member that a refusal names. */
export function paramOf(body: unknown): string | undefined {
  try {
    read(body);
  } catch (error) {
    if (error instanceof Untranslatable) return error.param ?? 'none';
    throw error;
  }
  return undefined;
}
