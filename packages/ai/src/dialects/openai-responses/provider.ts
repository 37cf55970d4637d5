import type { ProviderDialect } from '../../canonical/dialect.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { OWN } from './own.ts';
import { readReply } from './read-reply.ts';
import { ResponsesStreamReader } from './stream-reader.ts';
import { writeRequest } from './write-request.ts';

/** OpenAI's Responses, as providers speak it. */
export const openAiResponsesProvider: ProviderDialect = {
  name: OWN,
  framing: 'sse',
  path: () => '/responses',
  writeRequest,
  readReply,
  streamReader: (context) => new ResponsesStreamReader(context),
  readError: classifyProviderError,
};
