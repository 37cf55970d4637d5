import { FIELD, type ReplyHead } from '@gatehouse/http';

/**
 * How the body of a provider's reply is to be read. `error`: it tells why there is no answer in the form that was asked
 * for. `unreadable`: its head says that nothing in it can be used.
 */
export type ReplyForm = 'answer' | 'stream' | 'error' | 'unreadable';

export function replyForm({ status, fields }: ReplyHead, streamAsked: boolean): ReplyForm {
  const coding = fields.joined(FIELD['content-encoding']) ?? '';
  // We asked for identity: to undo another coding would be work for a provider that does not listen.
  if (!/^(?:identity)?$/i.test(coding)) return 'unreadable';
  // From 204 on a success has no body, only a part of one, or leads elsewhere.
  if (status > 203) return 'error';
  const streams = /^text\/event-stream(?:[\t ]*;|$)/i.test(fields.known(FIELD['content-type']) ?? '');
  if (streams) return streamAsked ? 'stream' : 'unreadable';
  return streamAsked ? 'error' : 'answer';
}
