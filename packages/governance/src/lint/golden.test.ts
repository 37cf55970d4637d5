import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseSpec, type SpecDocument } from '../document/spec-document.ts';
import { lint } from './lint.ts';
import { PACKS } from './packs.ts';

const NOW = Date.parse('2026-06-01');
const FIXTURES = path.join(import.meta.dirname, '__fixtures__');

function fixture(name: string): SpecDocument {
  return parseSpec(readFileSync(path.join(FIXTURES, name), 'utf8'), name);
}

/** Of the families of consistency and versioning, one a line. */
function found(document: SpecDocument, pack = 'recommended'): readonly string[] {
  return lint(document, { pack, nowMs: NOW })
    .findings.filter(({ rule }) => /^[CV]/.test(rule))
    .map(({ line, column, rule, severity, path: pointer }) => `${line}:${column} ${rule} ${severity} ${pointer}`);
}

describe('whole documents', () => {
  it('finds in a bad one what is there, where it is', () => {
    expect(found(fixture('bad-shop.yaml'))).toEqual([
      '2:1 V07 error /info',
      '2:1 V12 error /info',
      '2:1 V12 error /info',
      '4:3 V01 error /info/version',
      '6:5 V03 warning /servers/0/url',
      '8:3 C01 error /paths/~1Users~1',
      '8:3 C04 error /paths/~1Users~1',
      '9:5 C17 error /paths/~1Users~1/get',
      '10:7 C11 info /paths/~1Users~1/get/operationId',
      '12:11 C09 error /paths/~1Users~1/get/parameters/0/name',
      '15:11 C23 warning /paths/~1Users~1/get/parameters/1',
      '18:7 C21 error /paths/~1Users~1/get/responses',
      '23:15 C16 error /paths/~1Users~1/get/responses/200/content/application~1json/schema',
      '26:3 C02 warning /paths/~1user~1{userId}',
      '27:5 C06 error /paths/~1user~1{userId}/get',
      '27:5 C11 error /paths/~1user~1{userId}/get',
      '30:9 C20 error /paths/~1user~1{userId}/get/responses/404',
      '33:5 C06 error /paths/~1user~1{userId}/patch',
      '35:21 C24 warning /paths/~1user~1{userId}/patch/requestBody/content',
      '36:7 C21 error /paths/~1user~1{userId}/patch/responses',
      '37:5 C06 error /paths/~1user~1{userId}/delete',
      '39:7 C18 warning /paths/~1user~1{userId}/delete/requestBody',
      '40:7 C21 error /paths/~1user~1{userId}/delete/responses',
      '40:19 C19 warning /paths/~1user~1{userId}/delete/responses/204',
      '41:3 C02 warning /paths/~1user~1{id}',
      '41:3 C05 error /paths/~1user~1{id}',
      '42:5 C06 error /paths/~1user~1{id}/get',
      '42:11 V05 error /paths/~1user~1{id}/get/deprecated',
      '42:11 V05 error /paths/~1user~1{id}/get/deprecated',
      '42:29 C11 error /paths/~1user~1{id}/get/operationId',
      '42:53 C21 error /paths/~1user~1{id}/get/responses',
      '42:65 V10 warning /paths/~1user~1{id}/get/responses/200',
      '45:5 C26 error /components/schemas/Unused',
      '49:9 C08 error /components/schemas/User/properties/firstName',
      '50:9 C13 warning /components/schemas/User/properties/created',
      '51:9 C14 warning /components/schemas/User/properties/age',
      '52:9 C22 warning /components/schemas/User/properties/active',
      '53:31 C12 warning /components/schemas/User/properties/state/enum',
      '53:31 V08 warning /components/schemas/User/properties/state/enum',
      '54:9 C15 warning /components/schemas/User/properties/price',
      '55:9 C15 warning /components/schemas/User/properties/country',
      '56:15 C26 error /components/schemas/User/properties/ref/$ref',
    ]);
  });

  it('finds the same in JSON', () => {
    const yaml = fixture('bad-shop.yaml');
    const json = parseSpec(JSON.stringify(yaml.root, null, 2), 'a.json');
    const withoutPlaces = (lines: readonly string[]): readonly string[] => {
      return lines.map((line) => line.replace(/^\S+ /, '')).toSorted();
    };
    expect(withoutPlaces(found(json))).toEqual(withoutPlaces(found(yaml)));
  });

  it.each(['good-orders.yaml'])('finds nothing in %s', (name) => expect(found(fixture(name))).toEqual([]));

  it('finds nothing in a good document whatever patch version, layout or version of OpenAPI it has', () => {
    const { root } = fixture('good-orders.yaml');
    for (const openapi of ['3.0.0', '3.0.4', '3.1.1', '3.2.0']) {
      const text = stringify({ ...Object(root), openapi }, { collectionStyle: 'flow' });
      expect(found(parseSpec(text, 'a.yaml'))).toEqual([]);
    }
  });

  it.each<[pack: string, rules: readonly string[], none: readonly string[]]>([
    ['strict', ['C01', 'C02', 'V08'], []],
    ['owasp-2023', ['C20', 'C21', 'C26'], ['C01', 'C08', 'V12']],
    ['zalando', ['C01', 'C08', 'C12', 'V12'], ['C05', 'V03']],
    ['google-aip', ['C02', 'C05', 'V07'], ['C01', 'C10', 'V12']],
    ['azure', ['C01', 'C17', 'V01'], ['C02', 'V12']],
    ['agent-ready', ['C06', 'C11', 'C20', 'V12'], ['C01', 'C08']],
    ['public-sector', ['C01', 'C18', 'V12'], ['C08', 'C22']],
    ['none', [], ['C01', 'V01']],
  ])('goes by %s', (pack, rules, none) => {
    const ids = new Set(found(fixture('bad-shop.yaml'), pack).map((line) => line.split(' ')[1]));
    for (const id of rules) expect(ids).toContain(id);
    for (const id of none) expect(ids).not.toContain(id);
  });

  it('takes camelCase for right under packs that want it, and says so of the rest', () => {
    const of = (pack: string): readonly string[] =>
      found(fixture('bad-shop.yaml'), pack).filter((line) => line.includes(' C08 '));
    expect(of('azure')).toEqual([]);
    expect(of('zalando')).toHaveLength(1);
    expect(Object.keys(PACKS)).toHaveLength(9);
  });

  it('names no part of another document in what it says', () => {
    const { findings } = lint(fixture('bad-shop.yaml'), { nowMs: NOW });
    for (const { message } of findings) expect(message).not.toMatch(/undefined|\[object|null,/);
  });
});
