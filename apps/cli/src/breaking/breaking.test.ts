import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CommandFailure } from '../failure.ts';
import { breaking } from './breaking-command.ts';
import type { BreakingFlags } from './define-breaking.ts';

const OLD = `openapi: 3.1.0
info: { title: shop, version: 1.0.0 }
paths:
  /things/{id}:
    get:
      operationId: thing
      responses: { '200': { description: '' } }
    delete:
      responses: { '204': { description: '' } }
`;
const RENAMED = OLD.replace('operationId: thing', 'operationId: getThing');
const REMOVED = OLD.replace(/ {4}delete[^]*/, '');
const JSON_OLD = JSON.stringify({ openapi: '3.1.0', info: { version: '1.0.0' }, paths: {} });

const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-breaking-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
}

const old = file('old.yaml', OLD);
const renamed = file('renamed.yaml', RENAMED);
const removed = file('removed.yaml', REMOVED);

interface Run {
  readonly out: string;
  readonly code: number;
  readonly err: string;
}

function run(args: readonly string[], given: Partial<BreakingFlags> = {}, coloured = false): Run {
  const lines: string[] = [];
  const flags: BreakingFlags = { failOn: 'error', stability: 'beta', ...given };
  const [first, second] = args;
  const call = {
    old: first,
    new: second,
    flags,
    piped: '',
    coloured,
    now: 0,
    print: (line: string) => void lines.push(line),
  };
  const ended = { code: 0, err: '' };
  try {
    breaking(call);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    Object.assign(ended, { code: error.exitCode, err: error.message });
  }
  return { out: lines.join('\n'), ...ended };
}

function parsed(text: string): unknown {
  return JSON.parse(text);
}

describe('gatehouse breaking', () => {
  it('says what breaks, where, and what it means for the version', () => {
    const { out, code, err } = run([old, removed]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out.split('\n')).toEqual([
      'error    DELETE /things/{id}: the operation was removed without having been deprecated with a sunset [operation-removed]',
      `${old} → ${removed}: breaking, 1 error`,
      'this asks for a major version; info.version is 1.0.0 in both',
    ]);
  });

  it('says that nothing changed', () => {
    expect(run([old, old])).toEqual({
      code: 0,
      err: '',
      out: `${old} → ${old}: compatible, no changes\nthe version may stay or get a patch`,
    });
  });

  it('colours levels for eyes only', () => {
    expect(run([old, removed], {}, true).out.startsWith('\u001b[31merror  \u001b[0m  DELETE')).toBe(true);
    expect(run([old, removed], {}, false).out).not.toContain('\u001b');
  });

  it('prints one JSON value of the promised shape', () => {
    const { out, code } = run([old, removed], { json: true });
    expect(code).toBe(1);
    expect(out).not.toContain('\n');
    expect(parsed(out)).toMatchObject({
      verdict: 'breaking',
      semver: 'major',
      changes: [
        {
          id: 'operation-removed',
          level: 'error',
          operation: 'DELETE /things/{id}',
          path: '',
          message: expect.any(String),
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      ],
    });
  });

  it.each([
    ['error', renamed, 0],
    ['warning', renamed, 1],
    ['info', renamed, 1],
    ['never', removed, 0],
    ['error', removed, 1],
    ['info', old, 0],
  ])('with --fail-on %s ends %s with %i', (failOn, newer, code) => {
    expect(run([old, newer], { failOn }).code).toBe(code);
  });

  it('takes levels from a file', () => {
    const lenient = file('lenient.yaml', 'operation-removed: warning\n');
    expect(run([old, removed], { overrides: lenient }).code).toBe(0);
    expect(run([old, removed], { overrides: lenient }).out).toMatch(/^warning {2}DELETE/);
  });

  it('writes SARIF 2.1.0 with places and fingerprints', () => {
    const { out } = run([old, renamed], { sarif: true });
    expect(parsed(out)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { rules: [{ id: 'operation-id-changed', defaultConfiguration: { level: 'warning' } }] } },
          results: [
            {
              ruleId: 'operation-id-changed',
              ruleIndex: 0,
              level: 'warning',
              locations: [{ physicalLocation: { region: { startLine: 5, startColumn: 5 } } }],
              partialFingerprints: { 'gatehouseChange/v1': expect.stringMatching(/^[0-9a-f]{16}$/) },
            },
          ],
        },
      ],
    });
  });

  it('points to the old document for what is gone', () => {
    const place = { artifactLocation: { uri: encodeURI(old) }, region: { startLine: 8, startColumn: 5 } };
    expect(parsed(run([old, removed], { sarif: true }).out)).toMatchObject({
      runs: [{ results: [{ locations: [{ physicalLocation: place }] }] }],
    });
  });

  it('explains an id', () => {
    expect(run([], { explain: 'response-enum-value-added' })).toEqual({
      code: 0,
      err: '',
      out: [
        'response-enum-value-added: the value <what> was added',
        'level  warning (callers may break; the documents cannot tell)',
        'about  what callers get: it may only narrow',
      ].join('\n'),
    });
  });
});

