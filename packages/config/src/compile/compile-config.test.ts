import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileText, ENV, firstRoute, problemsOf, routesOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import { formatProblem } from '../problems/problem.ts';

const FOLDER = new URL('../__fixtures__/golden/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml') && !name.endsWith('.openapi.yaml'));

function readText(path: string): string {
  expect(dirname(path)).toBe('.');
  return readFileSync(new URL(path, FOLDER), 'utf8');
}

const compileGolden = (name: string) => compileText(readText(name), { file: name, readText });

describe('compileConfig', () => {
  for (const name of names) {
    const stem = basename(name, '.yaml');
    it(`compiles ${name} to what stands beside it`, async () => {
      const result = compileGolden(name);
      const lines = 'problems' in result ? result.problems : result.warnings;
      const ending = 'problems' in result ? 'errors' : 'warnings';
      const text = lines.map((problem) => `${formatProblem(problem)}\n`).join('');
      if (text !== '') await expect(text).toMatchFileSnapshot(`../__fixtures__/golden/${stem}.${ending}.txt`);
      if ('problems' in result) return;
      const json = `${JSON.stringify(result.snapshot, null, 2)}\n`;
      await expect(json).toMatchFileSnapshot(`../__fixtures__/golden/${stem}.json`);
    });
  }

  it('leaves no expectation without its source', () => {
    const stems = readdirSync(FOLDER).map((name) =>
      name.replace(/(\.openapi)?\.yaml$|\.json$|\.(errors|warnings)\.txt$/, ''),
    );
    const sources = readdirSync(FOLDER)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => name.replace(/(\.openapi)?\.yaml$/, ''));
    expect(new Set(stems)).toEqual(new Set(sources));
  });

  it('compiles the complete example of the contract', () => {
    const result = compileGolden('complete.yaml');
    expect('snapshot' in result && result.snapshot.credentials).toMatchObject([
      { application: 'mobile', models: ['assistant'] },
    ]);
    expect('snapshot' in result && result.warnings.map(({ path }) => path)).toEqual([]);
  });

  it('makes a snapshot that another thread can have', () => {
    for (const name of names) {
      const result = compileGolden(name);
      if ('snapshot' in result) expect(structuredClone(result.snapshot)).toEqual(result.snapshot);
    }
  });

  it('makes a snapshot that nobody can change', () => {
    const { snapshot } = { snapshot: snapshotOf(readText('complete.yaml'), { readText }) };
    const thawed: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) thawed.push(path);
      for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
    };
    visit(snapshot, 'snapshot');
    expect(thawed).toEqual([]);
  });

  it('compiles the same text to the same snapshot every time', () => {
    expect(compileGolden('complete.yaml')).toEqual(compileGolden('complete.yaml'));
    expect(compileGolden('routes.yaml')).toEqual(compileGolden('routes.yaml'));
  });

  it('keeps no key of a caller in clear', () => {
    expect(JSON.stringify(snapshotOf(readText('applications.yaml')))).not.toContain(ENV['MOBILE_KEY']);
  });

  it('never tells a value of the environment, wherever it stands', () => {
    const secret = 'PASSWORD-IN-CLEAR';
    const text = readText('complete.yaml');
    for (const scalar of text.match(/(?<=[:[,-] )"?[\w./:%*-]+"?(?=[\s,\]}])/g) ?? []) {
      const at = text.indexOf(scalar, text.indexOf('gatehouse: 1'));
      const changed = `${text.slice(0, at)}"\${SECRET}"${text.slice(at + scalar.length)}`;
      const result = compileText(changed, {
        env: { ...ENV, SECRET: secret },
        readText: () => readText('users.openapi.yaml'),
      });
      const told = 'problems' in result ? result.problems : result.warnings;
      expect(JSON.stringify(told)).not.toContain(secret);
    }
  });

  it('reads variables from values only, so that none can write configuration', () => {
    const text = 'gatehouse: 1\napis: { a: { title: "${TITLE}", upstream: "http://h" } }\n';
    const title = 'x", upstream: "http://evil';
    expect(snapshotOf(text, { env: { TITLE: title } }).upstreams).toHaveProperty(['http://h:80']);
    expect(problemsOf(text, { env: { TITLE: 'x\napis: {}' } })).toEqual([
      expect.stringMatching(/^2:21: `title` is not a label/),
    ]);
  });

  it('takes numbers and switches from variables', () => {
    const text = 'gatehouse: 1\napis: { a: { stripBasePath: "${FLAG}", basePath: /a, upstream: "http://h" } }\n';
    expect(firstRoute(text).strip).toBe('');
    expect(firstRoute(text, { env: { FLAG: 'true' } }).strip).toBe('/a');
  });

  it('shares what is anchored', () => {
    const text = `gatehouse: 1
apis:
  a: { upstream: "http://h", routes: &routes [ { path: /x, policies: &fast [ { stamp: { text: 10s } } ] } ] }
  b: { upstream: "http://h", basePath: /b, policies: *fast, routes: *routes }
`;
    expect(routesOf(text)).toEqual(['* /x', '* /b/x']);
    expect(snapshotOf(text).routes[1]?.policies).toHaveLength(2);
  });

  it('tells what is wrong with an anchored value once', () => {
    const text = 'gatehouse: 1\nupstreams:\n  a: &a { targets: [ nonsense ] }\n  b: *a\n';
    expect(problemsOf(text)).toHaveLength(1);
  });

  it('refuses a bomb of aliases', () => {
    const lines = ['gatehouse: 1', 'a0: &a0 { stamp: { text: 10s } }'];
    for (let i = 1; i < 30; i++) lines.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}, *a${i - 1}]`);
    expect(
      problemsOf(`${lines.join('\n')}\napis: { a: { upstream: "http://h", policies: *a29 } }\n`).length,
    ).toBeGreaterThan(0);
  });

  it('compiles 5,000 routes in well under a second of computing', () => {
    const apis = Array.from({ length: 50 }, (_, api) => {
      const routes = Array.from(
        { length: 100 },
        (_each, route) => `      - { method: GET, path: "/r${route}/{id}", policies: [ { stamp: { text: 10s } } ] }`,
      );
      return [
        `  api${api}:`,
        '    upstream: http://127.0.0.1:4000',
        `    basePath: /a${api}`,
        '    routes:',
        ...routes,
      ].join('\n');
    });
    const text = `gatehouse: 1\napis:\n${apis.join('\n')}\n`;
    compileText(text);
    const before = process.threadCpuUsage();
    expect(snapshotOf(text).routes).toHaveLength(5000);
    const { user } = process.threadCpuUsage(before);
    expect(user).toBeLessThan(2_000_000);
  });
});
