import { readFileSync } from 'node:fs';
import path from 'node:path';
import { formatProblem, type CompileResult } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { compileText } from '../src/load-config.ts';

const FOLDER = path.join(import.meta.dirname, '__fixtures__');
const ENV = { MOBILE_KEY: 'mobile-key', OPENAI_API_KEY: 'openai-key', ANTHROPIC_API_KEY: 'anthropic-key' };

/** With the real tables of policies and providers, which the room of configuration does not know. */
function compile(name: string, env: Readonly<Record<string, string>> = ENV): CompileResult {
  const readText = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');
  return compileText(readText(name), { file: name, env, readText });
}

describe('what the contract shows', () => {
  it.each(['contract', 'shapes'])('compiles: %s.yaml', async (name) => {
    const result = compile(`${name}.yaml`);
    if ('problems' in result) throw new Error(result.problems.map(formatProblem).join('\n'));
    const json = `${JSON.stringify(result.snapshot, null, 2)}\n`;
    await expect(json).toMatchFileSnapshot(`__fixtures__/${name}.json`);
    const warnings = result.warnings.map((warning) => `${formatProblem(warning)}\n`).join('');
    await expect(warnings).toMatchFileSnapshot(`__fixtures__/${name}.warnings.txt`);
  });

  it('names each variable of the example that is not set, with its line', () => {
    const result = compile('contract.yaml', {});
    expect('problems' in result && result.problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^contract\.yaml:36:33: the environment variable `MOBILE_KEY` is not set/),
      expect.stringMatching(/^contract\.yaml:41:40: the environment variable `OPENAI_API_KEY` is not set/),
      expect.stringMatching(/^contract\.yaml:42:43: the environment variable `ANTHROPIC_API_KEY` is not set/),
    ]);
  });

  it.each(['vertex', 'bedrock', 'azure-openai'])('asks for the address of a vendor that has none: kind %s', (kind) => {
    const text = `gatehouse: 1\nai: { providers: { a: { kind: ${kind} } } }\n`;
    const result = compileText(text, { file: 'a.yaml', env: {} });
    expect('problems' in result && result.problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^a\.yaml:2:\d+: .*`baseUrl` is missing/),
    ]);
  });
});
