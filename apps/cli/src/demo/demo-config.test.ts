import path from 'node:path';
import { PROVIDERS } from '@gatehouse/ai/providers';
import { formatProblem, type Snapshot } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { compileText, type Environment } from '../load-config.ts';
import { demoConfig } from './demo-config.ts';

const USERS_DOCUMENT = path.join(import.meta.dirname, '../../../../examples/users/openapi.yaml');

const text = (env: Environment): string =>
  demoConfig({ usersPorts: [4001, 4002], usersDocument: USERS_DOCUMENT, keySha256: 'a'.repeat(64), env });

function snapshot(env: Environment): Snapshot {
  const result = compileText(text(env), { file: 'demo.yaml', env });
  if ('problems' in result) throw new Error(result.problems.map(formatProblem).join('\n'));
  expect(result.warnings).toEqual([]);
  return result.snapshot;
}

const kinds = (env: Environment): string[] => Object.values(snapshot(env).ai?.providers ?? {}).map(({ kind }) => kind);

describe('the demo', () => {
  it('is a configuration without problems and without warnings', () => {
    const { upstreams, routes, credentials } = snapshot({});
    expect(upstreams['users']?.endpoints.map(({ port }) => port)).toEqual([4001, 4002]);
    expect(routes.map(({ id }) => id)).toContain('users GET /v1/users');
    expect(credentials).toMatchObject([{ application: 'demo', sha256: 'a'.repeat(64), models: ['*'] }]);
  });

  it('has nothing but the built-in model where no vendor has a key', () => {
    expect(kinds({})).toEqual(['demo']);
    expect(kinds({ OPENAI_API_KEY: '' })).toEqual(['demo']);
    expect(Object.keys(snapshot({}).ai?.models ?? {})).toEqual(['demo', 'demo-embedding']);
  });

  it('adds each vendor whose variable is set', () => {
    expect(kinds({ OPENAI_API_KEY: 'x', GEMINI_API_KEY: 'y' })).toEqual(['demo', 'openai', 'google']);
  });

  it('compiles with every vendor there is', () => {
    const named = PROVIDERS.flatMap(({ kind, environment }) =>
      environment === undefined ? [] : [{ kind, environment }],
    );
    const env = Object.fromEntries(named.map(({ environment }) => [environment, 'key']));
    expect(new Set(kinds(env))).toEqual(new Set(['demo', ...named.map(({ kind }) => kind)]));
  });

  it('holds no key in clear', () => {
    expect(text({ OPENAI_API_KEY: 'sk-in-clear' })).not.toContain('sk-in-clear');
    expect(snapshot({ OPENAI_API_KEY: 'sk-in-clear' }).ai?.providers['openai']?.apiKey).toBe('sk-in-clear');
  });

  it('finds the document under any path', () => {
    const odd = demoConfig({
      usersPorts: [1],
      usersDocument: 'C:\\a "b"\\users.yaml',
      keySha256: 'a'.repeat(64),
      env: {},
    });
    expect(odd).toContain(String.raw`openapi: "C:\\a \"b\"\\users.yaml"`);
  });
});
