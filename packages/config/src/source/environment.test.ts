import { describe, expect, it } from 'vitest';
import { substitute } from './environment.ts';

const ENV = { NAME: 'value', OTHER_1: 'x', EMPTY: '', NESTED: '${NAME}', UNSET: undefined };

describe('substitute', () => {
  const cases: Readonly<Record<string, readonly [string, string, boolean]>> = {
    'leaves a text without a mark alone': ['plain $NAME {x} $', 'plain $NAME {x} $', false],
    'puts a variable in': ['${NAME}', 'value', true],
    'puts a variable into a text': ['http://${NAME}:80/', 'http://value:80/', true],
    'puts several in': ['${NAME}-${OTHER_1}-${NAME}', 'value-x-value', true],
    'takes an empty variable for set': ['a${EMPTY}b', 'ab', true],
    'does not look into what it put in': ['${NESTED}', '${NAME}', true],
    'reads $${ as the text ${': ['$${NAME}', '${NAME}', false],
    'reads a dollar in front of an escape': ['$$${NAME}', '$${NAME}', false],
    'keeps a dollar in front of a variable apart': ['$5 and ${NAME}', '$5 and value', true],
    'puts in what looks like a pattern of replacement': ['a ${DOLLARS}', 'a $& $1', true],
  };
  for (const [name, [text, expected, substituted]] of Object.entries(cases)) {
    it(name, () => {
      expect(substitute(text, { ...ENV, DOLLARS: '$& $1' })).toEqual({ text: expected, substituted, problems: [] });
    });
  }

  const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
    'refuses a variable that is not set': ['${MISSING}', /`MISSING` is not set/],
    'refuses a variable that is set to nothing at all': ['${UNSET}', /`UNSET` is not set/],
    'refuses what every object has': ['${constructor}', /`constructor` is not set/],
    'refuses an empty name': ['${}', /no name of a variable/],
    'refuses a name with a default, which shells know': ['${NAME:-x}', /no name of a variable/],
    'refuses a name that begins with a digit': ['${1A}', /no name of a variable/],
    'refuses a mark that is not closed': ['a ${NAME', /is not closed/],
  };
  for (const [name, [text, expected]] of Object.entries(refused)) {
    it(name, () => {
      const { problems } = substitute(text, ENV);
      expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(expected)]);
    });
  }

  it('tells of each variable that is not set', () => {
    expect(substitute('${A} ${NAME} ${B}', ENV).problems.map(({ written }) => written)).toEqual(['${A}', '${B}']);
  });
});
