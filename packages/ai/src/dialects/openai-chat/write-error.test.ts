import { ERRORS, isErrorCode } from '@gatehouse/kernel';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { CallerError } from '../../canonical/dialect.ts';
import type { ProviderErrorKind } from '../../provider-error.ts';
import { openAiError } from './errors.ts';
import { classifyProviderError } from './provider-errors.ts';
import { streamErrorBody, writeError } from './write-error.ts';

const KINDS: Readonly<Record<number, ProviderErrorKind>> = {
  401: 'authentication',
  403: 'permission',
  404: 'not_found',
  408: 'timeout',
  413: 'too_large',
  503: 'overloaded',
  504: 'timeout',
};

function ownError(code: string): CallerError | undefined {
  if (!isErrorCode(code)) return undefined;
  const { status, retry } = ERRORS[code];
  const usedUp = code === 'limit.quota' || code === 'limit.budget';
  const kind = usedUp ? 'billing' : status === 429 ? 'rate_limited' : (KINDS[status] ?? 'invalid_request');
  return { status, kind, code, message: 'Why.', param: 'model', retry: retry && !usedUp, requestId: 'req_1' };
}

/** Those of the admin API are none of the gate's: no caller of models gets them. */
const CODES = Object.keys(ERRORS).filter((code) => !code.startsWith('admin.'));

describe('writeError', () => {
  it.each(CODES)("writes the gate's own %s as the same-dialect door does", (code) => {
    const error = ownError(code);
    expect(error && writeError(error)).toEqual(isErrorCode(code) && openAiError(code, 'Why.', 'model'));
  });

  it.each<readonly [number, unknown]>([
    [400, { error: { message: 'Your input is too long: maximum context length is 8192 tokens.' } }],
    [400, { error: { message: 'Filtered.', code: 'content_filter' } }],
    [429, { error: { message: 'Slow.' } }],
    [401, { error: { message: 'Bad key.' } }],
    [402, { error: { message: 'Pay.' } }],
    [404, { error: { message: 'No such model.', code: 'model_not_found' } }],
    [500, 'oops'],
    [503, { detail: 'Busy.' }],
    [504, ''],
  ])("writes a provider's %i with the codes that callers compare with", (status, body) => {
    const error = classifyProviderError(status, JSON.stringify(body));
    const { kind, code, message, param, retry } = error;
    const reply = writeError({ status: error.status, kind, code, message, param, retry, requestId: 'req_1' });
    expect(reply).toEqual({ status: error.status, headers: error.headers, body: error.body });
  });

  it('is the right exception for the official SDK', async () => {
    const error = ownError('limit.rate');
    const reply = error && writeError(error);
    const client = new OpenAI({
      apiKey: 'k',
      maxRetries: 0,
      fetch: () =>
        Promise.resolve(
          new Response(reply?.body ?? null, { status: reply?.status ?? 500, headers: { ...reply?.headers } }),
        ),
    });
    const call = client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
    await expect(call).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    await expect(call).rejects.toMatchObject({ code: 'rate_limit_exceeded', param: 'model', type: 'rate_limit_error' });
  });
});

describe('streamErrorBody', () => {
  it("keeps a provider's own code", () => {
    const error = classifyProviderError(400, '{"error":{"message":"No.","code":"unsupported_value","param":"n"}}');
    expect(streamErrorBody(error)).toBe(error.body);
  });
});
