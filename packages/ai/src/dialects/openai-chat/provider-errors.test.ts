import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProviderErrorKind } from '../../provider-error.ts';
import { classifyProviderError } from './provider-errors.ts';

const openAi = (message: string, type: string, code: string | null = null): object => ({
  error: { message, type, param: null, code },
});

type Case = readonly [status: number, body: unknown, kind: ProviderErrorKind, shown: number, elsewhere: boolean];

const CASES: Readonly<Record<string, Case>> = {
  'a bad request': [400, openAi('Bad value.', 'invalid_request_error', 'invalid_value'), 'invalid_request', 400, false],
  'an unprocessable request': [422, { detail: [{ loc: ['body', 'x'], msg: 'extra' }] }, 'invalid_request', 422, false],
  'a context that is too long, by code': [
    400,
    openAi('Too long.', 'invalid_request_error', 'context_length_exceeded'),
    'context_length',
    400,
    false,
  ],
  'a context that is too long, by words': [
    400,
    { error: { message: 'prompt is too long: 210000 tokens > 200000 maximum', type: 'invalid_request_error' } },
    'context_length',
    400,
    false,
  ],
  'a context that is too long, by other words': [
    400,
    {
      object: 'error',
      message: "This model's maximum context length is 8192 tokens.",
      type: 'BadRequestError',
      code: 400,
    },
    'context_length',
    400,
    false,
  ],
  'blocked content': [
    400,
    { error: { code: 'content_filter', message: 'Filtered.', param: 'prompt', status: 400, innererror: {} } },
    'content_blocked',
    400,
    false,
  ],
  'a wrong key of the gate': [
    401,
    openAi('Incorrect API key provided: sk-proj-********abcd.', 'invalid_request_error', 'invalid_api_key'),
    'authentication',
    502,
    true,
  ],
  'a wrong key that is reported as a bad request': [
    400,
    [
      {
        error: {
          code: 400,
          message: 'API key not valid.',
          status: 'INVALID_ARGUMENT',
          details: [{ reason: 'API_KEY_INVALID' }],
        },
      },
    ],
    'authentication',
    502,
    true,
  ],
  'a wrong key that is only said in words': [
    400,
    { code: 'x', error: 'Incorrect API key provided' },
    'authentication',
    502,
    true,
  ],
  'a wrong key under an unregistered status': [498, { message: 'invalid api token' }, 'authentication', 502, true],
  'a wrong key without a body': [401, '', 'authentication', 502, true],
  'a forbidden model': [403, openAi('No access.', 'invalid_request_error'), 'permission', 502, true],
  'a used-up account': [429, openAi('Quota.', 'insufficient_quota', 'insufficient_quota'), 'billing', 502, true],
  'a used-up account that is reported as a bad request': [
    400,
    { error: { type: 'invalid_request_error', message: 'Your credit balance is too low to access the API.' } },
    'billing',
    502,
    true,
  ],
  'an account without money': [402, { error: { message: 'Insufficient Balance' } }, 'billing', 502, true],
  'a rate limit': [429, openAi('Slow down.', 'requests', 'rate_limit_exceeded'), 'rate_limited', 429, true],
  'a rate limit that advises to look at billing': [
    429,
    openAi('Rate limit reached. Add a payment method under billing.', 'tokens', 'rate_limit_exceeded'),
    'rate_limited',
    429,
    true,
  ],
  'a rate limit in plain text': [429, 'Too Many Requests', 'rate_limited', 429, true],
  'an unknown model': [
    404,
    openAi('No such model.', 'invalid_request_error', 'model_not_found'),
    'not_found',
    404,
    true,
  ],
  'an unknown model that is reported as a bad request': [
    400,
    { object: 'error', message: 'Invalid model: tiny', type: 'invalid_model', code: '1500' },
    'not_found',
    404,
    true,
  ],
  'an unknown model that is only said in words': [
    400,
    { error: { message: 'Model Not Exist' } },
    'not_found',
    404,
    true,
  ],
  'a page not found, which is a wrong address': [404, '<html>nginx</html>', 'upstream', 502, true],
  'a conflict': [409, openAi('Conflict.', 'conflict'), 'conflict', 409, false],
  'a request that is too large': [413, '<html>', 'too_large', 413, false],
  'a crash': [500, openAi('Oops.', 'server_error'), 'upstream', 502, true],
  'a bad gateway with a page': [502, '<html><h1>502</h1></html>', 'upstream', 502, true],
  overload: [503, openAi('Busy.', 'server_error'), 'overloaded', 503, true],
  'overload under an unregistered status': [
    529,
    { error: { type: 'overloaded_error', message: 'Overloaded' } },
    'overloaded',
    503,
    true,
  ],
  'a timeout': [504, '', 'timeout', 504, true],
  'a model that timed out': [408, '{}', 'timeout', 504, true],
  'a status that nobody knows': [418, '{}', 'upstream', 502, true],
  'a redirect': [302, '', 'upstream', 502, true],
  'an error inside a success with a number': [
    200,
    { error: { code: 429, message: 'Slow.' } },
    'rate_limited',
    429,
    true,
  ],
  'an error inside a success with a type': [200, openAi('x', 'invalid_request_error'), 'invalid_request', 400, false],
  'an error inside a success with a status name': [
    200,
    { error: { status: 'UNAVAILABLE', message: 'x' } },
    'overloaded',
    503,
    true,
  ],
  'an error inside a success that says nothing': [200, { error: true }, 'upstream', 502, true],
  'an error of the server inside a success': [200, openAi('x', 'server_error'), 'upstream', 502, true],
};

