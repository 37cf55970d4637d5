import type { ReplyDraft } from './reply-draft.ts';

/** What was hashed or cut by offsets. */
const OF_THE_BYTES = ['accept-ranges', 'content-md5', 'digest', 'content-digest', 'repr-digest'];

/** The tag of a reply whose bytes are others now: in meaning it is the same (RFC 9110 §8.8.3). */
export function weakenTag(reply: ReplyDraft): void {
  const tag = reply.header('etag');
  if (tag?.startsWith('"') === true) reply.set('etag', `W/${tag}`);
}

/** The bytes of a reply are others now: what its head said of them no longer holds. */
export function markChanged(reply: ReplyDraft): void {
  reply.length = undefined;
  for (const name of OF_THE_BYTES) reply.remove(name);
  weakenTag(reply);
}
