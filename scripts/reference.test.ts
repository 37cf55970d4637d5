import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedGuides, GUIDES_DIR, REFERENCE_DIR, references } from './reference.ts';

describe('docs/reference', () => {
  for (const [name, text] of Object.entries(references())) {
    it(`holds ${name} as the program has it; otherwise run npm run reference`, () => {
      expect(readFileSync(path.join(REFERENCE_DIR, name), 'utf8')).toBe(text);
    });
  }

  for (const [name, text] of Object.entries(generatedGuides())) {
    it(`stands beside ${name} as the program has it`, () => {
      expect(readFileSync(path.join(GUIDES_DIR, name), 'utf8')).toBe(text);
    });
  }

  it('holds nothing that is not generated', () => {
    expect(readdirSync(REFERENCE_DIR).toSorted()).toEqual(Object.keys(references()));
  });

  it('names no machine', () => {
    for (const text of Object.values(references())) expect(text).not.toMatch(/\/(?:home|root|Users|work)\//);
  });
});
