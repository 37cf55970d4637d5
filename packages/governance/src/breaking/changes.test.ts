import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { breakingReference } from './breaking-reference.ts';
import { CHANGES, messageOf } from './changes.ts';
import { VARIANCE } from './variance.ts';

const FOLDER = path.join(import.meta.dirname, 'compare');
const SOURCES = readdirSync(FOLDER).map((file) => readFileSync(path.join(FOLDER, file), 'utf8'));

describe('the table of changes', () => {
  it.each([...CHANGES])('has a plain id and one clear line for %s', (id, { wording }) => {
    expect(id).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
    expect(wording).toMatch(/^[^A-Z{][^\n]*[^.]$|^\{what\}/);
    expect(breakingReference()).toContain(`| \`${id}\` |`);
  });

  it('is the only place where an id is made: what the code says of schemas is in it', () => {
    const said = SOURCES.flatMap((text) =>
      [...text.matchAll(/find\(shapes, '([a-z-]+)'/g)].map(([, fact = '']) => fact),
    );
    expect(said.length).toBeGreaterThan(20);
    expect(said.filter((fact) => !VARIANCE.has(fact))).toEqual([]);
  });

  it('calls nothing harmless both ways that narrows or widens', () => {
    for (const [fact, { request, response }] of VARIANCE) {
      if (/-(?:narrowed|widened|lowered|raised)$/.test(fact))
        expect([request, response].toSorted()).toEqual(['error', 'info']);
    }
  });
});

describe('messages', () => {
  it.each([
    ['{what} was removed', { what: 'a' }, 'a was removed'],
    ['from {from} to {to}', { from: '1', to: '2' }, 'from 1 to 2'],
    ['from {from} to {to}', {}, 'from  to '],
    ['{what}', { what: 'a\nb\u001b[31m\u2028c' }, 'a b [31m c'],
    ['{what}', { what: '{to}', to: 'x' }, '{to}'],
    ['{what}', { what: '$&' }, '$&'],
    ['{what}', { what: 'x'.repeat(300) }, `${'x'.repeat(200)}…`],
  ])('%j with %j', (wording, filling, expected) => {
    expect(messageOf(wording, filling)).toBe(expected);
  });
});
