import { FIELD, httpDate, type CourseHead, type HeaderEdits, type ReplyHead } from '@gatehouse/http';
import { ReplyDraft, type OwnReply } from '@gatehouse/policies';
import { fieldList } from './asking/asking.ts';
import { reasonOf } from './reasons.ts';

/** What an upstream said, as policies may change it: a copy, because the connection goes on to other replies. */
export function draftOf(reply: ReplyHead, method: string): ReplyDraft {
  const fields = fieldList(reply.kept()).filter(([name]) => name !== 'content-length');
  return new ReplyDraft({ status: reply.status, reason: reply.reason, fields, length: lengthOf(reply, method) });
}

function lengthOf(reply: ReplyHead, method: string): number | undefined {
  if (reply.framing === 'length') return reply.contentLength;
  // Heads without a body say how long it would be.
  const told = method === 'HEAD' || reply.status === 304;
  return told && reply.fields.known(FIELD['content-length']) !== undefined ? reply.contentLength : undefined;
}

const NOTHING = Buffer.alloc(0);

export function ownDraft({ status, headers, body }: OwnReply): { draft: ReplyDraft; body: Buffer } {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const bodiless = status === 204 || status === 304;
  const length = bodiless ? undefined : bytes.length;
  return { draft: new ReplyDraft({ status, fields: headers, length }), body: bodiless ? NOTHING : bytes };
}

/** The head that the caller gets; `own` are the gate's own lines. */
export function headOf(draft: ReplyDraft, edits: HeaderEdits | undefined, own: string): CourseHead {
  for (const name of edits?.removed ?? []) draft.remove(name);
  // RFC 9110 §6.6.1: a recipient with a clock adds what an upstream without one left out.
  const date = draft.header('date') === undefined ? `date: ${httpDate()}\r\n` : '';
  const lines = draft.fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const { status, reason, length } = draft;
  return { status, reason: reason === '' ? reasonOf(status) : reason, lines: date + lines + own, length };
}
