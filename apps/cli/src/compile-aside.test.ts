import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { compileAside, WarmCompiler, type CompiledAside } from './compile-aside.ts';
import { compileText, outcomeOf } from './load-config.ts';

const TEXT = `gatehouse: 1
apis:
  all: { access: open, upstream: "http://\${HOST}", policies: [ { cors: {} } ] }
`;
const file = 'gatehouse.yaml';
const env = { HOST: 'a.example', UNSET: undefined };

const compile = async (text: string): Promise<CompiledAside> => compileAside({ text, file, env });

describe('compileAside', () => {
  it('gives what compiling here would give', async () => {
    const { outcome, documents } = await compile(TEXT);
    expect(outcome).toEqual(outcomeOf(compileText(TEXT, { file, env })));
    expect(documents).toEqual(new Map());
  });

  it('gives the config of a policy complete', async () => {
    const { outcome } = await compile(TEXT);
    expect(outcome).toHaveProperty('snapshot.routes.0.policies.0.config.maxAge', '10m');
  });

  it('gives the problems in words, with their places', async () => {
    const { outcome } = await compile(TEXT.replace('cors', 'cros'));
    expect(outcome).toEqual({ problems: ['gatehouse.yaml:3:66: unknown policy `cros`, did you mean `cors`?'] });
  });

  it('gives the text of each document, and tells of one that cannot be read', async () => {
    const folder = temporaryFolder();
    const here = path.join(folder, 'here.yaml');
    const openapi = 'openapi: 3.1.0\npaths: { /a: { get: {} } }\n';
    writeFileSync(here, openapi);
    const api = (name: string): string =>
      `  ${name}: { basePath: /${name}, upstream: "http://h", openapi: ${name}.yaml }`;
    const text = `gatehouse: 1\napis:\n${api('here')}\n${api('gone')}\n`;
    const { documents } = await compileAside({ text, file: path.join(folder, file), env });
    const gone = path.join(folder, 'gone.yaml');
    expect([...documents]).toEqual([
      [here, openapi],
      [gone, undefined],
    ]);
  });

  it('compiles several at once, each for itself', async () => {
    const texts = ['a', 'b', 'c'].map((name) => TEXT.replace('all', name));
    const outcomes = await Promise.all(texts.map(compile));
    expect(outcomes.map(({ outcome }) => ('snapshot' in outcome ? outcome.snapshot.routes[0]?.api : outcome))).toEqual([
      'a',
      'b',
      'c',
    ]);
  });
});

describe('WarmCompiler', () => {
  it('answers one order after the other, each with its own, and those behind one that ended', async () => {
    const compiler = new WarmCompiler(60_000);
    onTestFinished(() => compiler.close());
    const apiOf = async (name: string): Promise<unknown> => {
      const { outcome } = await compiler.compile({ text: TEXT.replace('all', name), file, env });
      return 'snapshot' in outcome ? outcome.snapshot.routes[0]?.api : outcome;
    };
    expect(await Promise.all(['a', 'b', 'c'].map(apiOf))).toEqual(['a', 'b', 'c']);
    compiler.close();
    expect(await apiOf('d')).toBe('d');
  });

  it('reads what it is given and no file', async () => {
    const compiler = new WarmCompiler(60_000);
    onTestFinished(() => compiler.close());
    const text = 'gatehouse: 1\napis: { a: { upstream: "http://h", openapi: "DOCUMENT" } }\n';
    const documents = { 'store/a.yaml': 'openapi: 3.1.0\npaths: { /a: { get: {} } }\n' };
    const given = async (document: string): Promise<unknown> => {
      const order = { text: text.replace('DOCUMENT', document), file: 'store', env: {}, documents };
      return (await compiler.compile(order)).outcome;
    };
    expect(await given('store/a.yaml')).toHaveProperty('snapshot.routes.0.path', '/a');
    expect(await given('/etc/passwd')).toHaveProperty('problems.0', expect.stringContaining('/etc/passwd'));
    expect(await given('package.json')).toHaveProperty('problems.0', expect.stringContaining('package.json'));
  });
});
