import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import type { CallerError } from '../../canonical/dialect.ts';
import type { ProviderErrorKind } from '../../provider-error.ts';
import { sdkClient } from './__fixtures__/bedrock-sdk.ts';
import { bedrockCaller } from './bedrock-caller.ts';
import { bedrockProvider } from './bedrock-provider.ts';
import { readBedrockError } from './read-error.ts';

describe("a provider's failure", () => {
  it.each<[number, string | undefined, string, ProviderErrorKind]>([
    [400, 'ValidationException', 'temperature is out of range', 'invalid_request'],
    [400, 'ValidationException:http://internal.amazon.com/coral/', 'x', 'invalid_request'],
    [400, 'com.amazon.coral.service#SerializationException', 'x', 'invalid_request'],
    [400, 'ValidationException', 'Input is too long for requested model.', 'context_length'],
    [400, 'ValidationException', 'prompt is too long: 250000 tokens > 200000 maximum', 'context_length'],
    [400, 'ValidationException', 'Output blocked by content filtering policy', 'content_blocked'],
    [400, 'ValidationException', 'The provided model identifier is invalid.', 'not_found'],
    [400, 'ValidationException', "Invocation of model ID x with on-demand throughput isn't supported.", 'not_found'],
    [403, 'AccessDeniedException', "You don't have access to the model with the specified model ID.", 'permission'],
    [
      403,
      'AccessDeniedException',
      'INVALID_PAYMENT_INSTRUMENT: A valid payment instrument must be provided.',
      'billing',
    ],
    [403, 'UnrecognizedClientException', 'The security token included in the request is invalid.', 'authentication'],
    [403, undefined, 'The request signature we calculated does not match', 'authentication'],
    [403, 'ExpiredTokenException', 'expired', 'authentication'],
    [401, undefined, 'x', 'authentication'],
    [404, 'ResourceNotFoundException', 'x', 'not_found'],
    [408, 'ModelTimeoutException', 'x', 'timeout'],
    [424, 'ModelErrorException', 'x', 'upstream'],
    [429, 'ThrottlingException', 'Too many tokens, please wait before trying again.', 'rate_limited'],
    [429, 'ModelNotReadyException', 'x', 'overloaded'],
    [400, 'ServiceQuotaExceededException', 'x', 'billing'],
    [400, 'ConflictException', 'x', 'conflict'],
    [413, undefined, 'x', 'too_large'],
    [500, 'InternalServerException', 'x', 'upstream'],
    [503, 'ServiceUnavailableException', 'x', 'overloaded'],
    [504, undefined, 'x', 'timeout'],
    [418, undefined, 'x', 'invalid_request'],
    [599, 'constructor', 'x', 'upstream'],
  ])('%i %s "%s" is %s', (status, errorType, message, kind) => {
    expect(readBedrockError({ status, errorType, body: JSON.stringify({ message }) }).kind).toBe(kind);
  });

  it.each<[number, string, ProviderErrorKind]>([
    [404, '<html>nginx</html>', 'upstream'],
    [502, '', 'upstream'],
    [503, 'busy', 'overloaded'],
    [400, '[1]', 'invalid_request'],
    [400, '{"__type":"ThrottlingException"}', 'rate_limited'],
    [403, '{"Message":"The security token included in the request is expired"}', 'authentication'],
    [400, `{"message":${JSON.stringify('x'.repeat(100_000))}}`, 'invalid_request'],
  ])('with status %i and the body %.60s is %s', (status, body, kind) => {
    expect(bedrockProvider.readError(status, body).kind).toBe(kind);
  });

  it('that the caller caused is told without accounts, keys and addresses', () => {
    const { message, body, status } = bedrockProvider.readError(
      400,
      JSON.stringify({
        message: 'Model arn:aws:bedrock:us-east-1:123456789012:model/x of 123456789012 at https://a.internal/x refused',
      }),
    );
    expect(message).toBe('Model [resource] of [account] at [address] refused');
    expect(JSON.parse(body)).toEqual({ message });
    expect(status).toBe(400);
  });

  it.each<[number, string]>([
    [403, 'UnrecognizedClientException'],
    [403, 'AccessDeniedException'],
    [400, 'ServiceQuotaExceededException'],
  ])("between the gate and AWS is never the caller's: %i %s", (status, errorType) => {
    const error = readBedrockError({ status, errorType, body: '{"message":"User arn:aws:iam::1:user/x"}' });
    expect(error).toMatchObject({ status: 502, retryElsewhere: true, retry: false });
    expect(error.message).not.toContain('arn');
    expect(error.headers['x-amzn-errortype']).toBe('ModelErrorException');
  });
});

const ERROR: CallerError = {
  status: 400,
  kind: 'invalid_request',
  code: 'request.body_invalid',
  message: 'Say "hello"',
  retry: false,
  requestId: 'req-7',
};

describe('an error for the caller', () => {
  it.each<[Partial<CallerError>, string, number]>([
    [{}, 'ValidationException', 400],
    [{ kind: 'context_length' }, 'ValidationException', 400],
    [{ kind: 'content_blocked' }, 'ValidationException', 400],
    [{ kind: 'authentication', status: 401 }, 'AccessDeniedException', 403],
    [{ kind: 'permission', status: 403 }, 'AccessDeniedException', 403],
    [{ kind: 'authentication', status: 502 }, 'ModelErrorException', 424],
    [{ kind: 'permission', status: 502, retry: true }, 'InternalServerException', 500],
    [{ kind: 'billing', status: 429 }, 'ServiceQuotaExceededException', 400],
    [{ kind: 'not_found', status: 404 }, 'ResourceNotFoundException', 404],
    [{ kind: 'conflict', status: 409, retry: true }, 'ConflictException', 400],
    [{ kind: 'too_large', status: 413 }, 'ValidationException', 413],
    [{ kind: 'rate_limited', status: 429, retry: true }, 'ThrottlingException', 429],
    [{ kind: 'upstream', status: 502, retry: true }, 'InternalServerException', 500],
    [{ kind: 'upstream', status: 502 }, 'ModelErrorException', 424],
    [{ kind: 'overloaded', status: 503, retry: true }, 'ServiceUnavailableException', 503],
    [{ kind: 'timeout', status: 504, retry: true }, 'ModelTimeoutException', 408],
  ])('%j is what the official SDK calls %s with status %i', async (change, name, status) => {
    const { status: written, headers, body } = bedrockCaller.writeError({ ...ERROR, ...change });
    expect(written).toBe(status);
    const { client } = sdkClient({ status: written, headers, body });
    await expect(client.send(new ConverseCommand({ modelId: 'm', messages: [] }))).rejects.toMatchObject({
      name,
      message: 'Say "hello"',
      $metadata: { httpStatusCode: status, requestId: 'req-7' },
    });
  });
});