const bad = file('bad.yaml', 'a: [1\nb: 2');
const swagger = file('swagger.json', '{"swagger":"2.0"}');
const wrongOverrides = file('wrong.json', '{"nonsense":"info"}');

describe('what gatehouse breaking cannot do', () => {
  it.each<readonly [readonly string[], Partial<BreakingFlags>, RegExp]>([
    [[], {}, /^name two documents: gatehouse breaking OLD NEW$/],
    [[old], {}, /^name two documents/],
    [[old, 'missing.yaml'], {}, /^missing\.yaml: there is no such file/],
    [[bad, old], {}, /bad\.yaml:\d+:\d+: /],
    [[old, swagger], {}, /the document is Swagger 2\.0; convert it to OpenAPI 3 first$/],
    [[old, old], { failOn: 'fatal' }, /^--fail-on fatal: write one of error, warning, info, never$/],
    [[old, old], { stability: 'new' }, /^--stability new: write one of draft, alpha, beta, stable$/],
    [[old, old], { overrides: wrongOverrides }, /wrong\.json: nonsense is no id of a change and no fingerprint$/],
    [[old, old], { json: true, sarif: true }, /choose one$/],
    [[old, old], { batch: 'x' }, /^--batch: the documents stand in its file/],
    [[], { batch: 'missing' }, /^missing: there is no such file/],
    [[], { batch: 'x', sarif: true }, /leave --sarif out$/],
    [[], { explain: 'operation-gone' }, /there is no such id, did you mean operation-/],
  ])('is told in one line and ends with 2: %j %j', (args, flags, message) => {
    const { out, code, err } = run(args, flags);
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(err).toMatch(message);
    expect(err).not.toContain('\n');
  });
});

describe('gatehouse breaking --batch', () => {
  const batch = (...lines: string[]): Run =>
    run([], { batch: file('batch.jsonl', `${lines.join('\n')}\n`), json: true });
  const answers = ({ out }: Run): unknown[] => out.split('\n').map((line) => parsed(line));

  it('takes objects, texts and names of files, and answers with the same ids in the same order', () => {
    const object: unknown = JSON.parse(JSON_OLD);
    const ran = batch(
      JSON.stringify({ id: 'objects', old: object, new: object }),
      JSON.stringify({ id: 'texts', old: OLD, new: REMOVED }),
      '',
      JSON.stringify({ id: 7, old: 'old.yaml', new: renamed }),
      JSON.stringify({ id: 'json', old: JSON_OLD, new: OLD }),
    );
    expect(answers(ran)).toMatchObject([
      { id: 'objects', verdict: 'compatible', semver: 'patch', changes: [] },
      { id: 'texts', verdict: 'breaking', semver: 'major' },
      { id: 7, verdict: 'warning', semver: 'minor' },
      { id: 'json', verdict: 'compatible', semver: 'minor' },
    ]);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 1, err: '' });
  });

  it('ends with 0 when no pair reaches the failing level', () => {
    expect(batch(JSON.stringify({ id: 1, old: OLD, new: RENAMED })).code).toBe(0);
  });

  it('answers what it can, says of each other line why not, and ends with 2', () => {
    const ran = batch(
      'nonsense',
      '[]',
      JSON.stringify({ id: 1, old: OLD }),
      JSON.stringify({ id: 2, old: OLD, new: 'missing.yaml' }),
      JSON.stringify({ id: 3, old: OLD, new: { swagger: '2.0' } }),
      JSON.stringify({ id: 4, old: OLD, new: 'a: [1\nb: 2' }),
      JSON.stringify({ id: 5, old: OLD, new: 12 }),
      JSON.stringify({ id: 6, old: OLD, new: OLD }),
    );
    expect(answers(ran)).toEqual([
      { id: null, error: expect.stringMatching(/^line 1: is no JSON \(/) },
      { id: null, error: 'line 2: is no object {id, old, new}' },
      { id: 1, error: 'line 3: has no new; write a document, its text or its file' },
      { id: 2, error: expect.stringMatching(/^line 4: .*missing\.yaml: there is no such file/) },
      { id: 3, error: 'line 5: the document is Swagger 2.0; convert it to OpenAPI 3 first' },
      { id: 4, error: expect.stringMatching(/^line 6: new:\d+:\d+: /) },
      { id: 5, error: 'line 7: the document is a number, not an object; give an OpenAPI document' },
      expect.objectContaining({ id: 6, verdict: 'compatible' }),
    ]);
    expect({ code: ran.code, err: ran.err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(/: 7 pairs could not be judged$/),
    });
  });
});
