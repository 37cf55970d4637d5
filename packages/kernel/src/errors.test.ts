import { describe, expect, it } from 'vitest';
import { ERRORS, GatehouseError, isErrorCode, type Blame, type ErrorCode } from './errors.ts';

const rows = Object.entries(ERRORS);

/** Statuses with which a caller is told that it is to blame although they are not 4xx (RFC 9110 §15.6.2, §15.6.6). */
const CALLERS_5XX: ReadonlySet<number> = new Set([501, 505]);

describe('the table of errors', () => {
  it('names each code in lower case, with its family in front', () => {
    for (const [code] of rows) expect(code).toMatch(/^[a-z]+\.[a-z]+(?:_[a-z]+)*$/);
  });

  it('keeps the codes of a family together', () => {
    const families = rows.map(([code]) => code.split('.')[0]);
    const runs = families.filter((family, index) => family !== families[index - 1]);
    expect(new Set(runs).size).toBe(runs.length);
  });

  it('gives no two codes the same title and status', () => {
    const shown = rows.map(([, { status, title }]) => `${status} ${title}`);
    expect(new Set(shown).size).toBe(shown.length);
  });

  it('answers with a status that is an error', () => {
    for (const [, { status }] of rows) {
      expect(Number.isInteger(status)).toBe(true);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThanOrEqual(599);
    }
  });

  it('tells callers of their mistakes with 4xx and of those of others with 5xx', () => {
    for (const [code, { status, blame }] of rows) {
      const fault = blame === 'caller' ? status < 500 || CALLERS_5XX.has(status) : status >= 500;
      expect(fault, code).toBe(true);
    }
  });

  it('has a title that fits a status line', () => {
    for (const [, { title }] of rows) expect(title).toMatch(/^[A-Z][A-Za-z ]{3,40}$/);
  });

  it('invites nobody to repeat what will be refused again', () => {
    const lasting = new Set([400, 401, 403, 404, 405, 413, 414, 417, 421, 431, 501, 505, 508]);
    for (const [code, { status, retry }] of rows) if (lasting.has(status)) expect(retry, code).toBe(false);
  });

  it('invites whoever met a limit, a timeout or an overload to come back', () => {
    const passing = new Set([408, 429, 503, 504]);
    for (const [code, { status, retry }] of rows) if (passing.has(status)) expect(retry, code).toBe(true);
  });

  const contract: readonly (readonly [number, readonly ErrorCode[]])[] = [
    [401, ['auth.missing', 'auth.invalid']],
    [403, ['auth.not_subscribed', 'auth.forbidden']],
    [404, ['route.not_found', 'provider.model_not_found']],
    [405, ['route.method_not_allowed']],
    [413, ['request.body_too_large']],
    [414, ['request.target_too_long']],
    [431, ['request.head_too_large']],
    [429, ['limit.rate', 'limit.quota', 'limit.budget']],
    [502, ['upstream.unreachable', 'upstream.broken']],
    [503, ['upstream.unhealthy', 'upstream.overloaded']],
    [504, ['upstream.timeout', 'provider.timeout']],
  ];
  it.each(contract)('answers %d as the contract says', (status, codes) => {
    for (const code of codes) expect(ERRORS[code].status).toBe(status);
  });
});

describe('isErrorCode', () => {
  it('knows every code of the table', () => {
    for (const [code] of rows) expect(isErrorCode(code)).toBe(true);
  });

  it('knows nothing else, and not what every object has', () => {
    for (const code of ['', 'limit', 'limit.', 'Limit.rate', 'constructor', '__proto__', 'toString'])
      expect(isErrorCode(code)).toBe(false);
  });
});

describe('GatehouseError', () => {
  it('has the status of its code', () => {
    expect(new GatehouseError('limit.rate', 'too fast').status).toBe(429);
    expect(new GatehouseError('gateway.internal', 'oh').status).toBe(500);
  });

  it('says its code and its detail where errors are printed', () => {
    const error = new GatehouseError('config.invalid', 'a port is missing');
    expect(String(error)).toBe('GatehouseError: config.invalid: a port is missing');
    expect(error.stack).toContain('a port is missing');
  });

  it('keeps the cause apart from the detail', () => {
    const cause = new Error('password: hunter2');
    const error = new GatehouseError('upstream.unreachable', 'no connection', { cause });
    expect(error.cause).toBe(cause);
    expect(error.detail).toBe('no connection');
    expect(error.message).not.toContain('hunter2');
  });

  it('is an Error, and has no cause where there was none', () => {
    const error = new GatehouseError('route.not_found', 'nothing here');
    expect(error).toBeInstanceOf(Error);
    expect('cause' in error).toBe(false);
  });

  it.each<Blame>(['caller', 'upstream', 'provider', 'operator', 'us'])(
    'has a code for which %s is to blame',
    (blame) => {
      expect(rows.some(([, row]) => row.blame === blame)).toBe(true);
    },
  );
});
