import { describe, expect, it } from 'vitest';
import { renamed, type Rename } from './references.ts';

const OWN = new Set(['upstream users', 'provider openai', 'model fast', 'prompt greet', 'application mobile']);
const rename: Rename = (kind, name) => (OWN.has(`${kind} ${name}`) ? `acme.${name}` : name);

describe('what a spec refers to', () => {
  it.each([
    [
      'version',
      { upstream: 'users', routes: [{ path: '/a' }, { path: '/b', upstream: 'users' }, { upstream: 'http://h' }] },
      {
        upstream: 'acme.users',
        routes: [{ path: '/a' }, { path: '/b', upstream: 'acme.users' }, { upstream: 'http://h' }],
      },
    ],
    [
      'model',
      {
        targets: [{ provider: 'openai', model: 'openai' }],
        fallback: [{ provider: 'shared' }],
        cache: { semantic: { provider: 'openai' } },
      },
      {
        targets: [{ provider: 'acme.openai', model: 'openai' }],
        fallback: [{ provider: 'shared' }],
        cache: { semantic: { provider: 'acme.openai' } },
      },
    ],
    [
      'guard',
      { models: ['fast', 'openai/gpt-5', 'else/x', '/'], applications: ['mobile'], provider: 'openai' },
      {
        models: ['acme.fast', 'acme.openai/gpt-5', 'else/x', '/'],
        applications: ['acme.mobile'],
        provider: 'acme.openai',
      },
    ],
    [
      'prompt',
      { model: 'fast', versions: { a: { model: 'fast' }, b: {} } },
      { model: 'acme.fast', versions: { a: { model: 'acme.fast' }, b: {} } },
    ],
    ['budget', { of: 'application', name: 'mobile', usd: 5 }, { of: 'application', name: 'acme.mobile', usd: 5 }],
    ['budget', { of: 'all', usd: 5 }, { of: 'all', usd: 5 }],
    ['access', { models: ['*', 'fast'], prompts: ['greet'] }, { models: ['*', 'acme.fast'], prompts: ['acme.greet'] }],
    ['provider', { kind: 'openai' }, { kind: 'openai' }],
    ['version', { upstream: 7, routes: 'none' }, { upstream: 7, routes: 'none' }],
    ['model', { targets: null, fallback: [1, null, 'x'] }, { targets: null, fallback: [1, null, 'x'] }],
  ] as const)('of a %s goes by the names that gates know', (kind, spec, expected) => {
    expect(renamed(kind, spec, rename)).toEqual(expected);
  });
});
