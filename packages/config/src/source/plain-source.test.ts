import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainSource } from './plain-source.ts';

const read = (text: string, env: Readonly<Record<string, string>> = {}) =>
  plainSource(text, { file: 'gate.yaml', env });

describe('a file as plain data', () => {
  it.each([
    ['texts, numbers and lists', 'a: [1, "x", true, null]\n', { a: [1, 'x', true, null] }],
    ['JSON', '{"a": {"b": [1.5]}}', { a: { b: [1.5] } }],
    ['aliases', 'a: &x { b: 1 }\nc: *x\n', { a: { b: 1 }, c: { b: 1 } }],
    ['names that every object has', '{"constructor": 1, "toString": 2}', { constructor: 1, toString: 2 }],
  ])('has %s', (_, text, source) => {
    expect(read(text)).toMatchObject({ source, unset: [] });
  });

  it('keeps `__proto__` as a name', () => {
    const result = read('{"__proto__": {"polluted": true}}');
    expect(JSON.stringify(result)).toContain('"__proto__":{"polluted":true}');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.each([
    ['${NAME}', 'abc', 'abc'],
    ['${NAME}', '8080', 8080],
    ['${NAME}', '1.0', '1.0'],
    ['${NAME}', '007', '007'],
    ['${NAME}', 'true', true],
    ['http://${NAME}/x', '8080', 'http://8080/x'],
    ['$${NAME}', 'abc', '${NAME}'],
  ])('puts variables in: %s', (written, value, expected) => {
    expect(read(`a: "${written}"`, { NAME: value })).toMatchObject({ source: { a: expected }, unset: [] });
  });

  it.each([
    ['version: 1.0', { version: '1.0' }],
    ['version: "1.0"', { version: '1.0' }],
    ['apiKey: 12345678901234567890', { apiKey: '12345678901234567890' }],
    ['secret: 007', { secret: '007' }],
    ['secrets: [1e3, 0x10]', { secrets: ['1e3', '0x10'] }],
    ['name: true', { name: 'true' }],
    ['team: ', { team: null }],
    ['limit: 1e3', { limit: 1000 }],
    ['version: { a: 1 }', { version: { a: 1 } }],
    ['mock: { body: { version: 1.0, list: [{ name: 2 }] } }', { mock: { body: { version: 1, list: [{ name: 2 }] } } }],
  ])('has as it is written what is always a text: %s', (text, source) => {
    expect(read(text)).toMatchObject({ source });
  });

  it('has variables as they are where a text stands', () => {
    const text = '{ apiKey: "${N}", secrets: ["${N}"], limit: "${N}" }';
    expect(read(text, { N: '12345678' })).toMatchObject({
      source: { apiKey: '12345678', secrets: ['12345678'], limit: 12_345_678 },
    });
  });

  it('tells of variables that are not set, where a value is nothing else', () => {
    const result = read('ai: { providers: { "a.b": { apiKey: "${KEY}" } }, list: ["${OTHER}"] }');
    expect(result).toMatchObject({
      source: { ai: { providers: { 'a.b': { apiKey: '***' } }, list: ['***'] } },
      unset: [
        { name: 'KEY', path: 'ai.providers["a.b"].apiKey' },
        { name: 'OTHER', path: 'ai.list[0]' },
      ],
    });
  });

  it.each([
    ['a: "http://${NAME}"', 'the environment variable `NAME` is not set'],
    ['a: "${"', 'not closed'],
    ['a: [', 'gate.yaml'],
  ])('has problems with their place: %s', (text, message) => {
    const result = read(text);
    expect('problems' in result && JSON.stringify(result.problems)).toContain(message);
  });

  it('knows where things stand', () => {
    const result = read('gatehouse: 1\napis:\n  users:\n    routes:\n      - { path: /a }\n      - { path: /b }\n');
    if ('problems' in result) throw new Error('it is right');
    expect(result.placeOf('apis.users')).toEqual({ line: 3, column: 3 });
    expect(result.placeOf('apis.users.routes[1].path')).toEqual({ line: 6, column: 11 });
    expect(result.placeOf('apis.users.routes[7].path')).toEqual({ line: 4, column: 5 });
    expect(result.placeOf('apis.other.upstream')).toEqual({ line: 2, column: 1 });
    expect(result.placeOf('nothing')).toEqual({ line: 1, column: 1 });
  });

  it('knows where things stand whose names have dots, dashes and spaces', () => {
    const result = read('ai:\n  models:\n    gpt-4.1: { targets: [] }\n    "a b/c.d":\n      targets: 1\n');
    if ('problems' in result) throw new Error('it is right');
    expect(result.placeOf('ai.models.gpt-4.1')).toEqual({ line: 3, column: 5 });
    expect(result.placeOf('ai.models.a b/c.d')).toEqual({ line: 4, column: 5 });
    expect(result.placeOf('ai.models.a b/c.d.targets')).toEqual({ line: 5, column: 7 });
  });

  it('ends with aliases of aliases', () => {
    const lines = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &x${n + 1} [*x${n}, *x${n}]`);
    const result = read(`a0: &x0 [1]\n${lines.join('\n')}\n`);
    expect('problems' in result).toBe(true);
  });

  it('is what JSON says, for all JSON', () => {
    const plain = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('${'));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 5 }), plain), (json) => {
        const value = { body: json };
        const result = read(JSON.stringify(value));
        expect('source' in result && JSON.stringify(result.source)).toBe(JSON.stringify(value));
      }),
    );
  });
});
