import { STREAM_TYPES } from '@gatehouse/ai';
import { FIELD, type ReplyHead } from '@gatehouse/http';

/**
 * How the body of a provider's reply is to be read. `error`: it tells why there is no answer in the form that was asked
 * for. `unreadable`: its head says that nothing in it can be used.
 */
export type ReplyForm = 'answer' | 'stream' | 'error' | 'unreadable';

export interface StreamAsked {
  /** The `content-type` that a stream has in the provider's dialect. */
  readonly type: RegExp;
  /** What is no stream may be an answer all the same. */
  readonly orAnswer?: boolean | undefined;
}

export function replyForm({ status, fields }: ReplyHead, asked: StreamAsked | undefined): ReplyForm {
  const coding = fields.joined(FIELD['content-encoding']) ?? '';
  // We asked for identity: to undo another coding would be work for a provider that does not listen.
  if (!/^(?:identity)?$/i.test(coding)) return 'unreadable';
  // From 204 on a success has no body, only a part of one, or leads elsewhere.
  if (status > 203) return 'error';
  const type = fields.known(FIELD['content-type']) ?? '';
  if (asked?.type.test(type) === true) return 'stream';
  if (asked !== undefined && asked.orAnswer !== true) return 'error';
  return STREAM_TYPES.sse.test(type) ? 'unreadable' : 'answer';
}
