import { asFields, asText, parseJson } from '../../loose-json.ts';
import type { ErrorReply } from '../../provider-error.ts';

/** What callers may read of a failure, whose body is in OpenAI's form. */
export function shownMessage({ body }: ErrorReply): string {
  return asText(asFields(asFields(parseJson(body))?.['error'])?.['message']) ?? FAILED;
}

export const FAILED = 'The model provider failed to answer.';
