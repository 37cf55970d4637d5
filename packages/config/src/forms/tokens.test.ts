import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { textProblem } from '../source/read-scalar.ts';
import { viewOf } from '../source/schema-view.ts';
import {
  digestText,
  headerNameText,
  labelText,
  method,
  methodText,
  modelNameText,
  nameText,
  secretText,
} from './tokens.ts';

const description = 'A field.';

interface Case {
  readonly schema: TSchema;
  readonly accepts: readonly string[];
  readonly refuses: readonly string[];
  readonly says: RegExp;
}

const cases: Readonly<Record<string, Case>> = {
  nameText: {
    schema: nameText({ description }),
    accepts: ['a', 'users', 'users-v2', 'A.b_c-1', '0', 'constructor', 'x'.repeat(64)],
    refuses: ['', '-a', '.a', '_a', '__proto__', 'a b', 'a/b', 'a:b', 'ü', 'a\n', 'x'.repeat(65)],
    says: /^is not a name, write 1 to 64 letters/,
  },
  modelNameText: {
    schema: modelNameText({ description }),
    accepts: ['gpt-5-mini', 'meta/llama-3.1@latest', 'a:b', 'with spaces', 'größer', '__proto__', '*'],
    refuses: ['', 'a\nb', 'a\u0000', 'x'.repeat(257)],
    says: /^is not the name of a model/,
  },
  labelText: {
    schema: labelText({ description }),
    accepts: ['Users', '1.0.0', 'Payments & Billing', 'ü'],
    refuses: ['', 'two\nlines', '\u0007', 'x'.repeat(201)],
    says: /^is not a label/,
  },
  headerNameText: {
    schema: headerNameText({ description }),
    accepts: ['x-beta', 'X-Beta', "a!#$%&'*+.^_`|~1"],
    refuses: ['', 'x y', 'x:', 'x\r\n', 'ü', 'a(b)'],
    says: /^is not the name of a header/,
  },
  methodText: {
    schema: methodText({ description }),
    accepts: ['GET', 'get', '*', 'PURGE'],
    refuses: ['', 'GET ', 'GET,POST', '**', 'M-SEARCH', 'X'.repeat(33)],
    says: /^is not a method/,
  },
  secretText: {
    schema: secretText({ description }),
    accepts: ['s', 'gh_0123', '!~'],
    refuses: ['', 'two words', 'line\n', 'ü', 'a\u007f', '\ttab'],
    says: /^is empty or holds a space/,
  },
  digestText: {
    schema: digestText({ description }),
    accepts: ['0'.repeat(64), 'AbCdEf01'.repeat(8)],
    refuses: ['', '0'.repeat(63), '0'.repeat(65), 'g'.repeat(64)],
    says: /^is not a SHA-256/,
  },
};

for (const [name, { schema, accepts, refuses, says }] of Object.entries(cases)) {
  describe(name, () => {
    for (const text of accepts) {
      it(`accepts ${JSON.stringify(text)}`, () => {
        expect(textProblem(text, viewOf(schema))).toBeUndefined();
        expect(Check(schema, text)).toBe(true);
      });
    }
    for (const text of refuses) {
      it(`refuses ${JSON.stringify(text)}`, () => {
        expect(textProblem(text, viewOf(schema))).toMatch(says);
        expect(Check(schema, text)).toBe(false);
      });
    }
  });
}

describe('method', () => {
  it('is read in any case and told in upper case', () => {
    expect(['get', 'Post', '*'].map(method)).toEqual(['GET', 'POST', '*']);
  });
});
