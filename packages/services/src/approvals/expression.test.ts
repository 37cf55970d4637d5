import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExpressionProblem, parseExpression } from './expression.ts';

const facts = {
  plan: 'gold',
  answers: { calls: 50, purpose: 'in' },
  application: { team: 'apps', labels: { tier: '1' } },
  flag: true,
  tags: ['a', 'b'],
};

it.each([
  ['plan == "gold"', true],
  ['plan != "gold"', false],
  ['plan == "gold" && answers.calls < 100', true],
  ['plan == "silver" || answers.calls >= 50', true],
  ['!(plan == "gold")', false],
  ['!flag', false],
  ['flag', true],
  ['plan', false],
  ['application.team in ["web", "apps"]', true],
  ['"b" in tags', true],
  ['"c" in tags', false],
  ['answers.missing < 5', false],
  ['answers.missing == null', true],
  ['constructor == null', true],
  ['answers.constructor.name == null', true],
  ['__proto__ == null', true],
  ['answers.purpose == "in"', true],
  ['false && flag || flag', true],
  ['plan in []', false],
])('%s is %s', (text, expected) => {
  expect(parseExpression(text)(facts)).toBe(expected);
});

it.each([
  ['', 'the rule ends too soon'],
  ['a ==', 'the rule ends too soon'],
  ['a == "b', '"\\"b" is not understood'],
  ['a b', 'b stands where the rule should end'],
  ['(a', 'there is no ) where one is needed'],
  ['f(a)', '( stands where the rule should end'],
  ['&& a', '&& stands where a value should'],
  ['('.repeat(60), 'the rule is nested too deeply'],
  ['!'.repeat(60), 'the rule is nested too deeply'],
  ['a'.repeat(3000), 'a rule has at most 2000 characters'],
])('%j is refused: %s', (text, message) => {
  expect(() => parseExpression(text)).toThrow(message);
});

it('reads any text in time, or says what is wrong', () => {
  const pieces = fc.constantFrom(
    'a',
    '.b',
    '"',
    '"x"',
    ' ',
    '&&',
    '||',
    '!',
    '==',
    '<',
    '(',
    ')',
    '[',
    ']',
    ',',
    'in',
    '1',
    '.',
    '\\',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces, { maxLength: 200 }).map((parts) => parts.join('')),
      ),
      (text) => {
        try {
          expect(typeof parseExpression(text)(facts)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionProblem);
        }
      },
    ),
  );
});