const encode = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

describe('classifyProviderError recognises', () => {
  for (const [name, [status, body, kind, visible, retryElsewhere]] of Object.entries(CASES)) {
    it(name, () => {
      expect(classifyProviderError(status, encode(body))).toMatchObject({ kind, status: visible, retryElsewhere });
    });
  }
});

function shown(status: number, body: unknown): { message: string; code: unknown; param: unknown; type: unknown } {
  const parsed: { error: ReturnType<typeof shown> } = JSON.parse(classifyProviderError(status, encode(body)).body);
  return parsed.error;
}

const hint = (status: number): string | undefined => classifyProviderError(status, '{}').headers['x-should-retry'];

describe('classifyProviderError shows the caller', () => {
  it("the provider's words, code and parameter where the caller is at fault", () => {
    const body = {
      error: { message: 'Bad temperature.', type: 'invalid_request_error', param: 'temperature', code: 'bad_value' },
    };
    expect(shown(400, body)).toEqual({
      message: 'Bad temperature.',
      type: 'invalid_request_error',
      param: 'temperature',
      code: 'bad_value',
    });
  });

  it('no words of the provider about the gate and its account', () => {
    for (const status of [401, 402, 403, 429, 500, 503, 504]) {
      const { message, param } = shown(status, { error: { message: 'sk-abc123456 at api.vendor.com', param: 'p' } });
      expect(message).not.toMatch(/sk-|vendor|\[/);
      expect(param).toBeNull();
    }
  });

  it('never 401 or 403', () => {
    for (const [status, body] of Object.values(CASES)) {
      expect([401, 403]).not.toContain(classifyProviderError(status, encode(body)).status);
    }
  });

  it('that the own key is not concerned when the key of the gate is refused', () => {
    expect(shown(401, '').message).toMatch(/caller's own key is not concerned/);
  });

  it('neither keys nor addresses in a message about the request', () => {
    const message = 'Cannot read https://internal.vendor.net/x with key sk-live-1234567890 from 10.1.2.3:8080.';
    expect(shown(400, { error: { message } }).message).toBe('Cannot read [address] with key [key] from [address].');
  });

  it('a message that came as an object, as JSON', () => {
    expect(shown(422, { detail: [{ msg: 'extra' }] }).message).toBe('[{"msg":"extra"}]');
  });

  it('a sentence when the provider said nothing', () => {
    expect(shown(400, '').message).toBe('The model provider refused the request.');
    expect(shown(400, '{}').message).toBe('The model provider refused the request.');
  });

  it('no code that is really a sentence', () => {
    expect(shown(400, { code: 'Client specified an invalid argument', error: 'Bad.' })).toMatchObject({
      code: null,
      message: 'Bad.',
    });
  });

  it('whether to try again', () => {
    expect([401, 402, 403].map(hint)).toEqual(['false', 'false', 'false']);
    expect([400, 404, 409, 429, 500, 503].map(hint)).toEqual(Array.from({ length: 6 }));
  });
});

describe('classifyProviderError survives', () => {
  it('any status and any JSON, always with a complete reply', () => {
    const member = fc.constantFrom(
      'error',
      'message',
      'code',
      'type',
      'status',
      'details',
      'reason',
      'detail',
      '__proto__',
    );
    const body = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, 429, 1.5, '', 'invalid_api_key', 'Bad.'),
        fc.string(),
        fc.dictionary(member, tie('tree'), { maxKeys: 4 }),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    })).tree;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), body, (status, value) => {
        const { error } = JSON.parse(classifyProviderError(status, JSON.stringify(value)).body);
        expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
        expect(typeof error.message).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });

  it('bytes, and megabytes of them', () => {
    const page = Buffer.from(`<html>${'x'.repeat(5_000_000)}`);
    expect(classifyProviderError(503, page)).toMatchObject({ kind: 'overloaded' });
    expect(classifyProviderError(503, new Uint8Array([0xff, 0xfe]))).toMatchObject({ kind: 'overloaded' });
  });
});
