import { readdirSync, readFileSync } from 'node:fs';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { POLICIES } from '../__fixtures__/compile-text.ts';
import { configJsonSchema } from './json-schema.ts';

const FOLDER = new URL('../__fixtures__/golden/', import.meta.url);
const schema = configJsonSchema(POLICIES);

/** As an editor sees the file: variables are texts. */
const accepts = (text: string): boolean => Check(schema, parse(text));

describe('configJsonSchema', () => {
  it('is plain JSON of the draft that it names', () => {
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(JSON.stringify(schema)).not.toContain('~kind');
  });

  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  for (const name of files.map((file) => file.replace('.json', '.yaml'))) {
    const text = readFileSync(new URL(name, FOLDER), 'utf8');
    it(`accepts ${name}, in which nothing is wrong`, () => expect(accepts(text)).toBe(true));
  }

  it('asks for what has no default, and for nothing else', () => {
    expect(accepts('gatehouse: 1\n')).toBe(true);
    expect(accepts('gatehouse: 1\nupstreams: { a: { targets: [ "http://h" ] } }\n')).toBe(true);
    expect(accepts('{}')).toBe(false);
    expect(accepts('gatehouse: 1\nupstreams: { a: {} }\n')).toBe(false);
  });

  it('takes variables for all values but not for keys', () => {
    const upstream = '{ targets: [ { url: "${URL}", weight: "${WEIGHT}" } ], timeouts: { idle: "${IDLE}" } }';
    expect(accepts(`gatehouse: 1\nupstreams: { a: ${upstream} }\n`)).toBe(true);
    expect(accepts('gatehouse: 1\napis: { a: { stripBasePath: "${STRIP}", version: 1.0 } }\n')).toBe(true);
    expect(accepts('gatehouse: 1\nupstreams: { "${NAME}": { targets: [ "http://h" ] } }\n')).toBe(false);
  });

  it('takes nothing for what may be empty, as reading does', () => {
    expect(accepts('gatehouse: 1\napis:\napplications: { a: }\nai: { models: }\n')).toBe(true);
    expect(accepts('gatehouse: 1\nupstreams: { a: }\n')).toBe(false);
    expect(accepts('gatehouse: 1\nupstreams: { a: { targets: } }\n')).toBe(false);
  });

  const refused: Readonly<Record<string, string>> = {
    'another version': 'gatehouse: 2\n',
    'an unknown field': 'gatehouse: 1\nupstrems: {}\n',
    'an unknown field of a policy': 'gatehouse: 1\napis: { a: { policies: [ { stamp: { text: 10s, txet: 1 } } ] } }\n',
    'an unknown policy': 'gatehouse: 1\napis: { a: { policies: [ { satmp: { text: 10s } } ] } }\n',
    'two policies in one item': 'gatehouse: 1\napis: { a: { policies: [ { stamp: { text: 10s }, headers: {} } ] } }\n',
    'an improper name': 'gatehouse: 1\napis: { "a b": {} }\n',
    'an improper duration': 'gatehouse: 1\nupstreams: { a: { targets: [ "http://h" ], timeouts: { idle: 5 s } } }\n',
    'an improper value': 'gatehouse: 1\napis: { a: { access: everybody } }\n',
  };
  for (const [name, text] of Object.entries(refused)) {
    it(`refuses ${name}`, () => expect(accepts(text)).toBe(false));
  }

  it('describes every field', () => {
    const bare: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const properties = new Map(Object.entries(node)).get('properties');
      for (const [name, child] of Object.entries(properties ?? {})) {
        const described = typeof child === 'object' && child !== null && 'description' in child;
        if (!described && !path.includes('policies')) bare.push(`${path}.${name}`);
      }
      for (const [key, child] of Object.entries(node)) visit(child, `${path}.${key}`);
    };
    visit(schema, '');
    expect(bare).toEqual([]);
  });
});
