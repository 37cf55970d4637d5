import { describe, expect, it } from 'vitest';
import { ownMigrations, statementsIn } from './migrate.ts';

describe('a file of SQL', () => {
  const cases: Readonly<Record<string, readonly [sql: string, statements: readonly string[]]>> = {
    'is statements that end with a semicolon': ['A;\nB\n  C;\n', ['A', 'B\n  C']],
    'may lack the last semicolon': ['A;\n\nB', ['A', 'B']],
    'has comments, which are nobody’s': ['-- a; b;\nA;\n  -- c;\nB;\n', ['A', 'B']],
    'has statements that go on in indented lines': [
      'A BEGIN\n  x;\n  y;\n  END;\nB;\n',
      ['A BEGIN\n  x;\n  y;\n  END', 'B'],
    ],
    'has semicolons within lines': ["A ';' b;\nB;", ["A ';' b", 'B']],
    'may be empty': ['-- nothing;\n', []],
  };
  for (const [name, [sql, statements]] of Object.entries(cases)) {
    it(name, () => expect(statementsIn(sql)).toEqual(statements));
  }
});

it('both databases go through the same migrations, in their order', () => {
  const [sqlite, postgres] = [ownMigrations('sqlite'), ownMigrations('postgres')];
  const names = sqlite.map(({ name }) => name);
  expect(postgres.map(({ name }) => name)).toEqual(names);
  expect([names[0], names, new Set(names).size]).toEqual(['001-facts', names.toSorted(), names.length]);
});
