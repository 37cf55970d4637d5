import { describe, expect, it } from 'vitest';
import { parseSpec, UnreadableDocument } from '../document/spec-document.ts';
import { lint } from './lint.ts';
import { parseRuleset } from './parse-ruleset.ts';
import type { Ruleset } from './ruleset.ts';
import { SPECTRAL_NAMES } from './spectral/spectral-names.ts';

const rulesetOf = (text: string, file = 'api/openapi.yaml'): Ruleset =>
  parseRuleset(parseSpec(text, 'ruleset.yaml'), { file });

const DOCUMENT = parseSpec(
  `openapi: 3.1.0
info: { title: shop api, version: 1.0.0, description: "" }
tags: [{ name: b }, { name: a }]
paths:
  /Orders:
    get: { summary: List orders., responses: { "200": { description: ok } } }
    post: { summary: Make, x-owner: team, responses: { "201": { $ref: "#/components/responses/Made" } } }
components:
  responses: { Made: { description: made }, Old: { description: old } }
`,
  'openapi.yaml',
);

const rule = (given: string, then: string, more = ''): string =>
  `rules:\n  mine: { given: ${JSON.stringify(given)}, then: ${then}${more} }\n`;

function found(ruleset: string): readonly string[] {
  return lint(DOCUMENT, { ruleset: rulesetOf(ruleset), nowMs: 0 }).findings.map(
    ({ rule: name, path, message }) => `${name} ${path} ${message}`,
  );
}

describe("a rule of a customer's own", () => {
  it.each<[given: string, then: string, paths: readonly string[]]>([
    ['$.info', '{ field: contact, function: truthy }', ['/info/contact']],
    ['$.info', '{ field: description, function: truthy }', ['/info/description']],
    ['$.info', '{ field: title, function: truthy }', []],
    ['$.info', '{ field: description, function: defined }', []],
    ['$.info', '{ field: title, function: undefined }', ['/info/title']],
    ['$.info', '{ field: title, function: falsy }', ['/info/title']],
    ['$.info', '{ field: contact.name, function: truthy }', ['/info/contact/name']],
    ['$.info.title', '{ function: pattern, functionOptions: { match: "^[A-Z]" } }', ['/info/title']],
    ['$.info.title', '{ function: pattern, functionOptions: { match: "/^SHOP/i" } }', []],
    [
      '$.paths[*][*].summary',
      '{ function: pattern, functionOptions: { notMatch: "\\\\.$" } }',
      ['/paths/~1Orders/get/summary'],
    ],
    [
      '$.paths',
      '{ field: "@key", function: casing, functionOptions: { type: kebab, separator: { char: /, allowLeading: true } } }',
      ['/paths/~1Orders'],
    ],
    ['$.paths[*]~', '{ function: pattern, functionOptions: { match: "^/[a-z]" } }', ['/paths/~1Orders']],
    ['$.info.title', '{ function: casing, functionOptions: { type: camel } }', ['/info/title']],
    ['$.info.title', '{ function: length, functionOptions: { min: 20 } }', ['/info/title']],
    ['$.tags', '{ function: length, functionOptions: { max: 1 } }', ['/tags']],
    ['$.info.version', '{ function: enumeration, functionOptions: { values: ["1.0.0"] } }', []],
    ['$.info.version', '{ function: enumeration, functionOptions: { values: ["2.0.0"] } }', ['/info/version']],
    ['$.tags', '{ function: alphabetical, functionOptions: { keyedBy: name } }', ['/tags']],
    [
      '$.tags[*]',
      '{ function: schema, functionOptions: { schema: { required: [description] } } }',
      ['/tags/0', '/tags/1'],
    ],
    ['$.paths[*][*]', '{ function: xor, functionOptions: { properties: [x-owner, x-team] } }', ['/paths/~1Orders/get']],
    ['$.paths[*][*]', '{ function: or, functionOptions: { properties: [x-owner, summary] } }', []],
    [
      '$.paths..responses[*].description',
      '{ function: pattern, functionOptions: { match: "^ok$" } }',
      ['/components/responses/Made/description'],
    ],
    [
      '$.components.responses',
      '{ function: unreferencedReusableObject, functionOptions: { reusableObjectsLocation: "#/components/responses" } }',
      ['/components/responses/Old'],
    ],
    [
      '$.info',
      '[{ field: contact, function: truthy }, { field: license, function: truthy }]',
      ['/info/contact', '/info/license'],
    ],
  ])('%s %s', (given, then, paths) => {
    expect(found(rule(given, then)).map((line) => line.split(' ')[1])).toEqual(paths);
  });

  it('says what it was given to say', () => {
    const message = 'message: "{{property}} of {{path}}: {{error}} ({{value}}, {{description}})", description: d';
    expect(found(rule('$.info', '{ field: title, function: falsy }', `, ${message}`))).toEqual([
      'mine /info/title title of /info/title: must not be there ("shop api", d)',
    ]);
  });

  it('finds its way through aliases', () => {
    const aliases = 'aliases: { Paths: ["$.paths"], Operations: ["#Paths[*][get,post]"] }\n';
    expect(found(aliases + rule('#Operations.summary', '{ function: falsy }'))).toHaveLength(2);
  });

  it('is told once where two paths lead to one place', () => {
    expect(
      found('rules: { mine: { given: [$.info, $.info], then: { field: contact, function: truthy } } }'),
    ).toHaveLength(1);
  });

  it('has its severity, and warning without one', () => {
    const severityOf = (more: string): unknown =>
      lint(DOCUMENT, { ruleset: rulesetOf(rule('$.info', '{ field: x, function: truthy }', more)), nowMs: 0 })
        .findings[0]?.severity;
    expect(['', ', severity: error', ', severity: 0', ', severity: hint', ', severity: warn'].map(severityOf)).toEqual([
      'warning',
      'error',
      'error',
      'info',
      'warning',
    ]);
  });
});

