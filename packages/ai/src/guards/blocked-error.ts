import { errorReply } from '../dialects/openai-chat/errors.ts';
import type { ProviderError } from '../provider-error.ts';

const MESSAGE = 'The answer was withheld by a guardrail of this gateway.';

/** What a stream ends with when a guard stops it. */
export function blockedError(): ProviderError {
  const reply = errorReply({
    status: 400,
    type: 'invalid_request_error',
    code: 'content_filter',
    message: MESSAGE,
    retry: false,
  });
  return {
    ...reply,
    kind: 'content_blocked',
    retryElsewhere: false,
    code: 'guard.blocked',
    message: MESSAGE,
    param: undefined,
    retry: false,
  };
}
