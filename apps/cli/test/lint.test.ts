import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, type Exit } from './spawned-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const USERS = path.join(import.meta.dirname, '../../../examples/users/openapi.yaml');
const BAD = `openapi: 3.1.0
info: { title: a, version: v1 }
paths:
  /userAccounts/{id}:
    get:
      parameters: [{ name: id, in: path, schema: { type: string } }]
      responses: { "200": { description: ok } }
`;

interface Laid {
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** Runs in a folder that holds the files. */
async function lint({ files, args }: Laid): Promise<Exit & { readonly folder: string }> {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return { ...(await run(['lint', ...args], { cwd: folder })), folder };
}

describe('gatehouse lint', () => {
  it('finds nothing in the document of the reference service', async () => {
    const { code, out } = await run(['lint', USERS, '--fail-on', 'info', '--json']);
    expect({ code, out: JSON.parse(out) }).toMatchObject({ code: 0, out: { grade: 'A', findings: [] } });
  });

  it('says as JSON exactly what pipelines go by', async () => {
    const { code, out, err } = await lint({ files: { 'a.yaml': BAD }, args: ['a.yaml', '--json'] });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const result: unknown = JSON.parse(out);
    expect(Object.keys(Object(result))).toEqual(['grade', 'scores', 'findings']);
    expect(result).toMatchObject({
      grade: expect.stringMatching(/^[ABCDF]$/),
      scores: { overall: expect.any(Number), consistency: expect.any(Number) },
      findings: expect.arrayContaining([
        {
          rule: 'C01',
          severity: 'error',
          message: '`userAccounts` is not kebab-case, `user-accounts` is',
          path: '/paths/~1userAccounts~1{id}',
          line: 4,
          column: 3,
        },
      ]),
    });
  });

  it('gives a list for several documents, in their order', async () => {
    const { out } = await lint({ files: { 'a.yaml': BAD }, args: ['a.yaml', USERS, '--json'] });
    expect(JSON.parse(out)).toMatchObject([{ findings: expect.any(Array) }, { grade: 'A' }]);
  });

  it('says it to people, with the grade and what to mend first', async () => {
    const { code, out } = await lint({ files: { 'a.yaml': BAD }, args: ['a.yaml'] });
    expect(code).toBe(1);
    expect(out).toMatch(/^a\.yaml\n/);
    expect(out).toMatch(/^ {2,}4:3 {2}error {4}C01 {2}`userAccounts` is not kebab-case/m);
    expect(out).toMatch(/^ {2}[ABCDF] {2}\d+ of 100: consistency \d+/m);
    expect(out).toMatch(/^ {2}next: \w+ \(\d+ findings?\) \+[\d.]+/m);
    expect(out).toMatch(/^ {2}\d+ errors, \d+ warnings, \d+ info$/m);
  });

  it('says it to code hosts as SARIF 2.1.0', async () => {
    const { out } = await lint({ files: { 'a.yaml': BAD }, args: ['a.yaml', '--sarif'] });
    expect(JSON.parse(out)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: { name: 'gatehouse lint', rules: expect.arrayContaining([expect.objectContaining({ id: 'C01' })]) },
          },
          results: expect.arrayContaining([
            expect.objectContaining({
              ruleId: 'C01',
              level: 'error',
              locations: [
                {
                  physicalLocation: { artifactLocation: { uri: 'a.yaml' }, region: { startLine: 4, startColumn: 3 } },
                  logicalLocations: [{ fullyQualifiedName: '/paths/~1userAccounts~1{id}' }],
                },
              ],
            }),
          ]),
        },
      ],
    });
  });

  it('fails from the level on that it was told', async () => {
    const codes = ['error', 'warning', 'info', 'never'].map(async (level) => {
      const files = { 'a.yaml': BAD, 'rules.yaml': 'rules: { C01: warning }' };
      return (await lint({ files, args: ['a.yaml', '--ruleset', 'rules.yaml', '--fail-on', level] })).code;
    });
    expect(await Promise.all(codes)).toEqual([0, 1, 1, 0]);
  });

  it('tells only what is new since a baseline', async () => {
    const first = await lint({
      files: { 'a.yaml': BAD },
      args: ['a.yaml', '--baseline', 'b.json', '--write-baseline'],
    });
    expect(first.code).toBe(0);
    const baseline = readFileSync(path.join(first.folder, 'b.json'), 'utf8');
    const moved = `# a line more\n${BAD}  /Orders: {}\n`;
    const files = { 'a.yaml': moved, 'b.json': baseline };
    const { code, out } = await lint({ files, args: ['a.yaml', '--baseline', 'b.json', '--json'] });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ findings: [{ rule: 'C01', path: '/paths/~1Orders', line: 9 }] });
  });

  it('takes waived findings away, and says which waivers have expired', async () => {
    const waiver = (rule: string, expires: string): string =>
      `  - { rule: ${rule}, path: "", reason: old, owner: team-a, expires: ${expires} }\n`;
    const files = { 'a.yaml': BAD, 'w.yaml': `waivers:\n${waiver('C01', '2999-01-01')}${waiver('V01', '2020-01-01')}` };
    const { out, err } = await lint({ files, args: ['a.yaml', '--waivers', 'w.yaml', '--json'] });
    expect(out).not.toContain('"C01"');
    expect(out).toContain('"V01"');
    expect(err).toBe('the waiver of V01 at / has expired; ask team-a\n');
  });

  it('compares with the version that is published', async () => {
    const of = (version: string, paths: string): string =>
      `openapi: 3.1.0\ninfo: { version: ${version} }\npaths: { ${paths} }\n`;
    const files = { 'old.yaml': of('1.0.0', '/a: { get: {} }'), 'new.yaml': of('1.1.0', '') };
    const { out } = await lint({ files, args: ['new.yaml', '--previous', 'old.yaml', '--json'] });
    expect(out).toContain('GET /a the operation was removed');
  });

  it('mends what changes nothing for callers', async () => {
    const { folder, err } = await lint({ files: { 'a.yaml': BAD }, args: ['a.yaml', '--fix'] });
    expect(err).toBe('a.yaml: mended\n');
    expect(readFileSync(path.join(folder, 'a.yaml'), 'utf8')).toBe(
      BAD.replace('{ name: id', '{ required: true, name: id'),
    );
  });

  it('explains a rule, or lists all', async () => {
    expect((await run(['lint', '--explain', 'c08'])).out).toMatch(/^C08 {2}Properties .*not so:.*but so:/s);
    expect((await run(['lint', '--explain'])).out.split('\n').length).toBeGreaterThan(30);
  });

  it('ends a pattern without end', { timeout: 30_000 }, async () => {
    const ruleset =
      'rules: { r: { given: $.info.title, then: { function: pattern, functionOptions: { match: "^(a+)+$" } } } }';
    const files = { 'a.yaml': `openapi: 3.1.0\ninfo: { title: ${'a'.repeat(60)}b }\n`, 'r.yaml': ruleset };
    const { code, err } = await lint({ files, args: ['a.yaml', '--ruleset', 'r.yaml'] });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('gave up after') });
  });

  it.each<[string, string, readonly string[]]>([
    ['no document', 'name a document', []],
    ['a file that is not there', 'none.yaml: there is no such file', ['none.yaml']],
    ['no OpenAPI', 'bad.yaml:1:1: is no OpenAPI', ['bad.yaml']],
    ['broken YAML', 'broken.yaml:2:1: ', ['broken.yaml']],
    ['a pack that does not exist', 'no pack is named nice; there are recommended', ['a.yaml', '--ruleset', 'nice']],
    ['a ruleset with mistakes', 'rules.yaml:1:10: no rule is named `C99`', ['a.yaml', '--ruleset', 'rules.yaml']],
    ['a rule that does not exist', 'no rule is named C99', ['--explain', 'C99']],
    ['two formats', 'write one of', ['a.yaml', '--json', '--sarif']],
    ['a baseline without a file', '--write-baseline needs', ['a.yaml', '--write-baseline']],
    ['a level that does not exist', 'Allowed choices are', ['a.yaml', '--fail-on', 'loud']],
  ])('ends with 2 for %s', async (_, message, args) => {
    const files = {
      'a.yaml': BAD,
      'bad.yaml': '[]',
      'broken.yaml': 'a: [1\nb: 2',
      'rules.yaml': 'rules: { C99: error }',
    };
    const { code, out, err } = await lint({ files, args });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});
