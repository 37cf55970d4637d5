import type { CallerError } from '../../canonical/dialect.ts';
import type { ErrorReply } from '../../provider-error.ts';
import { awsFrame } from '../../framing/aws-event-stream.ts';
import { exceptionFor, streamedException } from './exceptions.ts';

export function writeBedrockError(error: CallerError): ErrorReply {
  const { name, status } = exceptionFor(error);
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': name,
      ...(error.requestId !== '' && { 'x-amzn-requestid': error.requestId }),
    },
    body: JSON.stringify({ message: error.message }),
  };
}

/** What a frame says of an error; a provider's has it too, in whatever dialect it was told. */
export type FramedError = Pick<CallerError, 'kind' | 'status' | 'retry' | 'message'>;

/** The frame that ends a stream: SDKs throw on it, so that a broken answer never looks whole. */
export function exceptionFrame(error: FramedError): Buffer {
  return awsFrame({
    type: streamedException(exceptionFor(error).name),
    messageType: 'exception',
    payload: JSON.stringify({ message: error.message }),
  });
}
