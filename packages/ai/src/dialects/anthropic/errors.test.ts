import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import type { CallerError } from '../../canonical/dialect.ts';
import type { ProviderErrorKind } from '../../provider-error.ts';
import { writeError } from './errors.ts';
import { readError } from './provider-errors.ts';

const ERROR: CallerError = {
  status: 400,
  kind: 'invalid_request',
  code: 'request.body_invalid',
  message: 'It is wrong.',
  retry: false,
  requestId: 'req_1',
};

function said(type: string, message = 'x', details?: object): string {
  return JSON.stringify({ type: 'error', error: { type, message, details }, request_id: 'req_up' });
}

describe('errors for callers', () => {
  it.each<[number, ProviderErrorKind, string, number]>([
    [400, 'invalid_request', 'invalid_request_error', 400],
    [400, 'context_length', 'invalid_request_error', 400],
    [401, 'authentication', 'authentication_error', 401],
    [403, 'permission', 'permission_error', 403],
    [404, 'not_found', 'not_found_error', 404],
    [409, 'conflict', 'conflict_error', 409],
    [413, 'too_large', 'request_too_large', 413],
    [429, 'rate_limited', 'rate_limit_error', 429],
    [429, 'billing', 'billing_error', 429],
    [502, 'authentication', 'api_error', 502],
    [500, 'upstream', 'api_error', 500],
    [503, 'overloaded', 'overloaded_error', 529],
    [504, 'timeout', 'timeout_error', 504],
  ])('shows %i of kind %s as %s', (status, kind, type, shown) => {
    const reply = writeError({ ...ERROR, status, kind });
    expect(reply.status).toBe(shown);
    expect(JSON.parse(reply.body)).toMatchObject({
      type: 'error',
      error: { type, message: expect.stringContaining('It is wrong.') },
      request_id: 'req_1',
    });
  });

  it.each([
    ['At most 8000 tokens.', 'prompt is too long: At most 8000 tokens.'],
    ['Prompt is too long: 9000 > 8000.', 'Prompt is too long: 9000 > 8000.'],
  ])('tells of a context that is too long in the words that agents look for: %s', (message, shown) => {
    const { body } = writeError({ ...ERROR, kind: 'context_length', message });
    expect(JSON.parse(body)).toMatchObject({ error: { message: shown } });
  });

  it('names the member at fault once', () => {
    const message = (error: Partial<CallerError>): unknown =>
      JSON.parse(writeError({ ...ERROR, ...error }).body).error.message;
    expect(message({ param: 'top_p' })).toBe('top_p: It is wrong.');
    expect(message({ param: 'top_p', message: "'top_p' is wrong." })).toBe("'top_p' is wrong.");
  });

  it('is understood by the official SDK, which retries as it is told', async () => {
    const reply = writeError({ ...ERROR, status: 429, kind: 'billing', code: 'limit.budget' });
    let calls = 0;
    const client = new Anthropic({
      apiKey: 'k',
      maxRetries: 2,
      fetch: () => {
        calls++;
        return Promise.resolve(new Response(reply.body, { status: reply.status, headers: reply.headers }));
      },
    });
    const call = client.messages.create({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] });
    await expect(call).rejects.toMatchObject({
      status: 429,
      type: 'billing_error',
      requestID: 'req_1',
      errorCode: 'limit.budget',
      apiMessage: 'It is wrong.',
    });
    expect(calls).toBe(1);
  });
});

describe('errors of providers', () => {
  it.each<[number, string, ProviderErrorKind]>([
    [400, said('invalid_request_error'), 'invalid_request'],
    [400, said('invalid_request_error', 'prompt is too long: 201000 tokens > 200000 maximum'), 'context_length'],
    [400, said('invalid_request_error', 'Your credit balance is too low to access the API.'), 'billing'],
    [400, said('invalid_request_error', 'You have reached your specified API usage spending limit.'), 'billing'],
    [429, said('rate_limit_error', 'No.', { error_code: 'enforced_spend_limit_reached' }), 'billing'],
    [401, said('authentication_error'), 'authentication'],
    [402, said('billing_error'), 'billing'],
    [403, said('permission_error'), 'permission'],
    [404, said('not_found_error', 'model: claude-x'), 'not_found'],
    [409, said('conflict_error'), 'conflict'],
    [413, said('request_too_large'), 'too_large'],
    [429, said('rate_limit_error'), 'rate_limited'],
    [500, said('api_error'), 'upstream'],
    [504, said('timeout_error'), 'timeout'],
    [529, said('overloaded_error'), 'overloaded'],
    [502, '<html>Bad gateway</html>', 'upstream'],
    [529, '', 'overloaded'],
    [200, said('api_error'), 'upstream'],
    [200, said('invalid_request_error'), 'invalid_request'],
    [200, said('timeout_error'), 'timeout'],
  ])('reads %i %s as %s', (status, body, kind) => {
    const error = readError(status, body);
    expect(error.kind).toBe(kind);
    expect(JSON.parse(error.body)).toMatchObject({ type: 'error', error: { message: error.message } });
  });

  it('never shows the gate’s own trouble with its provider as the caller’s', () => {
    const error = readError(401, said('authentication_error', 'invalid x-api-key sk-ant-api03-secret1234'));
    expect(error).toMatchObject({ status: 502, retryElsewhere: true, retry: false });
    expect(error.body).not.toContain('secret');
    expect(JSON.parse(error.body)).toMatchObject({ error: { type: 'api_error' } });
  });
});
