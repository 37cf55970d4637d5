import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import { StreamFold } from '../../canonical/fold-stream.ts';
import type { Json } from '../../canonical/json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { ChunkReader } from './chunk-reader.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';

/** A whole reply; the failure that came as a success; undefined when it is neither. */
export function readReply(body: Json, context: ReadContext): ChatReply | ProviderError | undefined {
  // Errors of Google's come as a list of one.
  const reply = fieldsOf(body) ?? fieldsOf(listOf(body)?.[0]);
  if (reply === undefined) return undefined;
  const fold = new StreamFold();
  const chunks = new ChunkReader(context, (event) => fold.add(event));
  chunks.read(reply, () => JSON.stringify(reply));
  chunks.finish();
  return chunks.ended ? fold.end() : undefined;
}
