import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../__fixtures__/test-spool.ts';
import { BEGINNING, parsePlace, PlaceFile } from './place-file.ts';

describe('PlaceFile', () => {
  it('gives back what it was given, and leaves nothing else behind', async () => {
    const dir = path.join(temporaryFolder(), 'made');
    const file = new PlaceFile(path.join(dir, 'a.json'));
    expect(file.load()).toBeUndefined();
    for (const place of [BEGINNING, { sequence: 7, offset: 24, lines: 3 }]) {
      await file.save(place);
      expect(new PlaceFile(path.join(dir, 'a.json')).load()).toEqual(place);
    }
    expect(readdirSync(dir)).toEqual(['a.json']);
    await file.remove();
    await file.remove();
    expect(file.load()).toBeUndefined();
  });

  it('begins anew where what is there cannot be read', () => {
    const file = path.join(temporaryFolder(), 'a.json');
    writeFileSync(file, '');
    expect(new PlaceFile(file).load()).toEqual(BEGINNING);
  });

  it('reads no place out of anything else', () => {
    for (const text of [
      '',
      '{',
      '7',
      'null',
      '[]',
      '{}',
      '{"sequence":-1,"offset":0,"lines":0}',
      '{"sequence":1,"offset":"2","lines":0}',
    ]) {
      expect(parsePlace(text)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const place = parsePlace(text);
        expect(place === undefined || Object.values(place).every((value) => Number.isSafeInteger(value))).toBe(true);
      }),
    );
  });
});
