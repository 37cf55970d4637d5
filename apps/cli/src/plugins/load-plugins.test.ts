import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compileText, outcomeOf } from '../load-config.ts';
import type { LoadOutcome } from '../loaded.ts';
import { loadPlugins } from './load-plugins.ts';

const GOOD = `import type { Plugin } from '@gatehouse/plugin';
const plugin: Plugin<{ word: string }> = {
  stage: 'shape',
  schema: { type: 'object', properties: { word: { type: 'string', default: 'hello' }, times: { type: 'integer', minimum: 1 } } },
  build: () => ({}),
};
export default plugin;
`;

/** The outcome of a configuration with one plugin whose file holds `source`. */
async function outcome(source: string | undefined, config: string, name = 'greet'): Promise<LoadOutcome> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-plugins-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(path.join(dir, 'plugins'));
  if (source !== undefined) writeFileSync(path.join(dir, 'plugins', 'p.ts'), source);
  const file = path.join(dir, 'gatehouse.yaml');
  const text = `gatehouse: 1\nplugins: { ${name}: { file: ./plugins/p.ts } }\napis: { a: { upstream: "http://h", policies: [ ${config} ] } }\n`;
  const readText = (each: string): string => readFileSync(each, 'utf8');
  const plugins = await loadPlugins(text, { file, readText });
  return outcomeOf(compileText(text, { file: 'gatehouse.yaml', env: {}, readText, plugins }));
}

describe('a plugin in a configuration', () => {
  it('is a policy like any other, with its defaults', async () => {
    const result = await outcome(GOOD, '{ greet: { times: 2 } }');
    if ('problems' in result) throw new Error(result.problems.join('\n'));
    expect(result.snapshot.routes[0]?.policies).toEqual([
      { name: 'greet', config: { word: 'hello', times: 2 }, scope: 'a#greet.0' },
    ]);
    expect(result.snapshot.plugins?.['greet']).toMatchObject({ timeoutMs: 5000 });
    expect(result.snapshot.plugins?.['greet']?.code).not.toContain('import type');
  });

  it.each([
    ['whose config is wrong', GOOD, '{ greet: { times: 0 } }', '3:66: `times`'],
    ['whose config has an unknown field', GOOD, '{ greet: { tim: 1 } }', 'times'],
    ['whose name is misspelt', GOOD, '{ gret: {} }', '`greet`'],
    [
      'that is not there',
      undefined,
      '{ greet: {} }',
      '2:27: `./plugins/p.ts` is not there, write its path relative to this file',
    ],
    ['without a default export', 'export const a = 1;', '', 'has no default export'],
    ['whose default export is no object', 'export default 7;', '', 'no object'],
    [
      'of an unknown stage',
      "export default { stage: 'later', build() {} };",
      '',
      'has no known `stage`, write one of guard, identify, admit, shape, observe',
    ],
    ['without a build', "export default { stage: 'admit' };", '', 'has no function `build`'],
    [
      'with a schema of something else',
      "export default { stage: 'admit', schema: { type: 'string' }, build() {} };",
      '',
      'no JSON Schema of an object',
    ],
    ['that throws while it is loaded', '\n\nthrow new Error("boom");', '', 'cannot be loaded: line 3: boom'],
    ['that is no TypeScript', 'const a: = 3', '', 'no TypeScript'],
    [
      'with an enum, which needs a build',
      'enum A { B }\nexport default {};',
      '',
      'no TypeScript that can run without a build',
    ],
    [
      'that imports what is not there',
      "import './nothing.ts';\nexport default {};",
      '',
      'cannot be loaded: Cannot find module',
    ],
  ])('%s is told of with its place', async (_, source, config, problem) => {
    const result = await outcome(source, config);
    if (!('problems' in result)) throw new Error('it is valid');
    expect(result.problems.join('\n')).toContain(problem);
  });

  it('may not have the name of a policy that is built in', async () => {
    expect(await outcome(GOOD, '', 'cors')).toEqual({
      problems: ['gatehouse.yaml:2:12: `cors` is the name of a policy that is built in, choose another'],
    });
  });
});
