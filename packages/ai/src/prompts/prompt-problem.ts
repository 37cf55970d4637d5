import { ERRORS } from '@gatehouse/kernel';
import type { CallerError } from '../canonical/dialect.ts';
import type { FieldProblem } from '../dialects/openai-chat/request-members.ts';
import type { ErrorReply } from '../provider-error.ts';

type Problem = Pick<CallerError, 'status' | 'code' | 'message' | 'requestId'> & {
  /** What is wrong with which variable. */
  readonly errors?: readonly FieldProblem[] | undefined;
};

/** A failure as `application/problem+json` (RFC 9457), with a list of fields where they are at fault. */
export function promptProblem(problem: Problem): ErrorReply {
  const headers = { 'content-type': 'application/problem+json' };
  return { status: problem.status, headers, body: problemText(problem) };
}

/** On one line. */
export function problemText({ status, code, message, requestId, errors }: Problem): string {
  const { title } = ERRORS[code];
  const type = `urn:gatehouse:error:${code}`;
  return JSON.stringify({ type, title, status, detail: message, code, requestId, ...(errors && { errors }) });
}
