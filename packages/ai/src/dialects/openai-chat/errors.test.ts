import { ERRORS, isErrorCode, type ErrorCode } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { errorEvent, openAiError } from './errors.ts';

const CODES = Object.keys(ERRORS).filter(isErrorCode);

interface Body {
  readonly error: { readonly message: string; readonly type: string; readonly param: unknown; readonly code: unknown };
}

function bodyOf(code: ErrorCode, param?: string): Body['error'] {
  const body: Body = JSON.parse(openAiError(code, 'Some detail.', param).body);
  return body.error;
}

describe('openAiError', () => {
  for (const code of CODES) {
    it(`gives ${code} the status of the error table and OpenAI's four members`, () => {
      expect(openAiError(code, 'Some detail.').status).toBe(ERRORS[code].status);
      expect(bodyOf(code)).toEqual({
        message: 'Some detail.',
        type: expect.stringMatching(/^[a-z_]+$/),
        param: null,
        code: expect.stringMatching(/^[a-z_.]+$/),
      });
    });
  }

  const cases: Readonly<Record<string, readonly [ErrorCode, string, string]>> = {
    'a missing key is an invalid key to SDKs': ['auth.missing', 'invalid_request_error', 'invalid_api_key'],
    'a wrong key is an invalid key': ['auth.invalid', 'invalid_request_error', 'invalid_api_key'],
    'a model that the key may not use is a matter of permission': [
      'auth.forbidden',
      'permission_error',
      'auth.forbidden',
    ],
    'an unknown model has the code that callers compare with': [
      'provider.model_not_found',
      'invalid_request_error',
      'model_not_found',
    ],
    'a rate limit is a rate limit': ['limit.rate', 'rate_limit_error', 'rate_limit_exceeded'],
    'a used-up budget reads like a used-up quota': ['limit.budget', 'insufficient_quota', 'insufficient_quota'],
    'a used-up quota is not a rate limit': ['limit.quota', 'insufficient_quota', 'insufficient_quota'],
    'an overloaded provider is a server error': ['provider.overloaded', 'server_error', 'overloaded'],
    'a slow provider is a server error': ['provider.timeout', 'server_error', 'timeout'],
    'a broken stream is a server error': ['provider.truncated', 'server_error', 'provider.truncated'],
    'an invalid body is the request at fault': [
      'request.body_invalid',
      'invalid_request_error',
      'request.body_invalid',
    ],
  };
  for (const [name, [code, type, openAiCode]] of Object.entries(cases)) {
    it(`says that ${name}`, () => expect(bodyOf(code)).toMatchObject({ type, code: openAiCode }));
  }

  it('names the parameter at fault', () => {
    expect(bodyOf('request.body_invalid', 'stream_options.include_usage').param).toBe('stream_options.include_usage');
  });

  it('writes one line whatever the detail holds', () => {
    expect(openAiError('request.body_invalid', 'a\r\n\u2028"b"\n\ndata: x').body).not.toMatch(/[\r\n]/);
  });
});

const retried = (status: number): boolean => status === 408 || status === 409 || status === 429 || status >= 500;

describe('x-should-retry', () => {
  for (const code of CODES) {
    it(`for ${code} is sent only where SDKs would get it wrong`, () => {
      const wanted = ERRORS[code].retry && code !== 'limit.quota' && code !== 'limit.budget';
      const expected = retried(ERRORS[code].status) === wanted ? undefined : String(wanted);
      expect(openAiError(code, 'x').headers['x-should-retry']).toBe(expected);
    });
  }

  it('keeps SDKs from hammering a budget that is used up', () => {
    expect(openAiError('limit.budget', 'x').headers['x-should-retry']).toBe('false');
  });

  it('leaves a rate limit to the SDK, which waits and tries again', () => {
    expect(openAiError('limit.rate', 'x').headers).toEqual({ 'content-type': 'application/json' });
  });
});

describe('errorEvent', () => {
  it('is one event that ends a stream', () => {
    const { body } = openAiError('provider.truncated', 'The stream broke off.');
    expect(errorEvent(body).toString()).toBe(`data: ${body}\n\n`);
  });
});
