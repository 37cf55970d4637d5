import { describe, expect, it } from 'vitest';
import { accepts } from './accept.ts';

const JSON_ONLY = ['application/json'];

describe('accepts', () => {
  it.each([
    [undefined, true],
    ['', true],
    ['*/*', true],
    ['application/*', true],
    ['application/json', true],
    ['APPLICATION/JSON', true],
    ['application/json; charset=utf-8', true],
    ['text/html, application/json;q=0.1', true],
    ['text/*;q=1, */*;q=0.001', true],
    ['application/json;q=0', false],
    ['application/json ; q=0.0', false],
    ['application/json;q=0, */*', false],
    ['application/*;q=0, */*', false],
    ['application/json;q=high', false],
    ['text/html', false],
    ['application/json-patch+json', false],
    ['json', false],
    [',', false],
  ])('answers for %j with %j', (header, expected) => {
    expect(accepts(header, JSON_ONLY)).toBe(expected);
  });

  it('needs only one of several offers', () => {
    expect(accepts('text/csv', ['application/json', 'text/csv'])).toBe(true);
    expect(accepts('text/csv', [])).toBe(false);
  });
});
