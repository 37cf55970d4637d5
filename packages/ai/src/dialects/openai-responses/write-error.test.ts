import { ERRORS, isErrorCode } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import type { CallerError } from '../../canonical/dialect.ts';
import { openAiError } from '../openai-chat/errors.ts';
import { writeError } from './write-error.ts';

const error = (more: Partial<CallerError>): CallerError => ({
  status: 400,
  kind: 'invalid_request',
  code: 'request.body_invalid',
  message: 'Some detail.',
  retry: false,
  requestId: 'r',
  ...more,
});

describe('writeError', () => {
  const kinds: Readonly<Record<string, readonly [Partial<CallerError>, object]>> = {
    'the member at fault': [{ param: 'stop' }, { type: 'invalid_request_error', param: 'stop' }],
    'a wrong key': [
      { status: 401, kind: 'authentication', code: 'auth.invalid' },
      { type: 'invalid_request_error', code: 'invalid_api_key', param: null },
    ],
    'a budget that is used up': [
      { status: 429, kind: 'billing', code: 'limit.budget' },
      { type: 'insufficient_quota', code: 'insufficient_quota' },
    ],
    "the gate's own limit": [
      { status: 429, kind: 'rate_limited', code: 'limit.rate' },
      { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    ],
    "a provider's limit": [
      { status: 429, kind: 'rate_limited', code: 'provider.overloaded' },
      { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    ],
    'a prompt that is too long': [{ kind: 'context_length' }, { code: 'context_length_exceeded' }],
    'a provider that is slow': [
      { status: 504, kind: 'timeout', code: 'provider.timeout' },
      { type: 'server_error', code: 'timeout' },
    ],
    'a provider that failed': [
      { status: 502, kind: 'upstream', code: 'provider.unavailable' },
      { type: 'server_error', code: 'provider.unavailable' },
    ],
  };
  for (const [name, [more, expected]] of Object.entries(kinds)) {
    it(`says of ${name} what Chat says`, () => {
      const { status, body } = writeError(error(more));
      expect(status).toBe(more.status ?? 400);
      expect(JSON.parse(body)).toMatchObject({ error: { message: 'Some detail.', ...expected } });
    });
  }

  it('tells SDKs what to try again where they would get it wrong', () => {
    expect(writeError(error({ status: 429, retry: true })).headers).not.toHaveProperty('x-should-retry');
    expect(writeError(error({ status: 429, retry: false })).headers).toMatchObject({ 'x-should-retry': 'false' });
  });

  for (const code of Object.keys(ERRORS).filter(isErrorCode)) {
    it(`says the same as Chat for the gate's own ${code}`, () => {
      const chat = openAiError(code, 'Some detail.');
      const { status, retry } = ERRORS[code];
      const own = writeError(error({ status, retry: retry && !code.startsWith('limit.'), code }));
      expect(JSON.parse(own.body)).toEqual(JSON.parse(chat.body));
    });
  }
});
