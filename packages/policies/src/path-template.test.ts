import { describe, expect, it } from 'vitest';
import { fillTemplate, isPathTemplate, parseTemplate } from './path-template.ts';

const values: Readonly<Record<string, string>> = { a: '1', 'b-c': '2', _d: '3' };

function check(template: string, expected: string | undefined): void {
  expect(fillTemplate(parseTemplate(template), (name) => values[name])).toBe(expected);
}

describe('fillTemplate', () => {
  it('puts values where their names stand', () => {
    check('/x/{a}/y/{b-c}', '/x/1/y/2');
    check('/{a}{_d}{a}', '/131');
    check('/x', '/x');
    check('', '');
  });

  it('gives nothing when a value is missing', () => {
    check('/{a}/{e}', undefined);
  });

  it('leaves braces alone that hold no name', () => {
    check('/{}/{1}/{a b}/{{a}}', '/{}/{1}/{a b}/{1}');
  });

  it('does not look for names in what was put in', () => {
    expect(fillTemplate(parseTemplate('/{a}'), () => '{b}')).toBe('/{b}');
  });
});

describe('isPathTemplate', () => {
  it.each(['/', '/a', '/{a}', '/a.{a}', '/v2/{rest}', '/a%20b/{a}'])('accepts %s', (text) => {
    expect(isPathTemplate(text)).toBe(true);
  });

  it.each([
    '',
    'a',
    '{a}',
    '/../{a}',
    '/./a',
    '/a//b',
    '/a?b',
    '/a#b',
    '/a b',
    '/%2e',
    '/%2',
    '/{a',
    '/é',
    '/a;b',
    '/a\n',
  ])('refuses %j', (text) => expect(isPathTemplate(text)).toBe(false));
});