describe('a ruleset', () => {
  const levels = (text: string, file?: string): Readonly<Record<string, string>> =>
    Object.fromEntries(rulesetOf(text, file).rules.map(([{ id }, level]) => [id, level]));

  it('extends packs in turn and switches rules, by our names and by those of Spectral', () => {
    const chosen = levels('extends: [recommended]\nrules: { C02: error, C03: off, path-params: warn, C01: true }\n');
    expect(chosen).toMatchObject({ C01: 'error', C02: 'error', C06: 'warning' });
    expect(chosen).not.toHaveProperty('C03');
  });

  it.each([
    'extends: spectral:oas',
    'extends: [[spectral:oas, all]]',
    'extends: recommended',
    'extends: [none, recommended]',
  ])('of %s has all rules', (text) => expect(levels(text)).toEqual(levels('extends: recommended')));

  it.each(['extends: none', 'extends: [[spectral:oas, off]]', '{}'])('of %s has none', (text) => {
    expect(levels(text)).toEqual({});
  });

  it('switches off what only Spectral has, and does not promise it', () => {
    expect(levels('rules: { oas3-schema: off, array-items: false }')).toEqual({});
    expect(() => levels('rules: { oas3-schema: error }')).toThrow(/no rule is named `oas3-schema`/);
  });

  it.each([...SPECTRAL_NAMES])('switches by %s a rule that there is, %s', (name, id) => {
    expect(levels(`rules: { "${name}": warn }`)).toEqual({ [id]: 'warning' });
  });

  it.each([
    ['extends: recommended', 'requests'],
    ['extends: owasp-2023', 'everywhere'],
    ['extends: strict\noptions: { limits: requests }', 'requests'],
    ['extends: none\noptions: { limits: everywhere }', 'everywhere'],
  ])('of %s asks for limits of %s', (text, limits) => expect(rulesetOf(text).options).toMatchObject({ limits }));

  it('has options', () => {
    const { options } = rulesetOf(
      'options: { property_case: camelCase, pagination: cursor, grace_days: { stable: 180 } }',
    );
    expect(options).toMatchObject({
      propertyCase: 'camelCase',
      pagination: 'cursor',
      graceDays: { stable: 180, beta: 30 },
    });
  });

  it.each([
    ['*.yaml', true],
    ['api/*.yaml', true],
    ['**/openapi.yaml', true],
    ['./api/**', true],
    ['*.json', false],
    ['other/**', false],
  ])('says something else of files like %s', (glob, matches) => {
    const text = `rules: { C01: error }\noverrides: [{ files: ["${glob}"], rules: { C01: off } }]\n`;
    expect('C01' in levels(text)).toBe(!matches);
  });

  it.each<[string, RegExp, number]>([
    ['extends: ./other.yaml', /cannot be extended/, 1],
    ['extends: [https://example.com/a.yaml]', /cannot be extended/, 1],
    ['functions: [mine]', /`functions` is not supported/, 1],
    ['rules:\n  C99: error', /no rule is named `C99`/, 2],
    ['rules:\n  C01: loud', /is no severity/, 2],
    ['rules:\n  C01: { given: $, then: { function: truthy } }', /another name/, 2],
    ['rules:\n  mine: { given: "$.a[1:2]", then: { function: truthy } }', /not supported/, 2],
    ['rules:\n  mine: { given: "#None", then: { function: truthy } }', /no alias/, 2],
    ['aliases: { A: ["#A"] }\nrules:\n  mine: { given: "#A", then: { function: truthy } }', /circle/, 3],
    ['rules:\n  mine: { given: $, then: { function: mine } }', /`mine` is not supported/, 2],
    ['rules:\n  mine: { given: $, then: { function: pattern } }', /needs `functionOptions`/, 2],
    ['rules:\n  mine: { given: $, then: { function: pattern, functionOptions: { match: "(" } } }', /no regular/, 2],
    ['rules:\n  mine: { given: $, then: { function: truthy }, script: x }', /`script`/, 2],
    ['rules:\n  mine: { given: $, severity: 9, then: { function: truthy } }', /no severity/, 2],
    ['rules:\n  mine: { given: $ }', /expected `function`/, 2],
    ['rules: []', /expected names/, 1],
    ['[]', /no ruleset/, 1],
    ['options: { case: x }', /no option is named/, 1],
    ['options:\n  property_case: Snake', /takes snake_case/, 2],
    ['options: { grace_days: { later: 1 } }', /takes days/, 1],
    ['options: { limits: replies }', /takes requests, everywhere/, 1],
    ['overrides: [{ files: ["a.yaml#/info"], rules: {} }]', /--waivers/, 1],
    ['overrides: [{ rules: {} }]', /`files`/, 1],
  ])('refuses %s', (text, message, line) => {
    try {
      rulesetOf(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableDocument);
      expect(error).toMatchObject({ message: expect.stringMatching(message), place: { line } });
    }
  });
});
