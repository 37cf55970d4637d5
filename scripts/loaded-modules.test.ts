import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadedModules, valueImports } from './loaded-modules.ts';

const ROOT = path.join(import.meta.dirname, '..');

describe('valueImports', () => {
  const cases: Readonly<Record<string, readonly [text: string, expected: readonly string[]]>> = {
    'finds names, all names and the default': [
      `import { a } from 'a';\nimport * as b from 'b';\nimport c, { d } from 'c';\n`,
      ['a', 'b', 'c'],
    ],
    'finds what is passed on': [`export { a } from './a.ts';\nexport * from './b.ts';\n`, ['./a.ts', './b.ts']],
    'finds a module that is only run': [`import './a.ts';\n`, ['./a.ts']],
    'finds names over several lines': [`import {\n  a,\n  type B,\n} from 'a';\n`, ['a']],
    'finds a module of which only types are named one by one': [`import { type A } from 'a';\n`, ['a']],
    'leaves out types': [`import type { A } from 'a';\nexport type { B } from 'b';\nexport type * from 'c';\n`, []],
    'leaves out what is loaded later': [`const { a } = await import('a');\n`, []],
    'leaves out exports of its own': [
      `export const from = 'a';\nexport function f() {}\nimport { b } from 'b';\n`,
      ['b'],
    ],
  };
  it.each(Object.entries(cases))('%s', (_, [text, expected]) => expect(valueImports(text)).toEqual(expected));
});

describe('loadedModules', () => {
  const hook = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });`;

  /** What Node itself loads. */
  function loaded(entry: string): ReadonlySet<string> {
    const args = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, path.join(ROOT, entry)];
    const urls = execFileSync(process.execPath, args, { encoding: 'utf8' }).trimEnd().split('\n');
    return new Set(urls.map((url) => path.basename(url)));
  }

  it.each([
    'packages/policies/src/index.ts',
    'packages/policies/src/policy-schemas.ts',
    'packages/ai/src/index.ts',
    'packages/upstream/src/probing.ts',
  ])('finds what Node loads for %s', (entry) => {
    const found = loadedModules(entry).map(({ specifier }) => specifier);
    const files = found.map((specifier) =>
      /^@gatehouse\/[^/]+$/.test(specifier) ? 'index.ts' : path.basename(specifier),
    );
    const ours = (names: Iterable<string>): readonly string[] =>
      [...new Set(names)].filter((name) => name.endsWith('.ts')).toSorted();
    expect(ours([path.basename(entry), ...files])).toEqual(ours(loaded(entry)));
    expect(found.some((specifier) => specifier.startsWith('typebox'))).toBe(entry.includes('schemas'));
  });
});
