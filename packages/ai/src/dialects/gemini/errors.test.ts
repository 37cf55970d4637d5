import { describe, expect, it } from 'vitest';
import { geminiArrayCaller, geminiCaller } from './gemini-caller.ts';
import { readGeminiError } from './read-error.ts';

const RETRY = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.2s' };
const body = (code: number, status: string, more: object = {}): string =>
  JSON.stringify({ error: { code, message: 'Said.', status, ...more } });
const reason = (name: string): object => ({ details: [{ '@type': 'x', reason: name, domain: 'googleapis.com' }] });

describe('an error of Google', () => {
  it.each([
    [400, body(400, 'INVALID_ARGUMENT'), 'invalid_request', 400],
    [400, body(400, 'INVALID_ARGUMENT', reason('API_KEY_INVALID')), 'authentication', 502],
    [400, body(400, 'INVALID_ARGUMENT', { message: 'API key expired. Please renew it.' }), 'authentication', 502],
    [
      400,
      body(400, 'FAILED_PRECONDITION', { message: 'User location is not supported for the API use.' }),
      'permission',
      502,
    ],
    [
      400,
      body(400, 'INVALID_ARGUMENT', {
        message: 'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).',
      }),
      'context_length',
      400,
    ],
    [401, body(401, 'UNAUTHENTICATED'), 'authentication', 502],
    [403, body(403, 'PERMISSION_DENIED', reason('SERVICE_DISABLED')), 'permission', 502],
    [403, body(403, 'PERMISSION_DENIED', reason('BILLING_DISABLED')), 'billing', 502],
    [404, body(404, 'NOT_FOUND'), 'not_found', 404],
    [404, '<html>', 'upstream', 502],
    [429, body(429, 'RESOURCE_EXHAUSTED'), 'rate_limited', 429],
    [
      429,
      body(429, 'RESOURCE_EXHAUSTED', { message: 'Your project has exceeded its monthly spending cap.' }),
      'billing',
      502,
    ],
    [
      429,
      body(429, 'RESOURCE_EXHAUSTED', {
        message: 'You exceeded your current quota, please check your plan and billing details.',
      }),
      'rate_limited',
      429,
    ],
    [500, body(500, 'INTERNAL'), 'upstream', 502],
    [503, body(503, 'UNAVAILABLE'), 'overloaded', 503],
    [503, 'Service Unavailable', 'overloaded', 503],
    [504, body(504, 'DEADLINE_EXCEEDED'), 'timeout', 504],
    [200, body(429, 'RESOURCE_EXHAUSTED'), 'rate_limited', 429],
    [200, JSON.stringify([{ error: { status: 'UNAVAILABLE' } }]), 'overloaded', 503],
    [502, '', 'upstream', 502],
    [400, '<html>', 'upstream', 502],
    [403, '', 'upstream', 502],
    [413, '<html>', 'too_large', 413],
    [418, '{"error":"x"}', 'upstream', 502],
  ])('%i %s is %s', (status, text, kind, shown) => {
    const error = readGeminiError(status, text);
    expect(error).toMatchObject({ kind, status: shown });
    expect(JSON.parse(error.body)).toMatchObject({ error: { code: shown, message: error.message } });
  });

  it('says how long to wait, and which member is at fault', () => {
    const limited = readGeminiError(429, body(429, 'RESOURCE_EXHAUSTED', { details: [{ retryDelay: 'soon' }, RETRY] }));
    expect(limited.retryAfterMs).toBe(34_200);
    expect(JSON.parse(limited.body)).toMatchObject({ error: { status: 'RESOURCE_EXHAUSTED', details: [RETRY] } });
    const details = [{ fieldViolations: [{ field: 'contents[0].role' }] }];
    expect(readGeminiError(400, body(400, 'INVALID_ARGUMENT', { details })).param).toBe('contents[0].role');
  });

  it('never shows keys, and never says that a key is bad', () => {
    const leaky = readGeminiError(
      400,
      body(400, 'INVALID_ARGUMENT', { message: 'Bad AIzaSyA1234567890abcdef at https://x.googleapis.com' }),
    );
    expect(leaky.body).not.toMatch(/AIza|googleapis/);
    const ours = readGeminiError(403, body(403, 'PERMISSION_DENIED', { message: 'Project 123 has no access' }));
    expect(ours.body).not.toContain('Project');
  });

  it.each([
    ['', 'upstream'],
    ['x', 'upstream'],
    ['[]', 'upstream'],
    ['[[]]', 'upstream'],
    ['{"error":{}}', 'invalid_request'],
    ['{"error":{"details":"x","code":"y","message":5}}', 'invalid_request'],
    ['{"error":{"details":[null,{"retryDelay":5}]}}', 'invalid_request'],
  ])('may be anything: %s', (text, kind) => {
    expect(readGeminiError(400, text).kind).toBe(kind);
  });
});

describe('an error to a caller of Gemini', () => {
  const refuse = (status: number): unknown => {
    const error = {
      status,
      kind: 'upstream',
      code: 'gateway.internal',
      message: 'x',
      retry: false,
      requestId: '',
    } as const;
    return JSON.parse(geminiCaller.writeError(error).body).error.status;
  };

  it.each([
    [400, 'INVALID_ARGUMENT'],
    [401, 'UNAUTHENTICATED'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [409, 'ABORTED'],
    [413, 'INVALID_ARGUMENT'],
    [429, 'RESOURCE_EXHAUSTED'],
    [499, 'CANCELLED'],
    [500, 'INTERNAL'],
    [502, 'INTERNAL'],
    [503, 'UNAVAILABLE'],
    [504, 'DEADLINE_EXCEEDED'],
  ])('of status %i is %s', (status, name) => {
    expect(refuse(status)).toBe(name);
  });

  it('says how long to wait, as Google does', () => {
    const waits = (retryAfterMs?: number) => {
      const error = { status: 429, kind: 'rate_limited', code: 'limit.rate', message: 'x', retry: true } as const;
      return JSON.parse(geminiCaller.writeError({ ...error, retryAfterMs, requestId: '' }).body).error.details;
    };
    const type = 'type.googleapis.com/google.rpc.RetryInfo';
    expect(waits(7000)).toContainEqual({ '@type': type, retryDelay: '7s' });
    expect(waits(250)).toContainEqual({ '@type': type, retryDelay: '0.25s' });
    expect(waits()).not.toContainEqual(expect.objectContaining({ '@type': type }));
  });

  it('is a list where a stream would be one', () => {
    const error = {
      status: 401,
      kind: 'authentication',
      code: 'auth.invalid',
      message: 'x',
      retry: false,
      requestId: 'r',
    } as const;
    expect(JSON.parse(geminiArrayCaller.writeError(error).body)).toEqual([
      JSON.parse(geminiCaller.writeError(error).body),
    ]);
    expect(geminiArrayCaller.writeError(error)).toMatchObject({
      status: 401,
      headers: { 'content-type': expect.stringContaining('json') },
    });
  });
});
